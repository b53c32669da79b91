#include "emulator/services/states/machines.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/services/states/aliases.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/pages.h"
#include "emulator/services/states/tags.h"
#include "emulator/services/states/versions.h"

namespace backlot::states {
namespace {

constexpr std::size_t kDefinitionLimitBytes = 1024 * 1024;
constexpr std::size_t kDefinitionsKept = 1'000;
constexpr std::string_view kResource = "stateMachine:";

Key keyOf(std::string_view arn) { return Key("machine").text(arn); }
Key revisionKey(std::string_view id) { return Key("revision").text(id); }

StateMachine fromRow(const Json& row) {
    return {.arn = textOr(row, "arn"),
            .name = textOr(row, "name"),
            .type = textOr(row, "type"),
            .roleArn = textOr(row, "roleArn"),
            .revision = textOr(row, "revision"),
            .createdAt = fromMillis(intOr(row, "createdAt", 0)),
            .updatedAt = fromMillis(intOr(row, "updatedAt", 0)),
            .tags = copy(*find(row, "tags")),
            .lastVersion = static_cast<std::uint64_t>(intOr(row, "lastVersion", 0))};
}

asl::MachineType typeOf(const std::string& type) {
    return type == "EXPRESS" ? asl::MachineType::express : asl::MachineType::standard;
}

void checkDefinition(const std::string& definition, const std::string& type) {
    if (definition.size() > kDefinitionLimitBytes)
        throw invalidDefinition("Invalid State Machine Definition: 'The definition is larger than 1048576 bytes.'");
    const auto compiled = asl::compile(definition, {.type = typeOf(type)});
    if (!compiled.machine) throw invalidDefinition(asl::invalidDefinitionMessage(compiled.diagnostics, definition));
}

/// As AWS shows it: both members are always there.
Json loggingOf(const Fields& request) {
    const Json* given = request.find("loggingConfiguration");
    if (!given) return object({{"level", "OFF"}, {"includeExecutionData", false}});
    const std::string level = textOr(*given, "level", "OFF");
    const auto destinations = Fields(*given).items("destinations");
    if (destinations.size() != 1 && (level != "OFF" || destinations.size() > 1))
        throw invalidLoggingConfiguration("Must specify exactly one Log Destination.");
    if (!destinations.empty()) {
        const Json* arn = at(*destinations[0], {"cloudWatchLogsLogGroup", "logGroupArn"});
        const auto parsed = arn && arn->IsString() ? parseArn(text(*arn)) : std::nullopt;
        if (!parsed || parsed->service != "logs" || !parsed->resource.starts_with("log-group:") ||
            !parsed->resource.ends_with(":*"))
            throw invalidLoggingConfiguration("Log Destination is not valid.");
    }
    Json result = object({{"level", level}, {"includeExecutionData", boolOr(*given, "includeExecutionData", false)}});
    if (const Json* given_ = find(*given, "destinations")) set(result, "destinations", copy(*given_));
    return result;
}

Json tracingOf(const Fields& request) {
    return object({{"enabled", request.child("tracingConfiguration").valueOr("enabled", false)}});
}

void saveRevision(Call& call, const Revision& revision) {
    call.putJson(revisionKey(revision.id), object({{"definition", revision.definition},
                                                   {"roleArn", revision.roleArn},
                                                   {"type", revision.type},
                                                   {"initial", revision.initial},
                                                   {"logging", copy(revision.logging)},
                                                   {"tracing", copy(revision.tracing)},
                                                   {"createdAt", epochMillis(revision.createdAt)}}));
}

/// The machine of an ARN, and what is behind it: "1" of a version, "PROD" of an alias.
struct Parts {
    std::string machineArn, qualifier;
};
Parts partsOf(const std::string& text) {
    const auto parsed = parseArn(text);
    if (!parsed) throw invalidArn("Invalid ARN prefix: " + text);
    if (parsed->service != "states" || !parsed->resource.starts_with(kResource))
        throw invalidArn("Resource type not valid in this context: " +
                         parsed->resource.substr(0, parsed->resource.find(':')));
    const auto colon = parsed->resource.find(':', kResource.size());
    if (colon == std::string::npos) return {text, {}};
    const auto cut = text.size() - (parsed->resource.size() - colon);
    return {text.substr(0, cut), text.substr(cut + 1)};
}

Json describe(const Revision& revision, const std::string& arn, const std::string& name, Time createdAt,
              bool withDefinition) {
    Json result = object({{"stateMachineArn", arn}, {"name", name}, {"status", "ACTIVE"}});
    if (withDefinition) set(result, "definition", revision.definition);
    set(result, "roleArn", revision.roleArn);
    set(result, "type", revision.type);
    set(result, "creationDate", epochSeconds(createdAt));
    set(result, "loggingConfiguration", copy(revision.logging));
    set(result, "tracingConfiguration", copy(revision.tracing));
    set(result, "encryptionConfiguration", object({{"type", "AWS_OWNED_KEY"}}));
    if (const auto id = revision.shownId()) set(result, "revisionId", *id);
    return result;
}

}  // namespace

void save(Call& call, const StateMachine& machine) {
    call.putJson(keyOf(machine.arn), object({{"arn", machine.arn},
                                             {"name", machine.name},
                                             {"type", machine.type},
                                             {"roleArn", machine.roleArn},
                                             {"revision", machine.revision},
                                             {"createdAt", epochMillis(machine.createdAt)},
                                             {"updatedAt", epochMillis(machine.updatedAt)},
                                             {"tags", copy(machine.tags)},
                                             {"lastVersion", machine.lastVersion}}));
}

void requireName(const std::string& name) {
    const bool plain = !name.empty() && name.size() <= 80 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return c > 0x20 && c != 0x7f &&
               std::string_view("<>{}[]?*\"#%\\^|~`$&,;:/").find(static_cast<char>(c)) == std::string_view::npos;
    });
    if (!plain) throw invalidName(name);
}

