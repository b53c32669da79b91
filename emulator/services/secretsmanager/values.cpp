#include "emulator/services/secretsmanager/values.h"

#include <algorithm>

#include "emulator/services/secretsmanager/errors.h"
#include "emulator/services/secretsmanager/pages.h"
#include "emulator/services/secretsmanager/rows.h"
#include "emulator/services/secretsmanager/tags.h"

namespace backlot::secretsmanager {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// {"string": …} or {"binary": …} of the request; nothing where it brings no value.
std::optional<Json> valueOf(const Fields& request) {
    const auto text = request.optionalText("SecretString"), bytes = request.optionalText("SecretBinary");
    if (text && bytes)
        throw invalidParameter(
            "You can't specify both a binary secret value and a string secret value in the same secret.");
    if (text) return object({{"string", *text}});
    if (bytes) return object({{"binary", *bytes}});
    return std::nullopt;
}

Key valueKey(const Call& call, const Secret& secret, std::string_view version) {
    return valuesKey(call, secret.name, secret.suffix).text(version);
}

std::string tokenOf(Call& call, const Fields& request) {
    const auto token = request.optionalText("ClientRequestToken");
    return token ? *token : call.uuid("version");
}

void requireSameValue(Call& call, const Secret& secret, const Version& version, const Json& value) {
    if (call.get(valueKey(call, secret, version.id)) != writeJson(value))
        throw exists("You can't use ClientRequestToken " + version.id +
                     " because that value is already in use for a version of secret " + secret.arn(call) + ".");
}

/// The version that `token` stands for, made where there is none yet.
Version& putVersion(Call& call, Secret& secret, const std::string& token, const Json& value,
                    const std::vector<std::string>& stages) {
    if (Version* version = secret.version(token); version && version->hasValue) {
        requireSameValue(call, secret, *version, value);
        return *version;
    }
    const bool first = secret.versions.empty();
    if (!secret.version(token)) secret.versions.push_back({.id = token, .createdAt = call.now, .stages = {}});
    Version& version = *secret.version(token);
    version.hasValue = true;
    call.putJson(valueKey(call, secret, token), value);
    for (const auto& stage : stages) secret.label(version, stage);
    if (first) secret.label(version, kCurrent);
    secret.changedAt = call.now;
    return version;
}

Json named(Call& call, const Secret& secret, const Version* version = nullptr) {
    return object({{"ARN", secret.arn(call)},
                   {"Name", secret.name},
                   {"VersionId", version ? std::optional(version->id) : std::nullopt}});
}

Time dayOf(Time time) { return std::chrono::floor<std::chrono::days>(time); }

void refuseReplicas(const Fields& request) {
    if (!request.items("AddReplicaRegions").empty() || request.valueOr("ForceOverwriteReplicaSecret", false))
        throw validation("Backlot keeps a secret in its own Region only: AddReplicaRegions is not supported.");
}

/// The same request again, with the token of the version it made.
std::optional<Json> madeBefore(Call& call, const Fields& request, Secret& secret, const std::optional<Json>& value) {
    const auto token = request.optionalText("ClientRequestToken");
    const Version* version = token ? secret.version(*token) : nullptr;
    if (!version || !value || call.get(valueKey(call, secret, version->id)) != writeJson(*value)) return std::nullopt;
    return named(call, secret, version);
}

}  // namespace

Json createSecret(Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    requireName(name);
    refuseReplicas(request);
    call.about(name);
    const auto value = valueOf(request);
    if (auto other = findSecret(call, name)) {
        if (other->deletedAt)
            throw invalidRequest(
                "You can't create this secret because a secret with this name is already scheduled for deletion.");
        if (auto answer = madeBefore(call, request, *other, value)) return std::move(*answer);
        throw exists("The operation failed because the secret " + name + " already exists.");
    }
    Secret secret{.name = name,
                  .suffix = call.randomText("suffix", 6, kLetters),
                  .description = request.valueOr("Description", ""),
                  .kmsKey = request.valueOr("KmsKeyId", ""),
                  .type = request.valueOr("Type", ""),
                  .tags = list(),
                  .policy = {},
                  .createdAt = call.now,
                  .changedAt = call.now,
                  .accessedOn = {},
                  .deletedAt = {},
                  .deletion = {},
                  .versions = {},
                  .rotation = {}};
    addTags(secret, request.items("Tags"));
    const Version* version = nullptr;
    if (value)
        version = &putVersion(call, secret, tokenOf(call, request), *value, {std::string(kCurrent)});
    else
        request.passOver({"ClientRequestToken"});  // names a version, and there is none yet
    Json answer = named(call, secret, version);
    save(call, secret);
    return answer;
}

