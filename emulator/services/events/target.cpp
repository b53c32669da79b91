#include "emulator/services/events/target.h"

#include "emulator/base/arn.h"
#include "emulator/services/events/errors.h"
#include "emulator/services/events/input.h"
#include "emulator/services/events/target_kinds.h"

namespace backlot::events {
namespace {

/// Parameters of targets that are not there.
constexpr const char* kForeignParameters[] = {
    "KinesisParameters",      "RunCommandParameters",        "EcsParameters",    "BatchParameters",
    "RedshiftDataParameters", "SageMakerPipelineParameters", "AppSyncParameters"};

HttpParameters httpOf(const Fields& json) {
    return {.path = json.texts("PathParameterValues"),
            .headers = mapOf(json.find("HeaderParameters")),
            .query = mapOf(json.find("QueryStringParameters"))};
}

Json jsonOf(const HttpParameters& http) {
    Json json = object();
    if (!http.path.empty()) set(json, "PathParameterValues", array(http.path));
    if (!http.headers.empty()) set(json, "HeaderParameters", textMap(http.headers));
    if (!http.query.empty()) set(json, "QueryStringParameters", textMap(http.query));
    return json;
}

}  // namespace

Target targetOf(const Json& json) {
    const Fields fields(json);
    Target target{.id = fields.text("Id"), .arn = fields.text("Arn"), .roleArn = fields.optionalText("RoleArn")};
    target.input.constant = fields.optionalText("Input");
    target.input.path = fields.optionalText("InputPath");
    if (fields.has("InputTransformer")) {
        const Fields transformer = fields.child("InputTransformer");
        target.input.transformer = {.paths = mapOf(transformer.find("InputPathsMap")),
                                    .text = transformer.text("InputTemplate")};
    }
    target.retryAttempts = fields.child("RetryPolicy").optionalInteger("MaximumRetryAttempts");
    target.ageSeconds = fields.child("RetryPolicy").optionalInteger("MaximumEventAgeInSeconds");
    target.deadLetterQueue = fields.child("DeadLetterConfig").optionalText("Arn");
    target.messageGroup = fields.child("SqsParameters").optionalText("MessageGroupId");
    if (fields.has("HttpParameters")) target.http = httpOf(fields.child("HttpParameters"));
    return target;
}

Json jsonOf(const Target& target) {
    Json json = object({{"Id", target.id},
                        {"Arn", target.arn},
                        {"RoleArn", target.roleArn},
                        {"Input", target.input.constant},
                        {"InputPath", target.input.path}});
    if (const auto& transformer = target.input.transformer) {
        Json shown = object({{"InputTemplate", transformer->text}});
        if (!transformer->paths.empty()) set(shown, "InputPathsMap", textMap(transformer->paths));
        set(json, "InputTransformer", std::move(shown));
    }
    if (target.retryAttempts || target.ageSeconds)
        set(json, "RetryPolicy",
            object({{"MaximumRetryAttempts", target.retryAttempts}, {"MaximumEventAgeInSeconds", target.ageSeconds}}));
    if (target.deadLetterQueue) set(json, "DeadLetterConfig", object({{"Arn", *target.deadLetterQueue}}));
    if (target.messageGroup) set(json, "SqsParameters", object({{"MessageGroupId", *target.messageGroup}}));
    if (target.http) set(json, "HttpParameters", jsonOf(*target.http));
    return json;
}

Target requireTarget(const Json& json) {
    Target target = targetOf(json);
    const auto arn = parseArn(target.arn);
    if (!arn)
        throw validation("Parameter " + target.arn + " is not valid. Reason: Provided Arn is not in correct format.");
    if (!kindOf(*arn)) throw unsupportedTarget(*arn);
    for (const char* parameters : kForeignParameters) {
        if (find(json, parameters))
            throw validation("Backlot delivers events to no target that takes " + std::string(parameters) +
                             " (target " + target.id + ").");
    }
    if (arn->service == "sqs" && target.arn.ends_with(".fifo") && !target.messageGroup)
        throw validation("Parameter(s) SqsParameters must be specified for target: " + target.id + ".");
    requireInput(target);
    return target;
}

}  // namespace backlot::events
