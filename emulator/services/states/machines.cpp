#include "emulator/services/states/machines.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/services/states/errors.h"

namespace backlot::states {
namespace {

constexpr std::size_t kDefinitionLimitBytes = 1024 * 1024;

Key keyOf(std::string_view arn) { return Key("machine").text(arn); }

Json toRow(const StateMachine& machine) {
    return object({{"arn", machine.arn}, {"name", machine.name}, {"type", machine.type}, {"roleArn", machine.roleArn}, {"revision", machine.revision},
                   {"createdAt", epochMillis(machine.createdAt)}, {"updatedAt", epochMillis(machine.updatedAt)}, {"rest", copy(machine.rest)}});
}

StateMachine fromRow(const Json& row) {
    return {.arn = textOr(row, "arn"), .name = textOr(row, "name"), .type = textOr(row, "type"), .roleArn = textOr(row, "roleArn"),
            .revision = textOr(row, "revision"), .createdAt = fromMillis(intOr(row, "createdAt", 0)), .updatedAt = fromMillis(intOr(row, "updatedAt", 0)),
            .rest = copy(*find(row, "rest"))};
}

void save(Call& call, const StateMachine& machine) { call.putJson(keyOf(machine.arn), toRow(machine)); }

asl::MachineType typeOf(const std::string& type) { return type == "EXPRESS" ? asl::MachineType::express : asl::MachineType::standard; }

/// Compiles to see whether it can be; stores the definition under a new name.
std::string storeRevision(Call& call, const std::string& definition, const std::string& roleArn, const std::string& type) {
    if (definition.size() > kDefinitionLimitBytes) throw invalidDefinition("Invalid State Machine Definition: 'The definition is larger than 1048576 bytes.'");
    const auto compiled = asl::compile(definition, {.type = typeOf(type)});
    if (!compiled.machine) throw invalidDefinition(asl::invalidDefinitionMessage(compiled.diagnostics, definition));
    const std::string revision = call.uuid("revision");
    call.putJson(Key("revision").text(revision), object({{"definition", definition}, {"roleArn", roleArn}, {"type", type}, {"createdAt", epochMillis(call.now)}}));
    return revision;
}

void requireMachineArn(const std::string& text) {
    const auto parsed = parseArn(text);
    if (!parsed) throw invalidArn("Invalid ARN prefix: " + text);
    if (parsed->service != "states" || !parsed->resource.starts_with("stateMachine:"))
        throw invalidArn("Resource type not valid in this context: " + parsed->resource.substr(0, parsed->resource.find(':')));
}

/// A version or an alias names its machine in the first two parts of the resource.
std::string plainArn(const std::string& text) {
    const auto parsed = parseArn(text);
    if (!parsed || !parsed->resource.starts_with("stateMachine:")) return text;
    const auto qualifier = parsed->resource.find(':', 13);
    return qualifier == std::string::npos ? text : text.substr(0, text.size() - (parsed->resource.size() - qualifier));
}

Json describe(Call& call, const StateMachine& machine, bool withDefinition) {
    const Revision revision = revisionOf(call, machine.revision);
    Json result = object({{"stateMachineArn", machine.arn}, {"name", machine.name}, {"status", "ACTIVE"}, {"roleArn", revision.roleArn}, {"type", machine.type},
                          {"creationDate", epochSeconds(machine.createdAt)}, {"revisionId", machine.revision}});
    if (withDefinition) set(result, "definition", revision.definition);
    for (const char* member : {"loggingConfiguration", "tracingConfiguration"})
        if (const Json* found = find(machine.rest, member)) set(result, member, copy(*found));
    return result;
}

void mergeTags(Json& tags, const Fields& request) {
    for (const Json* tag : request.items("tags")) {
        Json kept = list();
        for (const auto& old : tags.GetArray())
            if (textOr(old, "key") != textOr(*tag, "key")) push(kept, copy(old));
        push(kept, copy(*tag));
        tags = std::move(kept);
    }
}

StateMachine requireTagged(Call& call, const Fields& request) {
    const std::string arn = request.text("resourceArn");
    auto machine = findMachine(call, arn);
    if (!machine) throw AwsError("ResourceNotFound", "Resource not found: '" + arn + "'");
    return std::move(*machine);
}

}  // namespace

void requireName(const std::string& name) {
    const bool plain = !name.empty() && name.size() <= 80 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return c > 0x20 && c != 0x7f && std::string_view("<>{}[]?*\"#%\\^|~`$&,;:/").find(static_cast<char>(c)) == std::string_view::npos;
    });
    if (!plain) throw invalidName(name);
}

