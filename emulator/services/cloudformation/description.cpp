#include "emulator/services/cloudformation/description.h"

extern "C" const char backlot_model_cloudformation[], backlot_model_cloudformation_end[];

namespace backlot::cloudformation {

const ServiceDescription description{
    .name = "cloudformation",
    .model = {backlot_model_cloudformation, backlot_model_cloudformation_end},
    .protocols = {"query"},
    .endpointPrefix = "cloudformation",
    .signingName = "cloudformation",
    .apiVersion = "2010-05-15",
    .validation = {.code = "ValidationError"},
    .resourceType = "AWS::CloudFormation::Stack",
    .tasks = {.sdk = "cloudformation", .sdkErrors = "CloudFormation"},
};

}  // namespace backlot::cloudformation
