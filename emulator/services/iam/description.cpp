#include "emulator/services/iam/description.h"

extern "C" const char backlot_model_iam[], backlot_model_iam_end[];

namespace backlot::iam {

const ServiceDescription description{
    .name = "iam",
    .model = {backlot_model_iam, backlot_model_iam_end},
    .protocols = {"query"},
    .endpointPrefix = "iam",
    .signingName = "iam",
    .apiVersion = "2010-05-08",
    .validation = {.code = "ValidationError"},
    .resourceType = "AWS::IAM::Role",
    .tasks = {.sdk = "iam", .sdkErrors = "Iam"},
    .keys = {.findSecret = "FindSecret"},
};

}  // namespace backlot::iam