std::shared_ptr<const Definition> Machines::definition(Call& call, const std::string& revision) {
    if (const auto found = definitions_.find(revision); found != definitions_.end()) return found->second;
    if (definitions_.size() >= kDefinitionsKept) definitions_.clear();
    auto made = std::make_shared<Definition>();
    made->revision = revisionOf(call, revision);
    made->machine = asl::compile(made->revision.definition, {.type = typeOf(made->revision.type)}).machine;
    made->logLevel = textOr(made->revision.logging, "level", "OFF");
    made->logsData = boolOr(made->revision.logging, "includeExecutionData", false);
    if (const Json* destinations = find(made->revision.logging, "destinations"); destinations && !destinations->Empty())
        if (const Json* arn = at((*destinations)[0], {"cloudWatchLogsLogGroup", "logGroupArn"}))
            if (const auto parsed = parseArn(text(*arn))) {
                made->logGroup = parsed->resource.substr(std::string_view("log-group:").size());
                if (made->logGroup.ends_with(":*")) made->logGroup.resize(made->logGroup.size() - 2);
            }
    if (made->logGroup.empty()) made->logLevel = "OFF";
    return definitions_[revision] = std::move(made);
}

Revision revisionOf(Call& call, const std::string& revision) {
    const auto row = call.getJson(revisionKey(revision));
    if (!row) throw AwsError("InternalFailure", "The definition " + revision + " is missing.", 500);
    return {.id = revision,
            .initial = boolOr(*row, "initial", false),
            .definition = textOr(*row, "definition"),
            .roleArn = textOr(*row, "roleArn"),
            .type = textOr(*row, "type"),
            .logging = copy(*find(*row, "logging")),
            .tracing = copy(*find(*row, "tracing")),
            .createdAt = fromMillis(intOr(*row, "createdAt", 0))};
}

std::optional<StateMachine> findMachine(Call& call, const std::string& arn) {
    const auto row = call.getJson(keyOf(arn));
    return row ? std::optional(fromRow(*row)) : std::nullopt;
}

StateMachine requireMachine(Call& call, const std::string& arn) {
    partsOf(arn);
    auto machine = findMachine(call, arn);
    if (!machine) throw stateMachineDoesNotExist(arn);
    return std::move(*machine);
}

