#include "emulator/services/ssm/parameter.h"

#include <algorithm>
#include <charconv>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/services/ssm/errors.h"
#include "emulator/services/ssm/rows.h"

namespace backlot::ssm {
namespace {

Json rowOf(const Version& version) {
    return object({{"number", version.number},
                   {"type", version.type},
                   {"value", version.value},
                   {"description", version.description},
                   {"key", version.key},
                   {"pattern", version.allowedPattern},
                   {"tier", version.tier},
                   {"dataType", version.dataType},
                   {"user", version.user},
                   {"modified", epochMillis(version.modifiedAt)},
                   {"labels", array(version.labels)},
                   {"policies", version.policies}});
}

Version versionOf(std::string_view row) {
    const Json json = parseJson(row);
    return {.number = intOr(json, "number", 1),
            .type = textOr(json, "type"),
            .value = textOr(json, "value"),
            .description = textOr(json, "description"),
            .key = textOr(json, "key"),
            .allowedPattern = textOr(json, "pattern"),
            .tier = textOr(json, "tier"),
            .dataType = textOr(json, "dataType"),
            .user = textOr(json, "user"),
            .modifiedAt = fromMillis(intOr(json, "modified", 0)),
            .labels = Fields(json).texts("labels"),
            .policies = textOr(json, "policies")};
}

void tell(Call& call, const std::string& name, std::string_view detailType, const Json& detail) {
    call.soon({.service = "events",
               .operation = "PutEvents",
               .request = object({{"Entries", list({object({{"Source", "aws.ssm"},
                                                            {"DetailType", detailType},
                                                            {"Detail", writeJson(detail)},
                                                            {"Resources", list({parameterArn(call, name)})}})})}})});
}

}  // namespace

std::string parameterArn(const Call& call, const std::string& name) {
    return arn("ssm", call.region, call.account, "parameter" + (name.starts_with('/') ? name : "/" + name));
}

std::optional<Parameter> findParameter(Call& call, std::string_view name) {
    const auto row = call.getJson(parameterKey(call, name));
    if (!row) return std::nullopt;
    const Fields fields(*row);
    return Parameter{.name = std::string(name),
                     .latest = intOr(*row, "version", 0),
                     .tags = copy(fields.value("tags")),
                     .jobs = fields.texts("jobs")};
}

std::optional<Version> findVersion(Call& call, std::string_view name, std::int64_t number) {
    const auto row = call.get(versionKey(call, name, number));
    return row ? std::optional(versionOf(*row)) : std::nullopt;
}

std::vector<Version> versionsOf(Call& call, std::string_view name) {
    std::vector<Version> all;
    call.scan(versionsKey(call, name), [&](std::string_view, std::string_view row) {
        all.push_back(versionOf(row));
        return true;
    });
    return all;
}

void save(Call& call, const Parameter& parameter) {
    call.putJson(
        parameterKey(call, parameter.name),
        object({{"version", parameter.latest}, {"tags", copy(parameter.tags)}, {"jobs", array(parameter.jobs)}}));
}

void save(Call& call, std::string_view name, const Version& version) {
    call.putJson(versionKey(call, name, version.number), rowOf(version));
}

void eraseVersion(Call& call, std::string_view name, std::int64_t number) {
    call.erase(versionKey(call, name, number));
}

void eraseParameter(Call& call, const Parameter& parameter) {
    for (const auto& job : parameter.jobs)
        if (const auto id = JobId::parse(job)) call.cancel(*id);
    call.erasePrefix(versionsKey(call, parameter.name));
    call.erase(parameterKey(call, parameter.name));
}

Selector selectorOf(const std::string& text) {
    Selector selector{.name = text, .selector = {}};
    constexpr std::string_view kind = "parameter/";
    if (const auto arn = parseArn(text); arn && arn->service == "ssm" && arn->resource.starts_with(kind)) {
        selector.byArn = true;
        const bool path = arn->resource.find('/', kind.size()) != std::string::npos;
        selector.name = arn->resource.substr(path ? kind.size() - 1 : kind.size());
    }
    if (const auto colon = selector.name.find(':'); colon != std::string::npos) {
        selector.selector = selector.name.substr(colon);
        selector.name.resize(colon);
    }
    return selector;
}

Parameter requireParameter(Call& call, const std::string& name) {
    call.about(name);
    auto found = findParameter(call, name);
    if (!found) throw parameterNotFound();
    return std::move(*found);
}

std::pair<Parameter, Version> requireVersion(Call& call, const Selector& selector) {
    const bool atRoot = selector.byArn && !findParameter(call, selector.name);
    Parameter parameter = requireParameter(call, atRoot ? "/" + selector.name : selector.name);
    if (selector.selector.empty()) {
        Version latest = *findVersion(call, parameter.name, parameter.latest);
        return {std::move(parameter), std::move(latest)};
    }
    const std::string wanted = selector.selector.substr(1);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
    if (error == std::errc() && end == wanted.data() + wanted.size()) {
        auto version = findVersion(call, parameter.name, number);
        if (!version) throw versionNotFound(selector.name, wanted);
        return {std::move(parameter), std::move(*version)};
    }
    for (auto& version : versionsOf(call, parameter.name))
        if (std::find(version.labels.begin(), version.labels.end(), wanted) != version.labels.end())
            return {std::move(parameter), std::move(version)};
    throw labelNotFound(selector.name, wanted);
}

std::string shownValue(const Version& version, bool decrypted) {
    if (version.type != "SecureString" || decrypted) return version.value;
    std::string sealed("\x01\x02\x02\x00x", 5);
    for (std::size_t i = 0; sealed.size() < version.value.size() + 120; ++i) {
        const auto digest = sha256(std::to_string(i) + version.key + version.value + std::to_string(version.number));
        sealed.append(digest.begin(), digest.end());
    }
    return base64Encode(sealed);
}

void tellChange(Call& call, const std::string& name, const Version& version, std::string_view operation) {
    Json detail = object({{"operation", operation}, {"name", name}, {"type", version.type}});
    if (!version.description.empty()) set(detail, "description", version.description);
    tell(call, name, "Parameter Store Change", detail);
}

void tellPolicy(Call& call, const std::string& name, const Version& version, const std::string& policyType,
                const std::string& policyContent) {
    tell(call, name, "Parameter Store Policy Action",
         object({{"parameter-name", name},
                 {"parameter-type", version.type},
                 {"policy-type", policyType},
                 {"policy-content", policyContent},
                 {"action-status", "Success"}}));
}

}  // namespace backlot::ssm
