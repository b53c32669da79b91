#include "emulator/services/ssm/policies.h"

#include <charconv>

#include "emulator/services/ssm/errors.h"

namespace backlot::ssm {
namespace {

constexpr std::size_t kMostPolicies = 10;

AwsError invalidAttribute(const std::string& why) { return {"InvalidPolicyAttributeException", why}; }

Time timestampOf(const Json& attributes) {
    const auto time = parseIso8601(textOr(attributes, "Timestamp"));
    if (!time)
        throw invalidAttribute("The Timestamp of an Expiration policy is an ISO instant: 2026-12-02T21:34:33.000Z");
    return *time;
}

/// {"Before": "15", "Unit": "Days"}
Duration spanOf(const Json& attributes, const char* member) {
    const std::string text = textOr(attributes, member), unit = textOr(attributes, "Unit");
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size() || count < 1 || count > 365 * 24)
        throw invalidAttribute(std::string("The attribute ") + member + " is a number of days or hours.");
    if (unit == "Days") return std::chrono::days(count);
    if (unit == "Hours") return std::chrono::hours(count);
    throw invalidAttribute("The attribute Unit is Days or Hours.");
}

/// When a policy acts. ExpirationNotification counts from `expiration`.
Time momentOf(const Json& policy, const std::optional<Time>& expiration, Time modifiedAt) {
    const std::string type = textOr(policy, "Type");
    const Json* found = find(policy, "Attributes");
    if (!found || !found->IsObject()) throw invalidAttribute("A policy has Attributes.");
    if (type == "Expiration") return timestampOf(*found);
    if (type == "NoChangeNotification") return modifiedAt + spanOf(*found, "After");
    if (type != "ExpirationNotification")
        throw AwsError("InvalidPolicyTypeException", "The policy type " + type + " is not supported.");
    if (!expiration) throw invalidAttribute("An ExpirationNotification policy wants an Expiration policy.");
    return *expiration - spanOf(*found, "Before");
}

std::optional<Time> expirationOf(const Json& policies) {
    for (const auto& policy : policies.GetArray())
        if (textOr(policy, "Type") == "Expiration") return momentOf(policy, {}, {});
    return std::nullopt;
}

}  // namespace

std::string policiesText(const Fields& request, const std::string& before) {
    const auto text = request.optionalText("Policies");
    if (!text) return before;
    if (*text == "{}") return {};
    const auto policies = tryParseJson(*text);
    if (!policies || !policies->IsArray()) throw validation("Policies is a JSON array of policies.");
    if (policies->Size() > kMostPolicies)
        throw AwsError("PoliciesLimitExceededException", "A parameter has at most ten policies.");
    const auto expiration = expirationOf(*policies);
    for (const auto& policy : policies->GetArray()) momentOf(policy, expiration, {});
    return policies->Empty() ? std::string() : *text;
}

void schedulePolicies(Call& call, Parameter& parameter, const Version& version) {
    for (const auto& job : parameter.jobs)
        if (const auto id = JobId::parse(job)) call.cancel(*id);
    parameter.jobs.clear();
    if (version.policies.empty()) return;
    const Json policies = parseJson(version.policies);
    const auto expiration = expirationOf(policies);
    for (const auto& policy : policies.GetArray()) {
        const Time moment = std::max(call.now, momentOf(policy, expiration, version.modifiedAt));
        parameter.jobs.push_back(
            call.later(moment,
                       {.service = "ssm",
                        .operation = "ApplyPolicy",
                        .request = object(
                            {{"name", parameter.name}, {"version", version.number}, {"policy", writeJson(policy)}}),
                        .background = true,
                        .label = "parameter " + parameter.name + ": " + textOr(policy, "Type")})
                .text());
    }
}

Json shownPolicies(const std::string& policies) {
    const Json all = parseJson(policies);
    return array(all.GetArray(), [](const Json& policy) {
        return object(
            {{"PolicyText", writeJson(policy)}, {"PolicyType", textOr(policy, "Type")}, {"PolicyStatus", "Pending"}});
    });
}

Json applyPolicy(Call& call, const Fields& request) {
    const auto parameter = findParameter(call, request.text("name"));
    if (!parameter || parameter->latest != request.integer("version")) return object();
    const std::string policy = request.text("policy"), type = textOr(parseJson(policy), "Type");
    const Version version = *findVersion(call, parameter->name, parameter->latest);
    tellPolicy(call, parameter->name, version, type, policy);
    if (type != "Expiration") return object();
    tellChange(call, parameter->name, version, "Delete");
    eraseParameter(call, *parameter);
    return object();
}

}  // namespace backlot::ssm
