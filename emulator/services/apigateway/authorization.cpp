#include "emulator/services/apigateway/authorization.h"

#include "emulator/base/regex.h"
#include "emulator/base/wildcard.h"

namespace backlot::apigateway {

namespace {

/// "method.request.header.Authorization" and the like.
std::string identityValue(std::string_view source, const Target& target, const ApiRequest& request) {
    while (source.starts_with(' ')) source.remove_prefix(1);
    while (source.ends_with(' ')) source.remove_suffix(1);
    if (source.starts_with("method.request.header.")) return std::string(request.headers.get(source.substr(22)));
    if (source.starts_with("method.request.querystring.")) {
        for (const auto& [name, value] : parseQuery(request.query)) {
            if (name == source.substr(27)) return value;
        }
        return {};
    }
    if (source.starts_with("stageVariables.")) return textOr(target.stageVariables, source.substr(15));
    if (source.starts_with("context.")) {
        const Json context = requestContext(target, request);
        const auto* found = find(context, source.substr(8));
        return found && found->IsString() ? text(*found) : std::string();
    }
    return {};
}

bool anyMatches(const Json* list, const std::string& wanted) {
    if (!list) return false;
    if (list->IsString()) return matchesWildcard(wanted, view(*list), {.question = true});
    if (!list->IsArray()) return false;
    for (const auto& one : list->GetArray()) {
        if (one.IsString() && matchesWildcard(wanted, view(one), {.question = true})) return true;
    }
    return false;
}

/// The authorizer's context reaches the integration as text.
Json contextOf(const Json& policy) {
    Json context = object();
    if (const auto* given = find(policy, "context"); given && given->IsObject()) {
        for (const auto& member : given->GetObject())
            set(context, view(member.name), member.value.IsString() ? text(member.value) : writeJson(member.value));
    }
    set(context, "principalId", textOr(policy, "principalId"));
    set(context, "integrationLatency", 0);
    return context;
}

}  // namespace

std::string functionOfUri(const std::string& uri, const Json& stageVariables) {
    const auto begin = uri.find("/functions/");
    if (begin == std::string::npos) return {};
    std::string arn = uri.substr(begin + 11);
    if (arn.ends_with("/invocations")) arn.resize(arn.size() - 12);
    for (auto at = arn.find("${stageVariables."); at != std::string::npos; at = arn.find("${stageVariables.")) {
        const auto end = arn.find('}', at);
        if (end == std::string::npos) break;
        arn.replace(at, end + 1 - at, textOr(stageVariables, arn.substr(at + 17, end - at - 17)));
    }
    return arn;
}

std::variant<AuthorizerQuestion, GatewayError> authorizerQuestion(const Json& authorizer, const Target& target,
                                                                  const ApiRequest& request) {
    AuthorizerQuestion question;
    question.functionArn = functionOfUri(textOr(authorizer, "authorizerUri"), target.stageVariables);
    if (question.functionArn.empty()) return GatewayError{"AUTHORIZER_CONFIGURATION_ERROR", {}};
    const std::string sources = textOr(authorizer, "identitySource");
    const bool byToken = textOr(authorizer, "type") == "TOKEN";
    std::string identity;
    for (std::size_t at = 0; !sources.empty() && at <= sources.size();) {
        const auto end = std::min(sources.find(',', at), sources.size());
        const std::string value = identityValue(std::string_view(sources).substr(at, end - at), target, request);
        if (value.empty()) return GatewayError{"UNAUTHORIZED", {}};
        identity += (identity.empty() ? "" : "\n") + value;
        at = end + 1;
    }
    if (byToken) {
        const std::string expression = textOr(authorizer, "identityValidationExpression");
        if (!expression.empty() && !matchesWhole(expression, identity)) return GatewayError{"UNAUTHORIZED", {}};
        question.event = object({{"type", "TOKEN"},
                                 {"authorizationToken", validUtf8(identity)},
                                 {"methodArn", methodArn(target, request)}});
    } else {
        question.event = proxyEvent(target, request);
        for (const char* absent : {"body", "isBase64Encoded"}) erase(question.event, absent);
        set(question.event, "type", "REQUEST");
        set(question.event, "methodArn", methodArn(target, request));
    }
    question.keepFor = std::chrono::seconds(intOr(authorizer, "authorizerResultTtlInSeconds", 300));
    if (question.keepFor.count() > 0 && !identity.empty())
        question.cacheKey = target.apiId + "\n" + target.stage + "\n" + textOr(authorizer, "id") + "\n" + identity;
    return question;
}

std::variant<Json, GatewayError> authorize(const Json& policy, const std::string& methodArn) {
    const auto* document = find(policy, "policyDocument");
    const auto* statements = document ? find(*document, "Statement") : nullptr;
    if (!statements || textOr(policy, "principalId").empty()) return GatewayError{"AUTHORIZER_CONFIGURATION_ERROR", {}};
    bool allowed = false;
    const auto weigh = [&](const Json& statement) {
        const auto* actions = find(statement, "Action");
        const bool about = (anyMatches(actions, "execute-api:Invoke") || anyMatches(actions, "execute-api:invoke")) &&
                           anyMatches(find(statement, "Resource"), methodArn);
        if (about && textOr(statement, "Effect") == "Allow") allowed = true;
        return about && textOr(statement, "Effect") == "Deny";
    };
    const auto denied =
        GatewayError{"ACCESS_DENIED", "User is not authorized to access this resource with an explicit deny"};
    if (statements->IsObject()) {
        if (weigh(*statements)) return denied;
    } else if (statements->IsArray()) {
        for (const auto& statement : statements->GetArray()) {
            if (weigh(statement)) return denied;
        }
    }
    if (!allowed) return GatewayError{"ACCESS_DENIED", "User is not authorized to access this resource"};
    return contextOf(policy);
}

}  // namespace backlot::apigateway
