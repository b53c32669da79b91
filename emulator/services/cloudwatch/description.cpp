#include "emulator/services/cloudwatch/description.h"

extern "C" const char backlot_model_cloudwatch[], backlot_model_cloudwatch_end[];

namespace backlot::cloudwatch {

const ServiceDescription description{
    .name = "cloudwatch",
    .model = {backlot_model_cloudwatch, backlot_model_cloudwatch_end},
    .protocols = {"smithy-rpc-v2-cbor", "json", "query"},
    .endpointPrefix = "monitoring",
    .signingName = "monitoring",
    .apiVersion = "2010-08-01",
    .targetPrefix = "GraniteServiceVersion20100801",
    .json = {.errorNamespace = "com.amazonaws.cloudwatch#", .modelledStatus = true},
    .resourceType = "AWS::CloudWatch::Alarm",
    .trace = {.name = "CloudWatch", .type = "AWS::CloudWatch"},
    .tasks = {.sdk = "cloudwatch", .sdkErrors = "CloudWatch"},
};

}  // namespace backlot::cloudwatch
