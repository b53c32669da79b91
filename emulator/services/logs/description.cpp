#include "emulator/services/logs/description.h"

extern "C" const char backlot_model_logs[], backlot_model_logs_end[];

namespace backlot::logs {

const ServiceDescription description{
    .name = "logs",
    .model = {backlot_model_logs, backlot_model_logs_end},
    .protocols = {"json"},
    .endpointPrefix = "logs",
    .signingName = "logs",
    .apiVersion = "2014-03-28",
    .targetPrefix = "Logs_20140328",
    .validation = {.code = "InvalidParameterException"},
    .resourceType = "AWS::Logs::LogGroup",
    .trace = {.name = "CloudWatch Logs", .type = "AWS::Logs"},
    .tasks = {.sdk = "cloudwatchlogs", .sdkErrors = "CloudWatchLogs"},
};

}  // namespace backlot::logs