Json putSecretValue(Call& call, const Fields& request) {
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    const auto value = valueOf(request);
    if (!value) throw invalidRequest("You must provide either SecretString or SecretBinary.");
    auto stages = request.texts("VersionStages");
    if (stages.empty()) stages.emplace_back(kCurrent);
    const Version& version = putVersion(call, secret, tokenOf(call, request), *value, stages);
    Json answer = named(call, secret, &version);
    set(answer, "VersionStages", array(version.stages));
    save(call, secret);
    return answer;
}

Json updateSecret(Call& call, const Fields& request) {
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    const auto value = valueOf(request);
    if (const auto description = request.optionalText("Description")) secret.description = *description;
    if (const auto key = request.optionalText("KmsKeyId")) secret.kmsKey = *key;
    if (const auto type = request.optionalText("Type")) secret.type = *type;
    const Version* version = nullptr;
    if (value) version = &putVersion(call, secret, tokenOf(call, request), *value, {std::string(kCurrent)});
    secret.changedAt = call.now;
    Json answer = named(call, secret, version);
    save(call, secret);
    return answer;
}

Json shownValue(Call& call, Secret& secret, const std::optional<std::string>& id,
                const std::optional<std::string>& stage) {
    const std::string label = stage.value_or(std::string(kCurrent));
    Version* version = id ? secret.version(*id) : secret.withStage(label);
    if (id && version && stage && !version->holds(*stage))
        throw invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
    if (!version || !version->hasValue) throw valueNotFound(id ? "VersionId: " + *id : "staging label: " + label);
    if (const Time today = dayOf(call.now); version->accessedOn != today || secret.accessedOn != today) {
        version->accessedOn = secret.accessedOn = today;
        save(call, secret);
        version = id ? secret.version(*id) : secret.withStage(label);
    }
    const Json value = call.getJson(valueKey(call, secret, version->id)).value_or(object());
    return object({{"ARN", secret.arn(call)},
                   {"CreatedDate", epochSeconds(version->createdAt)},
                   {"Name", secret.name},
                   {"SecretBinary", optionalText(value, "binary")},
                   {"SecretString", optionalText(value, "string")},
                   {"VersionId", version->id},
                   {"VersionStages", array(version->stages)}});
}

Json getSecretValue(Call& call, const Fields& request) {
    const auto id = request.optionalText("VersionId"), stage = request.optionalText("VersionStage");
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    return shownValue(call, secret, id, stage);
}

Json updateSecretVersionStage(Call& call, const Fields& request) {
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    const std::string stage = request.text("VersionStage");
    const auto to = request.optionalText("MoveToVersionId"), from = request.optionalText("RemoveFromVersionId");
    Version* target = to ? secret.version(*to) : nullptr;
    if ((to && !target) || (from && !secret.version(*from))) throw versionNotFound();
    const Version* holder = secret.withStage(stage);
    if (from && (!holder || holder->id != *from))
        throw invalidParameter("The staging label " + stage + " isn't attached to version " + *from + ".");
    if (!from && holder && holder != target)
        throw invalidParameter("The parameter RemoveFromVersionId can't be empty. Staging label " + stage +
                               " is currently attached to version " + holder->id +
                               ", so you must explicitly reference that version in RemoveFromVersionId.");
    if (!target && stage == kCurrent)
        throw invalidParameter(
            "You can only move staging label AWSCURRENT to a different secret version. It can't be "
            "completely removed.");
    target ? secret.label(*target, stage) : secret.unlabel(stage);
    secret.changedAt = call.now;
    save(call, secret);
    return named(call, secret);
}

Json listSecretVersionIds(Call& call, const Fields& request) {
    const Secret secret = requireSecret(call, request.text("SecretId"));
    const bool all = request.valueOr("IncludeDeprecated", false);
    std::vector<const Version*> shown;
    for (const auto& version : secret.versions)
        if (all || !version.stages.empty()) shown.push_back(&version);
    auto [versions, next] = page(request, shown, 100, [&](const Version* version) {
        return object(
            {{"CreatedDate", epochSeconds(version->createdAt)},
             {"KmsKeyIds", list({secret.kmsKey.empty() ? "DefaultEncryptionKey" : secret.kmsKey})},
             {"LastAccessedDate",
              version->accessedOn ? std::optional(epochSeconds(*version->accessedOn)) : std::nullopt},
             {"VersionId", version->id},
             {"VersionStages", version->stages.empty() ? std::nullopt : std::optional(array(version->stages))}});
    });
    return object({{"ARN", secret.arn(call)},
                   {"Name", secret.name},
                   {"NextToken", std::move(next)},
                   {"Versions", std::move(versions)}});
}

}  // namespace backlot::secretsmanager
