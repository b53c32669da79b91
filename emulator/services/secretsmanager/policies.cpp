// Resource policies of secrets: kept, answered, not enforced.

#include "emulator/services/secretsmanager/errors.h"
#include "emulator/services/secretsmanager/secrets.h"

namespace backlot::secretsmanager {
namespace {

std::vector<const Json*> oneOrMany(const Json* value) {
    if (!value) return {};
    if (!value->IsArray()) return {value};
    std::vector<const Json*> all;
    for (const auto& element : value->GetArray()) all.push_back(&element);
    return all;
}

bool isAnyone(const Json& principal) {
    if (principal.IsString()) return view(principal) == "*";
    for (const Json* name : oneOrMany(find(principal, "AWS")))
        if (name->IsString() && view(*name) == "*") return true;
    return false;
}

/// Whether everybody may do something, with no condition.
bool isPublic(const Json& policy) {
    for (const Json* statement : oneOrMany(find(policy, "Statement"))) {
        const Json* principal = find(*statement, "Principal");
        if (textOr(*statement, "Effect") == "Allow" && principal && isAnyone(*principal) &&
            !find(*statement, "Condition"))
            return true;
    }
    return false;
}

/// What is wrong with the text as a policy; empty: nothing.
std::string faultOf(const std::string& text) {
    const auto policy = tryParseJson(text);
    if (!policy || !policy->IsObject()) return "This resource policy contains invalid Json.";
    const auto statements = oneOrMany(find(*policy, "Statement"));
    if (statements.empty()) return "This resource policy contains no Statement.";
    for (const Json* statement : statements) {
        const std::string effect = textOr(*statement, "Effect");
        if (effect != "Allow" && effect != "Deny") return "This resource policy contains an invalid Effect.";
        if (!find(*statement, "Principal") && !find(*statement, "NotPrincipal"))
            return "This resource policy contains a Statement without a Principal.";
        if (!find(*statement, "Action") && !find(*statement, "NotAction"))
            return "This resource policy contains a Statement without an Action.";
    }
    return {};
}

Json named(Call& call, const Secret& secret) { return object({{"ARN", secret.arn(call)}, {"Name", secret.name}}); }

}  // namespace

Json putResourcePolicy(Call& call, const Fields& request) {
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    const std::string text = request.text("ResourcePolicy");
    if (const std::string fault = faultOf(text); !fault.empty())
        throw AwsError("MalformedPolicyDocumentException", fault);
    if (request.valueOr("BlockPublicPolicy", false) && isPublic(parseJson(text)))
        throw AwsError("PublicPolicyException", "This resource policy allows broad access to the secret.");
    secret.policy = text;
    save(call, secret);
    return named(call, secret);
}

Json getResourcePolicy(Call& call, const Fields& request) {
    const Secret secret = requireLiveSecret(call, request.text("SecretId"));
    Json answer = named(call, secret);
    if (secret.policy) set(answer, "ResourcePolicy", *secret.policy);
    return answer;
}

Json deleteResourcePolicy(Call& call, const Fields& request) {
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    secret.policy.reset();
    save(call, secret);
    return named(call, secret);
}

Json validateResourcePolicy(Call& call, const Fields& request) {
    if (const auto id = request.optionalText("SecretId")) requireLiveSecret(call, *id);
    const std::string text = request.text("ResourcePolicy");
    const std::string fault = faultOf(text);
    Json errors(rapidjson::kArrayType);
    if (!fault.empty())
        push(errors, object({{"CheckName", "POLICY_SYNTAX"}, {"ErrorMessage", fault}}));
    else if (isPublic(parseJson(text)))
        push(errors, object({{"CheckName", "PUBLIC_POLICY"},
                             {"ErrorMessage", "This resource policy allows broad access to the secret."}}));
    return object({{"PolicyValidationPassed", errors.Empty()}, {"ValidationErrors", std::move(errors)}});
}

}  // namespace backlot::secretsmanager