std::shared_ptr<const asl::Machine> Machines::compiled(Call& call, const std::string& revision) {
    auto& entry = compiled_[revision];
    if (!entry) {
        const Revision stored = revisionOf(call, revision);
        entry = asl::compile(stored.definition, {.type = typeOf(stored.type)}).machine;
    }
    return entry;
}

Revision revisionOf(Call& call, const std::string& revision) {
    const auto row = call.getJson(Key("revision").text(revision));
    if (!row) throw AwsError("InternalFailure", "The definition " + revision + " is missing.", 500);
    return {textOr(*row, "definition"), textOr(*row, "roleArn"), textOr(*row, "type"), fromMillis(intOr(*row, "createdAt", 0))};
}

std::optional<StateMachine> findMachine(Call& call, const std::string& arn) {
    const auto row = call.getJson(keyOf(plainArn(arn)));
    return row ? std::optional(fromRow(*row)) : std::nullopt;
}

StateMachine requireMachine(Call& call, const std::string& arn) {
    requireMachineArn(arn);
    auto machine = findMachine(call, arn);
    if (!machine) throw stateMachineDoesNotExist(arn);
    return std::move(*machine);
}

Json createStateMachine(Call& call, const Fields& request) {
    const std::string name = request.text("name"), type = request.valueOr("type", "STANDARD"), definition = request.text("definition");
    requireName(name);
    const std::string arn = backlot::arn("states", call.region, call.account, "stateMachine:" + name);
    call.about(arn);
    if (const auto existing = findMachine(call, arn)) {
        const Revision revision = revisionOf(call, existing->revision);
        if (revision.definition != definition || existing->type != type || existing->roleArn != request.text("roleArn")) throw stateMachineAlreadyExists(arn);
        return object({{"stateMachineArn", arn}, {"creationDate", epochSeconds(existing->createdAt)}});
    }
    StateMachine machine{.arn = arn, .name = name, .type = type, .roleArn = request.text("roleArn"), .revision = {}, .createdAt = call.now, .updatedAt = call.now, .rest = object()};
    machine.revision = storeRevision(call, definition, machine.roleArn, type);
    const Json* logging = request.find("loggingConfiguration");
    set(machine.rest, "loggingConfiguration", logging ? copy(*logging) : object({{"level", "OFF"}, {"includeExecutionData", false}}));
    const Json* tracing = request.find("tracingConfiguration");
    set(machine.rest, "tracingConfiguration", tracing ? copy(*tracing) : object({{"enabled", false}}));
    Json tags = list();
    mergeTags(tags, request);
    set(machine.rest, "tags", std::move(tags));
    save(call, machine);
    return object({{"stateMachineArn", arn}, {"creationDate", epochSeconds(call.now)}});
}

Json updateStateMachine(Call& call, const Fields& request) {
    StateMachine machine = requireMachine(call, request.text("stateMachineArn"));
    call.about(machine.arn);
    const bool nothing = !request.has("definition") && !request.has("roleArn") && !request.has("loggingConfiguration") && !request.has("tracingConfiguration");
    if (nothing) throw AwsError("MissingRequiredParameter", "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified");
    const Revision before = revisionOf(call, machine.revision);
    machine.roleArn = request.valueOr("roleArn", machine.roleArn);
    if (request.has("definition") || request.has("roleArn"))
        machine.revision = storeRevision(call, request.valueOr("definition", before.definition), machine.roleArn, machine.type);
    for (const char* member : {"loggingConfiguration", "tracingConfiguration"})
        if (const Json* found = request.find(member)) set(machine.rest, member, copy(*found));
    machine.updatedAt = call.now;
    save(call, machine);
    return object({{"updateDate", epochSeconds(call.now)}, {"revisionId", machine.revision}});
}

