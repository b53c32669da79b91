#include "emulator/services/cloudtrail/description.h"

extern "C" const char backlot_model_cloudtrail[], backlot_model_cloudtrail_end[];

namespace backlot::cloudtrail {

const ServiceDescription description{
    .name = "cloudtrail",
    .model = {backlot_model_cloudtrail, backlot_model_cloudtrail_end},
    .protocols = {"json"},
    .endpointPrefix = "cloudtrail",
    .signingName = "cloudtrail",
    .apiVersion = "2013-11-01",
    .targetPrefix = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
    .otherTargetPrefixes = {"CloudTrail_20131101"},  // the CLI of 2013 and AWS's own examples
    .tasks = {.sdk = "cloudtrail", .sdkErrors = "CloudTrail"},
};

}  // namespace backlot::cloudtrail
