#include "emulator/services/apigateway/description.h"

extern "C" const char backlot_model_apigateway[], backlot_model_apigateway_end[];
extern "C" const char backlot_model_apigatewayv2[], backlot_model_apigatewayv2_end[];

namespace backlot::apigateway {

const ServiceDescription description{
    .name = "apigateway",
    .model = {backlot_model_apigateway, backlot_model_apigateway_end},
    .protocols = {"rest-json"},
    .endpointPrefix = "apigateway",
    .signingName = "apigateway",
    .apiVersion = "2015-07-09",
    .validation = {.bodyAfterInput = true},
};

const ServiceDescription v2Description{
    .name = "apigatewayv2",
    .model = {backlot_model_apigatewayv2, backlot_model_apigatewayv2_end},
    .protocols = {"rest-json"},
    .endpointPrefix = "apigateway",
    .signingName = "apigateway",
    .apiVersion = "2018-11-29",
    .validation = {.code = "BadRequestException"},
};

}  // namespace backlot::apigateway
