#include "emulator/services/xray/description.h"

extern "C" const char backlot_model_xray[], backlot_model_xray_end[];

namespace backlot::xray {

const ServiceDescription description{
    .name = "xray",
    .model = {backlot_model_xray, backlot_model_xray_end},
    .protocols = {"rest-json"},
    .endpointPrefix = "xray",
    .signingName = "xray",
    .apiVersion = "2016-04-12",
    .validation = {.code = "InvalidRequestException"},
    .tasks = {.sdk = "xray", .sdkErrors = "XRay"},
};

}  // namespace backlot::xray
