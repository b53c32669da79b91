#include "emulator/services/apigateway/description.h"

extern "C" const char backlot_model_apigateway[], backlot_model_apigateway_end[];
extern "C" const char backlot_model_apigatewayv2[], backlot_model_apigatewayv2_end[];

namespace backlot::apigateway {
namespace {

/// A stage, of a request like "en3hmx9dkr/Prod POST /checkout".
std::string stageOf(std::string_view operation, std::string_view resource) {
    return operation == "HandleRequest" ? std::string(resource.substr(0, resource.find(' '))) : std::string();
}

}  // namespace

const ServiceDescription description{
    .name = "apigateway",
    .model = {backlot_model_apigateway, backlot_model_apigateway_end},
    .protocols = {"rest-json"},
    .endpointPrefix = "apigateway",
    .signingName = "apigateway",
    .apiVersion = "2015-07-09",
    .validation = {.bodyAfterInput = true},
    .resourceType = "AWS::ApiGateway::RestApi",
    .trace = {.name = "API Gateway", .type = "AWS::ApiGateway::Stage", .node = stageOf, .begins = {"HandleRequest"}},
    .tasks = {.sdk = "apigateway", .sdkErrors = "ApiGateway"},
    .routes = "HandleRequest",
};

const ServiceDescription v2Description{
    .name = "apigatewayv2",
    .model = {backlot_model_apigatewayv2, backlot_model_apigatewayv2_end},
    .protocols = {"rest-json"},
    .endpointPrefix = "apigateway",
    .signingName = "apigateway",
    .apiVersion = "2018-11-29",
    .validation = {.code = "BadRequestException"},
    .tasks = {.sdk = "apigatewayv2", .sdkErrors = "ApiGatewayV2"},
};

}  // namespace backlot::apigateway
