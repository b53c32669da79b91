#pragma once
// History events as GetExecutionHistory shows them.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/execution/history_types.h"
#include "asl/payload.h"
#include "emulator/base/json.h"
#include "emulator/base/time.h"

namespace backlot::asl {

/// A member of an event's details; a text, a payload or a number.
struct Detail {
    Detail() = default;
    Detail(Member member, std::string text) : member(member), value(std::move(text)) {}
    Detail(Member member, Payload payload) : member(member), value(std::move(payload)) {}
    Detail(Member member, std::int64_t number) : member(member), value(number) {}

    Member member{};
    std::variant<std::int64_t, std::string, Payload> value;
};

struct HistoryEvent {
    std::uint64_t id = 0;
    std::uint64_t previousEventId = 0;  ///< 0 also for the event after ExecutionStarted
    Time timestamp;
    EventType type{};
    std::vector<Detail> details;
};

/// The event as the API answers it: {"id", "previousEventId", "timestamp" (seconds), "type", "…EventDetails": {…}}.
/// Without `includeExecutionData` inputs, outputs and parameters are left out.
Json toJson(const HistoryEvent& event, bool includeExecutionData = true);

/// Compact bytes for a row, and back.
std::string toBytes(const HistoryEvent& event);
HistoryEvent historyEventFromBytes(std::string_view bytes);

}  // namespace backlot::asl
