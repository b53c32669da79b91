#pragma once
// A target of a rule: read once, where PutTargets takes it, and written and shown in one form, which is AWS's own.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/base/text_map.h"

namespace backlot::events {

/// What a target gets of an event; none of these: the event itself.
struct TargetInput {
    struct Transformer {
        TextMap paths;  // name → JSON path into the event
        std::string text;
    };
    std::optional<std::string> constant, path;
    std::optional<Transformer> transformer;
};

/// What a target that is an HTTP API gets beside its input. A value that begins with "$." is a path into the event.
struct HttpParameters {
    std::vector<std::string> path;  // for the asterisks in the ARN's path, in order
    TextMap headers, query;
};

struct Target {
    std::string id, arn;
    std::optional<std::string> roleArn;
    TargetInput input;
    std::optional<std::int64_t> retryAttempts, ageSeconds;  // of its RetryPolicy
    std::optional<std::string> deadLetterQueue;             // an ARN
    std::optional<std::string> messageGroup;                // of a FIFO queue
    std::optional<HttpParameters> http;

    /// 185 where nothing is said.
    std::int64_t retriesAllowed() const { return retryAttempts.value_or(185); }
    /// A day where nothing is said.
    std::chrono::seconds longestAge() const { return std::chrono::seconds(ageSeconds.value_or(86'400)); }
};

/// From AWS's form, which is a request's and a row's.  Source: Amazon EventBridge API Reference, Target.
Target targetOf(const Json& json);
/// In AWS's form: members that were not given stay out.
Json jsonOf(const Target& target);

/// Throws ValidationException for an ARN that is none, for a service that no event is delivered to here (by its name,
/// as it does for that service's parameters), for a FIFO queue without a message group, and for an input that cannot
/// be made. `json` is the target as the request has it.
Target requireTarget(const Json& json);

}  // namespace backlot::events