Json describeStateMachine(Call& call, const Fields& request) {
    const StateMachine machine = requireMachine(call, request.text("stateMachineArn"));
    return describe(call, machine, request.valueOr("includedData", "ALL_DATA") != "METADATA_ONLY");
}

Json listStateMachines(Call& call, const Fields& request) {
    const std::string prefix = backlot::arn("states", call.region, call.account, "stateMachine:");
    const auto limit = request.valueOr("maxResults", 0) ? request.valueOr("maxResults", 0) : 100;
    std::string from = Key("machine").bytes();
    if (const auto token = request.optionalText("nextToken")) {
        const auto decoded = base64Decode(*token);
        if (!decoded) throw invalidToken("Invalid token");
        from = keyOf(*decoded).bytes();
    }
    Json machines(rapidjson::kArrayType);
    std::optional<std::string> next;
    call.scan(Key("machine"), [&](std::string_view, std::string_view value) {
        const StateMachine machine = fromRow(parseJson(value));
        if (!machine.arn.starts_with(prefix)) return true;
        if (machines.Size() == limit) {
            next = base64Encode(machine.arn);
            return false;
        }
        push(machines, object({{"stateMachineArn", machine.arn}, {"name", machine.name}, {"type", machine.type}, {"creationDate", epochSeconds(machine.createdAt)}}));
        return true;
    }, from);
    return object({{"stateMachines", std::move(machines)}, {"nextToken", next}});
}

Json deleteStateMachine(Call& call, const Fields& request) {
    requireMachineArn(request.text("stateMachineArn"));
    call.about(request.text("stateMachineArn"));
    call.erase(keyOf(request.text("stateMachineArn")));   // its executions go on with the revision they have
    return object();
}

Json validateStateMachineDefinition(Call&, const Fields& request) {
    const auto compiled = asl::compile(request.text("definition"), {.type = typeOf(request.valueOr("type", "STANDARD"))});
    const bool warnings = request.valueOr("severity", "ERROR") == "WARNING";
    const auto limit = static_cast<std::size_t>(request.valueOr("maxResults", 0) ? request.valueOr("maxResults", 0) : 100);
    Json diagnostics(rapidjson::kArrayType);
    bool truncated = false;
    for (const auto& diagnostic : compiled.diagnostics) {
        const bool error = diagnostic.severity == asl::Severity::error;
        if (!error && !warnings) continue;
        if (diagnostics.Size() == limit) {
            truncated = true;
            break;
        }
        push(diagnostics, object({{"severity", error ? "ERROR" : "WARNING"}, {"code", diagnostic.code}, {"message", diagnostic.message},
                                  {"location", diagnostic.location.empty() ? std::nullopt : std::optional(diagnostic.location)}}));
    }
    return object({{"result", asl::hasErrors(compiled.diagnostics) ? "FAIL" : "OK"}, {"diagnostics", std::move(diagnostics)}, {"truncated", truncated}});
}

Json tagResource(Call& call, const Fields& request) {
    StateMachine machine = requireTagged(call, request);
    mergeTags(*find(machine.rest, "tags"), request);
    save(call, machine);
    return object();
}

Json untagResource(Call& call, const Fields& request) {
    StateMachine machine = requireTagged(call, request);
    const auto keys = request.texts("tagKeys");
    Json kept = list();
    for (const auto& tag : find(machine.rest, "tags")->GetArray())
        if (std::find(keys.begin(), keys.end(), textOr(tag, "key")) == keys.end()) push(kept, copy(tag));
    set(machine.rest, "tags", std::move(kept));
    save(call, machine);
    return object();
}

Json listTagsForResource(Call& call, const Fields& request) {
    return object({{"tags", copy(*find(requireTagged(call, request).rest, "tags"))}});
}

}  // namespace backlot::states
