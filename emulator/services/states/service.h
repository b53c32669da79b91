#pragma once

#include <functional>
#include <optional>
#include <string>

#include "emulator/base/outside.h"
#include "emulator/base/retention.h"
#include "emulator/base/service_description.h"
#include "emulator/world/operation.h"

namespace backlot::states {

/// What the service is told of the APIs that `aws-sdk:` tasks call: names as the AWS SDK for Java 2 spells them.
/// Without these functions names pass as they are.
struct SdkNames {
    using Values = std::function<Json(const std::string& service, const std::string& operation, const Json& values)>;
    Values request, answer;
    /// The exception that an error code stands for: "ResourceNotFoundException".
    std::function<std::optional<std::string>(const std::string& service, const std::string& code)> exception;
    /// An error's code as it stands on the wire: SNS's "NotFound" for its NotFoundException.
    std::function<std::string(const std::string& service, const std::string& code)> wireCode;
    /// How a mocked result disagrees with the operation's output; nothing where it agrees.
    std::function<std::optional<std::string>(const std::string& service, const std::string& operation,
                                             const Json& result, bool required)>
        mismatch;
};

struct Surroundings {
    Outside* outside = nullptr;  // for HTTP tasks; null: they fail
    SdkNames sdk = {};
    const ServiceDirectory* services =
        nullptr;  // which services tasks may call, and what they are called; null: lambda and HTTP alone
    std::string mockConfig = {};  // the text of a mock configuration in the format of Step Functions Local; empty: none
    Retention retention = {};     // of executions that have ended
};

/// AWS Step Functions over the interpreter in asl/. Value, history and commands of a step are stored in one
/// transaction; tasks and timers are jobs whose answers come back as events. Signals `states:ended:EXECUTIONARN`.
Service statesService(Surroundings surroundings = {});

}  // namespace backlot::states
