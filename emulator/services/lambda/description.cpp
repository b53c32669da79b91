#include "emulator/services/lambda/description.h"

extern "C" const char backlot_model_lambda[], backlot_model_lambda_end[];

namespace backlot::lambda {

const ServiceDescription description{
    .name = "lambda",
    .model = {backlot_model_lambda, backlot_model_lambda_end},
    .protocols = {"rest-json"},
    .endpointPrefix = "lambda",
    .signingName = "lambda",
    .apiVersion = "2015-03-31",
    .rest = {.payloadType = "application/json"},
    .validation = {.namesNull = true},
};

}  // namespace backlot::lambda
