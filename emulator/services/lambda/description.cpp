#include "emulator/services/lambda/description.h"

extern "C" const char backlot_model_lambda[], backlot_model_lambda_end[];

namespace backlot::lambda {
namespace {

Json taskRequest(const Json& parameters, const TaskOwner&) {
    Json request = copy(parameters);
    const Json* payload = find(parameters, "Payload");
    if (!payload || payload->IsNull())
        set(request, "Payload", "{}");
    else  // a text that is JSON itself is the payload as it stands
        set(request, "Payload",
            payload->IsString() && tryParseJson(view(*payload)) ? text(*payload) : writeJson(*payload));
    if (!find(request, "InvocationType")) set(request, "InvocationType", "RequestResponse");
    return request;
}

}  // namespace

const ServiceDescription description{
    .name = "lambda",
    .model = {backlot_model_lambda, backlot_model_lambda_end},
    .protocols = {"rest-json"},
    .endpointPrefix = "lambda",
    .signingName = "lambda",
    .apiVersion = "2015-03-31",
    .rest = {.payloadType = "application/json"},
    .validation = {.namesNull = true},
    .resourceType = "AWS::Lambda::Function",
    .trace = {.name = "Lambda", .type = "AWS::Lambda::Function", .node = lastPart, .begins = {"Invoke"}},
    .tasks = {.sdk = "lambda",
              .sdkErrors = "Lambda",
              .optimised = "lambda",
              .actions = {"invoke"},
              .errors = "Lambda",
              .otherError = "AWSLambdaException",
              .inCauses = "AWSLambda",
              .headers = TaskHeaders::invocation,
              .arnMember = "FunctionName",
              .request = taskRequest},
};

}  // namespace backlot::lambda
