#include "emulator/services/ssm/reading.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include "emulator/services/ssm/errors.h"
#include "emulator/services/ssm/filters.h"
#include "emulator/services/ssm/parameter.h"
#include "emulator/services/ssm/policies.h"
#include "emulator/services/ssm/rows.h"

namespace backlot::ssm {
namespace {

constexpr std::string_view kSecrets = "/aws/reference/secretsmanager/";

std::optional<std::string> unlessEmpty(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

Json shown(const Call& call, const std::string& name, const Version& version, bool decrypted,
           const std::string& selector) {
    return object({{"Name", name},
                   {"Type", version.type},
                   {"Value", shownValue(version, decrypted)},
                   {"Version", version.number},
                   {"Selector", unlessEmpty(selector)},
                   {"LastModifiedDate", epochSeconds(version.modifiedAt)},
                   {"ARN", parameterArn(call, name)},
                   {"DataType", version.dataType}});
}

/// Of a version's metadata, what history and description have in common.
Json described(const std::string& name, const Version& version) {
    return object({{"Name", name},
                   {"Type", version.type},
                   {"KeyId", unlessEmpty(version.key)},
                   {"LastModifiedDate", epochSeconds(version.modifiedAt)},
                   {"LastModifiedUser", version.user},
                   {"Description", unlessEmpty(version.description)},
                   {"AllowedPattern", unlessEmpty(version.allowedPattern)},
                   {"Version", version.number},
                   {"Tier", version.tier},
                   {"Policies", version.policies.empty() ? list() : shownPolicies(version.policies)},
                   {"DataType", version.dataType}});
}

/// A secret as a parameter: its value, and Secrets Manager's own answer as SourceResult.
/// Source: AWS Systems Manager User Guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters".
Json secret(Call& call, const std::string& name, const std::string& selector, bool decrypted) {
    if (!decrypted) throw validation("WithDecryption flag must be True for retrieving a Secret Manager secret.");
    const std::string id = name.substr(kSecrets.size());
    Json request = object({{"SecretId", id}});
    if (!selector.empty()) {
        const std::string wanted = selector.substr(1);
        set(request, wanted.size() >= 32 ? "VersionId" : "VersionStage", wanted);
    }
    Json answer;
    try {
        answer = call.invoke("secretsmanager", "GetSecretValue", request);
    } catch (const AwsError& error) {
        throw parameterNotFound(
            "An error occurred (" +
            std::string(error.code() == "ResourceNotFoundException" ? "ParameterNotFound" : error.code()) +
            ") when referencing Secrets Manager: Secret " + name + " not found.");
    }
    return object({{"Name", name},
                   {"Type", "SecureString"},
                   {"Value", textOr(answer, "SecretString", textOr(answer, "SecretBinary"))},
                   {"Version", 0},
                   {"Selector", unlessEmpty(selector)},
                   {"SourceResult", writeJson(answer)},
                   {"LastModifiedDate", copy(*find(answer, "CreatedDate"))},
                   {"ARN", textOr(answer, "ARN")}});
}

Json read(Call& call, const std::string& text, bool decrypted) {
    const Selector selector = selectorOf(text);
    if (selector.name.starts_with(kSecrets)) return secret(call, selector.name, selector.selector, decrypted);
    const auto [parameter, version] = requireVersion(call, selector);
    return shown(call, parameter.name, version, decrypted, selector.selector);
}

AwsError invalidNextToken() { return {"InvalidNextToken", "The specified token isn't valid."}; }

/// Walks the parameters by name from NextToken on (the name of the next page's first) until `most` were taken; `take`
/// says whether one was. The token of the next page.
template <typename Take>
std::optional<std::string> walk(Call& call, const Fields& request, const std::string& below, std::int64_t most,
                                const Take& take) {
    const Key all = parametersKey(call);
    const auto token = request.optionalText("NextToken");
    if (token && !call.has(parameterKey(call, *token))) throw invalidNextToken();
    std::vector<std::string> names;
    call.scan(
        all,
        [&](std::string_view key, std::string_view) {
            names.push_back(KeyReader(key.substr(all.bytes().size())).text());
            return below.empty() || names.back().starts_with(below);
        },
        token           ? parameterKey(call, *token).bytes()
        : below.empty() ? all.bytes()
                        : parameterKey(call, below).bytes());
    std::int64_t taken = 0;
    for (const auto& name : names) {
        if (!name.starts_with(below)) break;
        const Parameter parameter = *findParameter(call, name);
        const Version version = *findVersion(call, name, parameter.latest);
        if (taken == most) return name;
        if (take(parameter, version)) ++taken;
    }
    return std::nullopt;
}

void requirePath(const std::string& path) {
    const bool plain = std::all_of(path.begin(), path.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '.' || c == '-' || c == '_' || c == '/';
    });
    if (!path.starts_with('/') || !plain)
        throw validation(
            "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward "
            "slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive). It must use only letters, "
            "numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not "
            "allowed. All sub-paths, if specified, must use the forward slash symbol \"/\". Valid example: "
            "/get/parameters2-/by1./path0_.");
}

}  // namespace

Json getParameter(Call& call, const Fields& request) {
    return object({{"Parameter", read(call, request.text("Name"), request.valueOr("WithDecryption", false))}});
}

Json getParameters(Call& call, const Fields& request) {
    const bool decrypted = request.valueOr("WithDecryption", false);
    Json found(rapidjson::kArrayType), invalid(rapidjson::kArrayType);
    std::set<std::string> seen;
    for (const auto& name : request.texts("Names")) {
        if (!seen.insert(name).second)
            throw validation("Names should not contain duplicates: " + name + " stands twice.");
        try {
            push(found, read(call, name, decrypted));
        } catch (const AwsError& error) {
            if (error.code() == "ValidationException") throw;
            push(invalid, name);
        }
    }
    return object({{"Parameters", std::move(found)}, {"InvalidParameters", std::move(invalid)}});
}

Json getParametersByPath(Call& call, const Fields& request) {
    const std::string path = request.text("Path");
    requirePath(path);
    const bool recursive = request.valueOr("Recursive", false), decrypted = request.valueOr("WithDecryption", false);
    const auto filters = request.items("ParameterFilters");
    requireFilters(filters, FilterUse::byPath);
    Json found(rapidjson::kArrayType);
    auto next = walk(call, request, path.ends_with('/') ? path : path + "/", request.valueOr("MaxResults", 10),
                     [&](const Parameter& parameter, const Version& version) {
                         if (!liesBelow(parameter.name, path, recursive) || !passes(call, filters, parameter, version))
                             return false;
                         push(found, shown(call, parameter.name, version, decrypted, {}));
                         return true;
                     });
    return object({{"Parameters", std::move(found)}, {"NextToken", std::move(next)}});
}

Json getParameterHistory(Call& call, const Fields& request) {
    const Parameter parameter = requireParameter(call, selectorOf(request.text("Name")).name);
    const bool decrypted = request.valueOr("WithDecryption", false);
    const auto most = static_cast<std::size_t>(request.valueOr("MaxResults", 50));
    const auto token = request.optionalText("NextToken");
    const auto versions = versionsOf(call, parameter.name);
    auto first = versions.begin();
    if (token) {
        first = std::find_if(versions.begin(), versions.end(),
                             [&](const Version& version) { return std::to_string(version.number) == *token; });
        if (first == versions.end()) throw invalidNextToken();
    }
    Json found(rapidjson::kArrayType);
    for (; first != versions.end() && found.Size() < most; ++first) {
        Json entry = described(parameter.name, *first);
        set(entry, "Value", shownValue(*first, decrypted));
        set(entry, "Labels", array(first->labels));
        push(found, std::move(entry));
    }
    return object(
        {{"Parameters", std::move(found)},
         {"NextToken", first == versions.end() ? std::nullopt : std::optional(std::to_string(first->number))}});
}

Json describeParameters(Call& call, const Fields& request) {
    const auto filters = request.items("ParameterFilters"), old = request.items("Filters");
    if (!filters.empty() && !old.empty())
        throw validation("You can use either Filters or ParameterFilters in a single request.");
    requireFilters(filters, FilterUse::describe);
    Json found(rapidjson::kArrayType);
    if (request.valueOr("Shared", false)) return object({{"Parameters", std::move(found)}});  // nobody shares any
    auto next = walk(call, request, {}, request.valueOr("MaxResults", 10),
                     [&](const Parameter& parameter, const Version& version) {
                         if (!passes(call, filters, parameter, version) || !passesOld(old, parameter, version))
                             return false;
                         Json entry = described(parameter.name, version);
                         set(entry, "ARN", parameterArn(call, parameter.name));
                         push(found, std::move(entry));
                         return true;
                     });
    return object({{"Parameters", std::move(found)}, {"NextToken", std::move(next)}});
}

}  // namespace backlot::ssm
