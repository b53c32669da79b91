#include "emulator/services/secretsmanager/secret.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/services/secretsmanager/errors.h"
#include "emulator/services/secretsmanager/rows.h"

namespace backlot::secretsmanager {
namespace {

/// Source: AWS Secrets Manager User Guide, "Quotas": versions without a label beyond some hundred are removed.
constexpr std::size_t kDeprecatedKept = 100;
constexpr std::size_t kSuffixLength = 6;  // "-AbCdEf" ends the ARN

Json millis(const std::optional<Time>& time) { return time ? Json(epochMillis(*time)) : Json(); }
std::optional<Time> timeOf(const Json& row, std::string_view member) {
    const Json* found = find(row, member);
    return found && found->IsInt64() ? std::optional(fromMillis(found->GetInt64())) : std::nullopt;
}

Json rowOf(const Version& version) {
    return object({{"id", version.id},
                   {"created", epochMillis(version.createdAt)},
                   {"stages", array(version.stages)},
                   {"accessed", millis(version.accessedOn)},
                   {"value", version.hasValue}});
}

Version versionOf(const Json& row) {
    return {.id = textOr(row, "id"),
            .createdAt = fromMillis(intOr(row, "created", 0)),
            .stages = Fields(row).texts("stages"),
            .accessedOn = timeOf(row, "accessed"),
            .hasValue = boolOr(row, "value", true)};
}

Json rowOf(const Rotation& rotation) {
    return object({{"enabled", rotation.enabled},
                   {"function", rotation.function},
                   {"rules", copy(rotation.rules)},
                   {"last", millis(rotation.last)},
                   {"next", millis(rotation.next)},
                   {"token", rotation.token},
                   {"step", rotation.step},
                   {"job", rotation.scheduledBy}});
}

Rotation rotationOf(const Json& row) {
    return {.enabled = boolOr(row, "enabled", false),
            .function = textOr(row, "function"),
            .rules = copy(Fields(row).value("rules")),
            .last = timeOf(row, "last"),
            .next = timeOf(row, "next"),
            .token = textOr(row, "token"),
            .step = textOr(row, "step"),
            .scheduledBy = textOr(row, "job")};
}

bool isNameCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-/_+=.@!").find(c) != std::string_view::npos;
}

/// Keeps the newest of the versions that bear no label.
void forgetOldest(Call& call, Secret& secret) {
    auto deprecated = std::count_if(secret.versions.begin(), secret.versions.end(),
                                    [](const Version& version) { return version.stages.empty(); });
    std::erase_if(secret.versions, [&](const Version& version) {
        if (!version.stages.empty() || deprecated <= static_cast<std::ptrdiff_t>(kDeprecatedKept)) return false;
        --deprecated;
        call.erase(valuesKey(call, secret.name, secret.suffix).text(version.id));
        return true;
    });
}

}  // namespace

bool Version::holds(std::string_view stage) const {
    return std::find(stages.begin(), stages.end(), stage) != stages.end();
}

std::string Secret::arn(const Call& call) const {
    return backlot::arn("secretsmanager", call.region, call.account, "secret:" + name + "-" + suffix);
}

Version* Secret::version(std::string_view id) {
    const auto found =
        std::find_if(versions.begin(), versions.end(), [&](const Version& version) { return version.id == id; });
    return found == versions.end() ? nullptr : &*found;
}

Version* Secret::withStage(std::string_view stage) {
    const auto found =
        std::find_if(versions.begin(), versions.end(), [&](const Version& version) { return version.holds(stage); });
    return found == versions.end() ? nullptr : &*found;
}

void Secret::unlabel(std::string_view stage) {
    for (auto& version : versions) std::erase(version.stages, stage);
}

void Secret::label(Version& version, std::string_view stage) {
    Version* holder = withStage(stage);
    if (holder == &version) return;
    unlabel(stage);
    if (holder && stage == kCurrent) {
        std::erase(holder->stages, kPending);
        label(*holder, kPrevious);
    }
    version.stages.insert(std::lower_bound(version.stages.begin(), version.stages.end(), stage), std::string(stage));
}

