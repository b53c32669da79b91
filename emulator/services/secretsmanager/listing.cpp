// Secrets as they are shown, one or many.

#include <algorithm>
#include <cctype>

#include "emulator/base/text.h"
#include "emulator/services/secretsmanager/errors.h"
#include "emulator/services/secretsmanager/pages.h"
#include "emulator/services/secretsmanager/secrets.h"
#include "emulator/services/secretsmanager/values.h"

namespace backlot::secretsmanager {
namespace {

std::optional<Json> seconds(const std::optional<Time>& time) {
    return time ? std::optional(epochSeconds(*time)) : std::nullopt;
}
std::optional<std::string> unlessEmpty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

/// {id: [stage …]} of the versions that bear a label; nothing where none does.
std::optional<Json> stagesById(const Secret& secret) {
    Json all = object();
    for (const auto& version : secret.versions)
        if (!version.stages.empty()) set(all, version.id, array(version.stages));
    return all.ObjectEmpty() ? std::nullopt : std::optional(std::move(all));
}

Json shown(Call& call, const Secret& secret, std::string_view stagesMember) {
    const Rotation& rotation = secret.rotation;
    const bool rotates = !rotation.function.empty();
    return object({{"ARN", secret.arn(call)},
                   {"CreatedDate", epochSeconds(secret.createdAt)},
                   {"DeletedDate", seconds(secret.deletedAt)},
                   {"Description", unlessEmpty(secret.description)},
                   {"KmsKeyId", unlessEmpty(secret.kmsKey)},
                   {"LastAccessedDate", seconds(secret.accessedOn)},
                   {"LastChangedDate", epochSeconds(secret.changedAt)},
                   {"LastRotatedDate", seconds(rotation.last)},
                   {"Name", secret.name},
                   {"NextRotationDate", seconds(rotation.next)},
                   {"RotationEnabled", rotates ? std::optional(rotation.enabled) : std::nullopt},
                   {"RotationLambdaARN", unlessEmpty(rotation.function)},
                   {"RotationRules", rotates ? std::optional(copy(rotation.rules)) : std::nullopt},
                   {stagesMember, stagesById(secret)},
                   {"Tags", secret.tags.Empty() ? std::nullopt : std::optional(copy(secret.tags))},
                   {"Type", unlessEmpty(secret.type)}});
}

bool beginsAny(const std::vector<std::string>& texts, std::string_view prefix) {
    return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) { return text.starts_with(prefix); });
}

/// What a filter named `key` looks at.
std::vector<std::string> looksAt(Call& call, const Secret& secret, std::string_view key) {
    std::vector<std::string> texts;
    const bool all = key == "all";
    if (all || key == "name") texts.push_back(secret.name);
    if (all || key == "description") texts.push_back(secret.description);
    if (all || key == "primary-region") texts.push_back(call.region);
    for (const auto& tag : secret.tags.GetArray()) {
        if (all || key == "tag-key") texts.push_back(textOr(tag, "Key"));
        if (all || key == "tag-value") texts.push_back(textOr(tag, "Value"));
    }
    if (all || key == "description")
        for (auto& text : texts) text = lowered(text);
    return texts;
}

bool passes(Call& call, const Secret& secret, const std::vector<const Json*>& filters) {
    return std::all_of(filters.begin(), filters.end(), [&](const Json* filter) {
        const std::string key = textOr(*filter, "Key");
        const auto texts = looksAt(call, secret, key);
        const auto values = Fields(*filter).texts("Values");
        return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
            const bool unlike = value.starts_with('!');
            const std::string wanted = value.substr(unlike ? 1 : 0);
            const bool anyCase = key == "all" || key == "description";
            return beginsAny(texts, anyCase ? lowered(wanted) : wanted) != unlike;
        });
    });
}

std::vector<Secret> filtered(Call& call, const Fields& request, bool alsoDeleted) {
    const auto filters = request.items("Filters");
    auto all = allSecrets(call);
    std::erase_if(all, [&](const Secret& secret) {
        return (secret.deletedAt && !alsoDeleted) || !passes(call, secret, filters);
    });
    return all;
}

void sortSecrets(std::vector<Secret>& secrets, const std::string& by, bool descending) {
    const auto key = [&](const Secret& secret) {
        if (by == "name") return std::pair(Time(), secret.name);
        if (by == "last-accessed-date") return std::pair(secret.accessedOn.value_or(Time()), secret.name);
        return std::pair(by == "last-changed-date" ? secret.changedAt : secret.createdAt, secret.name);
    };
    std::stable_sort(secrets.begin(), secrets.end(),
                     [&](const Secret& a, const Secret& b) { return descending ? key(b) < key(a) : key(a) < key(b); });
}

}  // namespace

Json describeSecret(Call& call, const Fields& request) {
    return shown(call, requireSecret(call, request.text("SecretId")), "VersionIdsToStages");
}

Json listSecrets(Call& call, const Fields& request) {
    auto secrets = filtered(call, request, request.valueOr("IncludePlannedDeletion", false));
    sortSecrets(secrets, request.valueOr("SortBy", "created-date"), request.valueOr("SortOrder", "asc") == "desc");
    auto [found, next] = page(request, secrets, 100,
                              [&](const Secret& secret) { return shown(call, secret, "SecretVersionsToStages"); });
    return object({{"NextToken", std::move(next)}, {"SecretList", std::move(found)}});
}

Json batchGetSecretValue(Call& call, const Fields& request) {
    auto ids = request.texts("SecretIdList");
    const bool byFilter = !request.items("Filters").empty();
    if (byFilter == !ids.empty())
        throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
    if (byFilter)
        for (const auto& secret : filtered(call, request, false)) ids.push_back(secret.name);
    Json errors(rapidjson::kArrayType), values(rapidjson::kArrayType);
    auto [tried, next] = page(request, ids, 20, [&](const std::string& id) {
        try {
            Secret secret = requireLiveSecret(call, id);
            push(values, shownValue(call, secret, std::nullopt, std::nullopt));
        } catch (const AwsError& error) {
            push(errors, object({{"ErrorCode", error.code()}, {"Message", error.message()}, {"SecretId", id}}));
        }
        return Json();
    });
    return object({{"Errors", std::move(errors)}, {"NextToken", std::move(next)}, {"SecretValues", std::move(values)}});
}

}  // namespace backlot::secretsmanager
