#include "emulator/services/logs/policies.h"

#include "emulator/services/logs/errors.h"
#include "emulator/services/logs/rows.h"

namespace backlot::logs {
namespace {

constexpr std::size_t kPolicyLimit = 10;

void refuseResource(const Fields& request) {
    if (request.has("resourceArn") || request.has("expectedRevisionId"))
        throw invalidParameter(
            "Backlot keeps policies of the account only, none of a resource: resourceArn and "
            "expectedRevisionId are not supported.");
}

Json describe(std::string_view name, const Json& policy) {
    Json result = object({{"policyName", name}});
    for (const auto& member : policy.GetObject()) set(result, view(member.name), copy(member.value));
    return result;
}

}  // namespace

Json putResourcePolicy(Call& call, const Fields& request) {
    refuseResource(request);
    const auto name = request.optionalText("policyName"), document = request.optionalText("policyDocument");
    if (!name || !document) throw invalidParameter("policyName and policyDocument must be specified.");
    if (!tryParseJson(*document)) throw invalidParameter("Policy is not valid JSON.");
    const Key all = policiesKey(call), key = Key(all).text(*name);
    std::size_t count = 0;
    call.scan(all, [&](std::string_view, std::string_view) { return ++count > 0; });
    if (!call.has(key) && count >= kPolicyLimit) throw limitExceeded();
    const Json policy = object({{"policyDocument", *document}, {"lastUpdatedTime", epochMillis(call.now)}});
    call.putJson(key, policy);
    return object({{"resourcePolicy", describe(*name, policy)}});
}

Json describeResourcePolicies(Call& call, const Fields& request) {
    if (request.valueOr("policyScope", "ACCOUNT") != "ACCOUNT" || request.has("resourceArn"))
        return object({{"resourcePolicies", list()}});
    const auto limit = static_cast<std::size_t>(request.valueOr("limit", 50));
    Json policies(rapidjson::kArrayType);
    std::optional<std::string> next;
    const Key all = policiesKey(call);
    call.scan(
        all,
        [&](std::string_view key, std::string_view value) {
            const std::string name = lastPart(key, all);
            if (policies.Size() == limit) {
                next = name;
                return false;
            }
            push(policies, describe(name, parseJson(value)));
            return true;
        },
        pageStart(request, all));
    return object({{"resourcePolicies", std::move(policies)}, {"nextToken", next}});
}

Json deleteResourcePolicy(Call& call, const Fields& request) {
    refuseResource(request);
    const auto name = request.text("policyName");
    if (!call.erase(policiesKey(call).text(name)))
        throw AwsError("ResourceNotFoundException", "Policy with name [" + name + "] does not exist");
    return object();
}

}  // namespace backlot::logs
