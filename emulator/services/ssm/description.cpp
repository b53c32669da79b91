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
};

}  // namespace backlot::ssm