void requireName(const std::string& name) {
    if (!std::all_of(name.begin(), name.end(), isNameCharacter))
        throw validation(
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: "
            "-/_+=.@!");
}

Secret secretOf(std::string name, std::string_view row) {
    const Json json = parseJson(row);
    const Fields fields(json);
    Secret secret{.name = std::move(name),
                  .suffix = textOr(json, "suffix"),
                  .description = textOr(json, "description"),
                  .kmsKey = textOr(json, "kmsKey"),
                  .type = textOr(json, "type"),
                  .tags = copy(fields.value("tags")),
                  .policy = optionalText(json, "policy"),
                  .createdAt = fromMillis(intOr(json, "created", 0)),
                  .changedAt = fromMillis(intOr(json, "changed", 0)),
                  .accessedOn = timeOf(json, "accessed"),
                  .deletedAt = timeOf(json, "deleted"),
                  .deletion = textOr(json, "deletion"),
                  .versions = {},
                  .rotation = rotationOf(fields.value("rotation"))};
    for (const Json* version : fields.items("versions")) secret.versions.push_back(versionOf(*version));
    return secret;
}

void save(Call& call, Secret& secret) {
    forgetOldest(call, secret);
    call.putJson(secretKey(call, secret.name),
                 object({{"suffix", secret.suffix},
                         {"description", secret.description},
                         {"kmsKey", secret.kmsKey},
                         {"type", secret.type},
                         {"tags", copy(secret.tags)},
                         {"policy", secret.policy},
                         {"created", epochMillis(secret.createdAt)},
                         {"changed", epochMillis(secret.changedAt)},
                         {"accessed", millis(secret.accessedOn)},
                         {"deleted", millis(secret.deletedAt)},
                         {"deletion", secret.deletion},
                         {"versions", array(secret.versions, [](const Version& version) { return rowOf(version); })},
                         {"rotation", rowOf(secret.rotation)}}));
}

void eraseSecret(Call& call, const Secret& secret) {
    for (const auto& job : {secret.deletion, secret.rotation.scheduledBy})
        if (const auto id = JobId::parse(job)) call.cancel(*id);
    call.erasePrefix(valuesKey(call, secret.name, secret.suffix));
    call.erase(secretKey(call, secret.name));
}

std::optional<Secret> findSecret(Call& call, std::string_view name) {
    const auto row = call.get(secretKey(call, name));
    return row ? std::optional(secretOf(std::string(name), *row)) : std::nullopt;
}

Secret requireSecret(Call& call, const std::string& secretId) {
    std::string name = secretId;
    if (const auto arn = parseArn(secretId)) {
        constexpr std::string_view kind = "secret:";
        if (arn->service != "secretsmanager" || arn->region != call.region || arn->account != call.account ||
            !arn->resource.starts_with(kind))
            throw notFound();
        name = arn->resource.substr(kind.size());
        if (const auto dash = name.rfind('-'); dash != std::string::npos && name.size() - dash == kSuffixLength + 1) {
            auto secret = findSecret(call, name.substr(0, dash));
            if (secret && secret->suffix == name.substr(dash + 1)) {
                call.about(secret->name);
                return std::move(*secret);
            }
        }
    } else {
        requireName(name);
    }
    auto secret = findSecret(call, name);
    if (!secret) throw notFound();
    call.about(secret->name);
    return std::move(*secret);
}

Secret requireLiveSecret(Call& call, const std::string& secretId) {
    Secret secret = requireSecret(call, secretId);
    if (secret.deletedAt)
        throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
    return secret;
}

std::vector<Secret> allSecrets(Call& call) {
    std::vector<Secret> all;
    const Key prefix = secretsKey(call);
    call.scan(prefix, [&](std::string_view key, std::string_view row) {
        all.push_back(secretOf(KeyReader(key.substr(prefix.bytes().size())).text(), row));
        return true;
    });
    return all;
}

}  // namespace backlot::secretsmanager