MachineTarget requireTarget(Call& call, const std::string& named) {
    std::string arn = named;
    MachineTarget target;
    if (const auto hash = named.find('#'); hash != std::string::npos) {
        target.mockCase = named.substr(hash + 1);
        arn.resize(hash);
    }
    auto [machineArn, qualifier] = partsOf(arn);
    const auto machine = findMachine(call, machineArn);
    if (!machine) throw stateMachineDoesNotExist(arn);
    target.machineArn = machine->arn;
    target.name = machine->name;
    target.type = machine->type;
    target.revision = machine->revision;
    if (qualifier.empty()) return target;
    std::string versionArn = arn;
    if (!isVersionNumber(qualifier)) {
        const auto alias = findAlias(call, machineArn, qualifier);
        if (!alias) throw stateMachineDoesNotExist(arn);
        target.aliasArn = arn;
        versionArn = chooseVersion(call, *alias);
    }
    const auto version = findVersion(call, versionArn);
    if (!version) throw stateMachineDoesNotExist(arn);
    target.versionArn = versionArn;
    target.revision = version->revision;
    return target;
}

MachineTarget Machines::target(Call& call, const std::string& arn) {
    const auto row = call.get(keyOf(arn));
    if (!row) return requireTarget(call, arn);  // a version, an alias, or nothing
    const auto known = targets_.find(arn);
    if (known != targets_.end() && known->second.row == *row) return known->second.target;
    if (targets_.size() >= kDefinitionsKept) targets_.clear();
    std::string text(*row);
    auto target = requireTarget(call, arn);
    targets_[arn] = {std::move(text), target};
    return target;
}

Json createStateMachine(Call& call, const Fields& request) {
    const std::string name = request.text("name"), type = request.valueOr("type", "STANDARD"),
                      definition = request.text("definition");
    const bool publish = request.valueOr("publish", false);
    requireName(name);
    if (request.has("versionDescription") && !publish)
        throw validation("Version description can only be set when publish is true");
    const std::string arn = backlot::arn("states", call.region, call.account, "stateMachine:" + name);
    call.about(arn);
    Json logging = loggingOf(request), tracing = tracingOf(request);
    const auto answer = [&](const StateMachine& machine) {
        Json result = object({{"stateMachineArn", machine.arn}, {"creationDate", epochSeconds(machine.createdAt)}});
        if (publish)
            set(result, "stateMachineVersionArn",
                publishVersion(call, machine.arn, request.optionalText("versionDescription")).arn);
        return result;
    };
    if (const auto existing = findMachine(call, arn)) {
        const Revision revision = revisionOf(call, existing->revision);
        const bool same = revision.definition == definition && existing->type == type &&
                          equal(revision.logging, logging) && equal(revision.tracing, tracing);
        if (!same) throw stateMachineAlreadyExists(arn);
        return answer(*existing);
    }
    checkDefinition(definition, type);
    StateMachine machine{.arn = arn,
                         .name = name,
                         .type = type,
                         .roleArn = request.text("roleArn"),
                         .revision = call.uuid("revision"),
                         .createdAt = call.now,
                         .updatedAt = call.now,
                         .tags = list()};
    saveRevision(call, {.id = machine.revision,
                        .initial = true,
                        .definition = definition,
                        .roleArn = machine.roleArn,
                        .type = type,
                        .logging = std::move(logging),
                        .tracing = std::move(tracing),
                        .createdAt = call.now});
    mergeTags(machine.tags, request);
    save(call, machine);
    return answer(machine);
}

Json updateStateMachine(Call& call, const Fields& request) {
    StateMachine machine = requireMachine(call, request.text("stateMachineArn"));
    call.about(machine.arn);
    const bool nothing = !request.has("definition") && !request.has("roleArn") &&
                         !request.has("loggingConfiguration") && !request.has("tracingConfiguration");
    if (nothing)
        throw AwsError("MissingRequiredParameter",
                       "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration "
                       "must be specified");
    const bool publish = request.valueOr("publish", false);
    if (request.has("versionDescription") && !publish)
        throw validation("Version description can only be set when publish is true");
    Revision revision = revisionOf(call, machine.revision);
    const bool changesRole = request.has("roleArn");  // also to the role it has: whether AWS compares is not known
    bool changed = changesRole;
    if (const auto definition = request.optionalText("definition"); definition && *definition != revision.definition) {
        checkDefinition(*definition, machine.type);
        revision.definition = *definition;
        changed = true;
    }
    revision.roleArn = request.valueOr("roleArn", revision.roleArn);
    const auto change = [&](Json& member, Json given) {
        if (equal(member, given)) return;
        member = std::move(given);
        changed = true;
    };
    if (request.has("loggingConfiguration")) change(revision.logging, loggingOf(request));
    if (request.has("tracingConfiguration")) change(revision.tracing, tracingOf(request));
    if (changed) {
        revision.id = call.uuid("revision");
        revision.initial = false;
        revision.createdAt = call.now;
        saveRevision(call, revision);
        machine.revision = revision.id;
        machine.roleArn = revision.roleArn;
    }
    machine.updatedAt = call.now;
    save(call, machine);
    Json result = object({{"updateDate", epochSeconds(call.now)}, {"revisionId", revision.shownId()}});
    if (publish)
        set(result, "stateMachineVersionArn",
            publishVersion(call, machine.arn, request.optionalText("versionDescription")).arn);
    return result;
}

