#include "emulator/services/sts/description.h"

extern "C" const char backlot_model_sts[], backlot_model_sts_end[];

namespace backlot::sts {

const ServiceDescription description{
    .name = "sts",
    .model = {backlot_model_sts, backlot_model_sts_end},
    .protocols = {"query"},
    .endpointPrefix = "sts",
    .signingName = "sts",
    .apiVersion = "2011-06-15",
    .unsignedOperations = {{"AssumeRoleWithWebIdentity"}, {"AssumeRoleWithSAML"}},
    .validation = {.code = "ValidationError"},
    .tasks = {.sdk = "sts", .sdkErrors = "Sts"},
    .keys = {.findSecret = "FindSecret", .prefix = "ASIA"},
};

}  // namespace backlot::sts
