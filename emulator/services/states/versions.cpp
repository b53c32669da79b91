#include "emulator/services/states/versions.h"

#include <algorithm>

#include "emulator/services/states/aliases.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/machines.h"
#include "emulator/services/states/pages.h"

namespace backlot::states {
namespace {

Key versionsOf(std::string_view machineArn) { return Key("version").text(machineArn); }
/// The newest first.
Key keyOf(std::string_view machineArn, std::uint64_t number) { return versionsOf(machineArn).number(~number); }

/// "…:3" → the machine's ARN and 3.
struct Parts {
    std::string machineArn;
    std::uint64_t number = 0;
};
std::optional<Parts> partsOf(const std::string& arn) {
    const auto colon = arn.rfind(':');
    if (colon == std::string::npos || !isVersionNumber(std::string_view(arn).substr(colon + 1))) return std::nullopt;
    return Parts{arn.substr(0, colon), std::strtoull(arn.c_str() + colon + 1, nullptr, 10)};
}

Version fromRow(const std::string& machineArn, std::uint64_t number, const Json& row) {
    return {.arn = machineArn + ":" + std::to_string(number),
            .machineArn = machineArn,
            .revision = textOr(row, "revision"),
            .description = textOr(row, "description"),
            .number = number,
            .createdAt = fromMillis(intOr(row, "createdAt", 0))};
}

Json answer(const Version& version) {
    return object({{"creationDate", epochSeconds(version.createdAt)}, {"stateMachineVersionArn", version.arn}});
}

}  // namespace

bool isVersionNumber(std::string_view qualifier) {
    return !qualifier.empty() && qualifier.size() < 19 &&
           std::all_of(qualifier.begin(), qualifier.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Version> findVersion(Call& call, const std::string& versionArn) {
    const auto parts = partsOf(versionArn);
    if (!parts) return std::nullopt;
    const auto row = call.getJson(keyOf(parts->machineArn, parts->number));
    return row ? std::optional(fromRow(parts->machineArn, parts->number, *row)) : std::nullopt;
}

Version publishVersion(Call& call, const std::string& machineArn, const std::optional<std::string>& description) {
    StateMachine machine = requireMachine(call, machineArn);
    if (const auto latest = findVersion(call, machineArn + ":" + std::to_string(machine.lastVersion));
        latest && latest->revision == machine.revision)
        return *latest;
    Version version{.arn = machineArn + ":" + std::to_string(machine.lastVersion + 1),
                    .machineArn = machineArn,
                    .revision = machine.revision,
                    .description = description.value_or(""),
                    .number = ++machine.lastVersion,
                    .createdAt = call.now};
    save(call, machine);
    call.putJson(keyOf(machineArn, version.number), object({{"revision", version.revision},
                                                            {"description", version.description},
                                                            {"createdAt", epochMillis(call.now)}}));
    return version;
}

void eraseVersions(Call& call, const std::string& machineArn) { call.erasePrefix(versionsOf(machineArn)); }

Json publishStateMachineVersion(Call& call, const Fields& request) {
    const StateMachine machine = requireMachine(call, request.text("stateMachineArn"));
    call.about(machine.arn);
    if (const auto wanted = request.optionalText("revisionId")) {
        const auto shown = revisionOf(call, machine.revision).shownId().value_or("INITIAL");
        if (*wanted != shown)
            throw conflict("Failed to publish the State Machine version for revision " + *wanted +
                           ". The current State Machine revision is " + shown + ".");
    }
    return answer(publishVersion(call, machine.arn, request.optionalText("description")));
}

Json listStateMachineVersions(Call& call, const Fields& request) {
    const StateMachine machine = requireMachine(call, request.text("stateMachineArn"));
    const Key prefix = versionsOf(machine.arn);
    return page(call, request, prefix, "stateMachineVersions", [&](std::string_view key, std::string_view value) {
        KeyReader place(key.substr(prefix.bytes().size()));
        return std::optional(answer(fromRow(machine.arn, ~place.number(), parseJson(value))));
    });
}

Json deleteStateMachineVersion(Call& call, const Fields& request) {
    const std::string arn = request.text("stateMachineVersionArn");
    const auto parts = partsOf(arn);
    if (!parts) throw invalidArn("Resource type not valid in this context: stateMachine");
    call.about(arn);
    if (const auto aliases = aliasesRoutingTo(call, parts->machineArn, arn); !aliases.empty()) {
        std::string names;
        for (const auto& alias : aliases) names += (names.empty() ? "" : ", ") + alias;
        throw conflict(
            "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this "
            "version: [" +
            names + "]");
    }
    call.erase(keyOf(parts->machineArn, parts->number));
    return object();
}

}  // namespace backlot::states