std::optional<Json> variableReferences(Call& call, Machines& machines, const std::string& revision) {
    const auto references = asl::variableReferences(*machines.definition(call, revision)->machine);
    if (references.empty()) return std::nullopt;
    Json result = object();
    for (const auto& [state, names] : references)
        set(result, state, array(names, [](const std::string& name) { return name; }));
    return result;
}

Json describeStateMachine(Machines& machines, Call& call, const Fields& request) {
    const std::string arn = request.text("stateMachineArn");
    const auto [machineArn, qualifier] = partsOf(arn);
    const auto machine = findMachine(call, machineArn);
    if (!machine) throw stateMachineDoesNotExist(arn);
    const bool whole = request.valueOr("includedData", "ALL_DATA") != "METADATA_ONLY";
    std::string revision = machine->revision;
    std::optional<Version> version;
    if (!qualifier.empty()) {
        version = isVersionNumber(qualifier) ? findVersion(call, arn) : std::nullopt;
        if (!version) throw stateMachineDoesNotExist(arn);
        revision = version->revision;
    }
    Json result = describe(revisionOf(call, revision), arn, machine->name,
                           version ? version->createdAt : machine->createdAt, whole);
    if (version && !version->description.empty()) set(result, "description", version->description);
    if (whole)
        if (auto references = variableReferences(call, machines, revision))
            set(result, "variableReferences", std::move(*references));
    return result;
}

Json listStateMachines(Call& call, const Fields& request) {
    const std::string prefix = backlot::arn("states", call.region, call.account, std::string(kResource));
    return page(call, request, Key("machine"), "stateMachines",
                [&](std::string_view, std::string_view value) -> std::optional<Json> {
                    const StateMachine machine = fromRow(parseJson(value));
                    if (!machine.arn.starts_with(prefix)) return std::nullopt;
                    return object({{"stateMachineArn", machine.arn},
                                   {"name", machine.name},
                                   {"type", machine.type},
                                   {"creationDate", epochSeconds(machine.createdAt)}});
                });
}

Json deleteStateMachine(Call& call, const Fields& request) {
    const std::string arn = partsOf(request.text("stateMachineArn")).machineArn;
    call.about(arn);
    eraseVersions(call, arn);
    eraseAliases(call, arn);
    call.erase(keyOf(arn));
    return object();
}

Json validateStateMachineDefinition(Call&, const Fields& request) {
    const auto compiled =
        asl::compile(request.text("definition"), {.type = typeOf(request.valueOr("type", "STANDARD"))});
    const bool warnings = request.valueOr("severity", "ERROR") == "WARNING";
    const auto limit =
        static_cast<std::size_t>(request.valueOr("maxResults", 0) ? request.valueOr("maxResults", 0) : 100);
    Json diagnostics(rapidjson::kArrayType);
    bool truncated = false;
    for (const auto& diagnostic : compiled.diagnostics) {
        const bool error = diagnostic.severity == asl::Severity::error;
        if (!error && !warnings) continue;
        if (diagnostics.Size() == limit) {
            truncated = true;
            break;
        }
        push(diagnostics,
             object({{"severity", error ? "ERROR" : "WARNING"},
                     {"code", diagnostic.code},
                     {"message", diagnostic.message},
                     {"location", diagnostic.location.empty() ? std::nullopt : std::optional(diagnostic.location)}}));
    }
    return object({{"result", asl::hasErrors(compiled.diagnostics) ? "FAIL" : "OK"},
                   {"diagnostics", std::move(diagnostics)},
                   {"truncated", truncated}});
}

}  // namespace backlot::states
