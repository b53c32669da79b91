#include "emulator/services/ses/description.h"

extern "C" const char backlot_model_ses[], backlot_model_ses_end[];
extern "C" const char backlot_model_sesv2[], backlot_model_sesv2_end[];

namespace backlot::ses {

const ServiceDescription description{
    .name = "ses",
    .model = {backlot_model_ses, backlot_model_ses_end},
    .protocols = {"query"},
    .endpointPrefix = "email",
    .signingName = "ses",
    .apiVersion = "2010-12-01",
    .validation = {.code = "ValidationError"},
    .trace = {.name = "SES", .type = "AWS::SES"},
    .tasks = {.sdk = "ses", .sdkErrors = "Ses"},
};

const ServiceDescription v2Description{
    .name = "sesv2",
    .model = {backlot_model_sesv2, backlot_model_sesv2_end},
    .protocols = {"rest-json"},
    .endpointPrefix = "email",
    .signingName = "ses",
    .apiVersion = "2019-09-27",
    .validation = {.code = "BadRequestException"},
    .trace = {.name = "SES", .type = "AWS::SES"},
    .tasks = {.sdk = "sesv2", .sdkErrors = "SesV2"},
};

}  // namespace backlot::ses
