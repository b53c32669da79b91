#include "emulator/services/states/status_events.h"

namespace backlot::states {
namespace {

constexpr std::size_t kDetailLimitBytes = 248 * 1024;  // input and output together; beyond it AWS leaves both out

std::optional<std::string> unlessEmpty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

/// Null where there is none, as AWS writes these members.
Json orNull(const std::optional<std::string>& text) { return text ? str(*text) : Json(); }

bool isHeard(Call& call, ExecutionRow& row) {
    if (!row.heard)
        row.heard =
            !call.serves("events", "IsHeard") || boolOr(call.invoke("events", "IsHeard", object()), "heard", true);
    return *row.heard;
}

Json details(bool included) { return object({{"included", included}}); }

}  // namespace

void tellStatus(Call& call, ExecutionRow& row) {
    if (row.express() || !call.serves("events", "PutEvents") || !isHeard(call, row)) return;
    const bool included = row.input.size() + row.output.size() <= kDetailLimitBytes;
    const auto redrive = redriveStatus(row);
    const auto output = included ? unlessEmpty(row.output) : std::nullopt;
    const Json detail = object({{"executionArn", row.arn},
                                {"stateMachineArn", row.machineArn},
                                {"stateMachineVersionArn", orNull(row.versionArn)},
                                {"stateMachineAliasArn", orNull(row.aliasArn)},
                                {"name", row.name},
                                {"status", row.status},
                                {"startDate", epochMillis(row.startedAt)},
                                {"stopDate", row.running() ? Json() : Json(epochMillis(row.stoppedAt))},
                                {"input", included ? str(row.input) : Json()},
                                {"output", orNull(output)},
                                {"inputDetails", details(included)},
                                {"outputDetails", row.output.empty() ? Json() : details(included)},
                                {"error", orNull(row.error)},
                                {"cause", orNull(row.cause)},
                                {"redriveCount", row.redriveCount},
                                {"redriveDate", row.redrivenAt ? Json(epochMillis(*row.redrivenAt)) : Json()},
                                {"redriveStatus", redrive.status},
                                {"redriveStatusReason", orNull(redrive.reason)}});
    call.invoke("events", "PutEvents",
                object({{"Entries", list({object({{"Source", "aws.states"},
                                                  {"DetailType", "Step Functions Execution Status Change"},
                                                  {"Detail", writeJson(detail)},
                                                  {"Resources", list({row.arn})}})})}}));
}

}  // namespace backlot::states
