#pragma once
// What a target gets: the event, a constant, a part of the event, or a template filled in.

#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/base/time.h"
#include "emulator/services/events/target.h"

namespace backlot::events {

/// What `<aws.events.…>` stands for.
struct TransformContext {
    std::string ruleArn, ruleName;
    Time ingestedAt;
};

/// Throws ValidationException where more than one of Input, InputPath and InputTransformer is given, or where it is
/// none.
void requireInput(const Target& target);

/// The text that the target gets for `event` (`eventText` is its text); nothing where a template yields no valid JSON:
/// then nothing is delivered.  Source: recorded deliveries of AWS (inputs_aws.json).
std::optional<std::string> inputFor(const TargetInput& input, const Json& event, const std::string& eventText,
                                    const TransformContext& context);

/// The value at a path such as "$.detail.items[0].name" or "$['detail-type']"; null where there is none.
const Json* atPath(const Json& event, std::string_view path);

}  // namespace backlot::events
