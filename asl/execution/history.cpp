#include "asl/execution/history.h"

#include <array>

#include "asl/execution/bytes.h"

namespace backlot::asl {

namespace {

struct TypeRow {
    std::string_view name, details;
};

constexpr TypeRow kTypes[] = {
#define BACKLOT_ASL_EVENT_TYPE(type, details) {#type, details},
    BACKLOT_ASL_EVENT_TYPES(BACKLOT_ASL_EVENT_TYPE)
#undef BACKLOT_ASL_EVENT_TYPE
};

/// `isData`: left out unless execution data is asked for. `truncation`: the member that says whether it was cut.
struct MemberRow {
    std::string_view name;
    bool isData = false;
    std::string_view truncation = {};
};

constexpr MemberRow kMembers[] = {
    {"name"},
    {"input", true, "inputDetails"},
    {"output", true, "outputDetails"},
    {"error"},
    {"cause"},
    {"roleArn"},
    {"stateMachineAliasArn"},
    {"stateMachineVersionArn"},
    {"redriveCount"},
    {"resource"},
    {"resourceType"},
    {"region"},
    {"parameters"},
    {"timeoutInSeconds"},
    {"heartbeatInSeconds"},
    {"taskCredentials"},
    {"workerName"},
    {"length"},
    {"index"},
    {"mapRunArn"},
    {"location"},
    {"state"},
    {"assignedVariables", true, "assignedVariablesDetails"},
};

const MemberRow& rowOf(Member member) { return kMembers[static_cast<std::size_t>(member)]; }

/// {"roleArn": …} and the map of variables are objects in the answer; other payloads are JSON text.
JsonItem valueOf(const Detail& detail) {
    if (const auto* number = std::get_if<std::int64_t>(&detail.value)) return *number;
    if (const auto* text = std::get_if<std::string>(&detail.value)) return *text;
    const auto& payload = std::get<Payload>(detail.value);
    if (detail.member == Member::taskCredentials) return copy(payload.json());
    if (detail.member != Member::assignedVariables) return payload.text();
    Json variables(rapidjson::kObjectType);
    for (const auto& variable : payload.json().GetObject())
        set(variables, view(variable.name), writeJson(variable.value));
    return variables;
}

}  // namespace

std::string_view nameOf(EventType type) { return kTypes[static_cast<std::size_t>(type)].name; }

Json toJson(const HistoryEvent& event, bool includeExecutionData) {
    Json out = object({{"timestamp", epochSeconds(event.timestamp)},
                       {"type", nameOf(event.type)},
                       {"id", event.id},
                       {"previousEventId", event.previousEventId}});
    const auto member = kTypes[static_cast<std::size_t>(event.type)].details;
    if (member.empty()) return out;
    Json details(rapidjson::kObjectType);
    for (const auto& detail : event.details) {
        const auto& row = rowOf(detail.member);
        if (row.isData && !includeExecutionData) continue;
        set(details, row.name, valueOf(detail));
        if (!row.truncation.empty()) set(details, row.truncation, object({{"truncated", false}}));
    }
    set(out, member, std::move(details));
    return out;
}

std::string toBytes(const HistoryEvent& event) {
    BytesWriter out;
    out.number(static_cast<std::uint64_t>(event.type));
    out.number(event.id);
    out.number(event.previousEventId);
    out.time(event.timestamp);
    out.number(event.details.size());
    for (const auto& detail : event.details) {
        out.number(static_cast<std::uint64_t>(detail.member));
        out.number(detail.value.index());
        if (const auto* text = std::get_if<std::string>(&detail.value))
            out.text(*text);
        else if (const auto* payload = std::get_if<Payload>(&detail.value))
            out.payload(*payload);
        else
            out.signedNumber(std::get<std::int64_t>(detail.value));
    }
    return out.take();
}

HistoryEvent historyEventFromBytes(std::string_view bytes) {
    BytesReader in(bytes);
    HistoryEvent event;
    event.type = in.enumeration<EventType>(std::size(kTypes));
    event.id = in.number();
    event.previousEventId = in.number();
    event.timestamp = in.time();
    for (auto count = in.number(); count > 0; --count) {
        Detail detail;
        detail.member = in.enumeration<Member>(std::size(kMembers));
        switch (in.number()) {
            case 0: detail.value = in.signedNumber(); break;
            case 1: detail.value = in.text(); break;
            default: detail.value = in.payload(); break;
        }
        event.details.push_back(std::move(detail));
    }
    return event;
}

}  // namespace backlot::asl
