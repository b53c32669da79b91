#include "emulator/services/ssm/description.h"

extern "C" const char backlot_model_ssm[], backlot_model_ssm_end[];

namespace backlot::ssm {

const ServiceDescription description{
    .name = "ssm",
    .model = {backlot_model_ssm, backlot_model_ssm_end},
    .protocols = {"json"},
    .endpointPrefix = "ssm",
    .signingName = "ssm",
    .apiVersion = "2014-11-06",
    .targetPrefix = "AmazonSSM",
    .resourceType = "AWS::SSM::Parameter",
    .trace = {.name = "SSM", .type = "AWS::SSM"},
    .tasks = {.sdk = "ssm", .sdkErrors = "Ssm"},
};

}  // namespace backlot::ssm
