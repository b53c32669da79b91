#pragma once
// What a state machine's `aws-sdk:service:action` sees of an API: names and values as the AWS SDK for Java 2 spells
// them.
// Source: AWS Step Functions Developer Guide, "Learning to use AWS service SDK integrations"; recorded executions.

#include <optional>
#include <string>
#include <string_view>

#include "emulator/wire/apis.h"

namespace backlot::wire {

/// A member's name in the SDK: a capital in front, and no run of them ("SSESpecification" → "SseSpecification",
/// "stateMachineArn" → "StateMachineArn"; "ETag" and "ChecksumCRC32" stay; "NULL" → "Nul").
std::string sdkName(std::string_view member);

/// Parameters in the SDK's spelling → the request as the API model has it. Names of the model are taken too. A value
/// that is no text goes into a text or payload member as its JSON text, and so does a text into a streamed body, as AWS
/// does. Throws AwsError (States.Runtime) naming a member that the operation does not have.
Json fromSdk(const Apis& apis, std::string_view service, std::string_view operation, const Json& parameters);
/// An answer → the SDK's spelling: names as above, timestamps as ISO 8601 texts.
Json toSdk(const Apis& apis, std::string_view service, std::string_view operation, const Json& output);
/// The name of the exception that an error code stands for in the service's model, ending in "Exception"; nothing where
/// the model has none.
std::optional<std::string> sdkException(const Apis& apis, std::string_view service, std::string_view code);
/// The code that stands on the wire for an exception: SNS answers "NotFound" for its NotFoundException.
std::string sdkWireCode(const Apis& apis, std::string_view service, std::string_view code);

/// The first disagreement of a mocked result (in the SDK's spelling) with the operation's output, in the words of
/// TestState: "Field 'MemorySize' exceeds the maximum value". Without `required` missing members are no disagreement.
std::optional<std::string> sdkMismatch(const Apis& apis, std::string_view service, std::string_view operation,
                                       const Json& result, bool required);

}  // namespace backlot::wire
