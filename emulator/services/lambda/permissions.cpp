#include "emulator/services/lambda/permissions.h"

#include "emulator/base/arn.h"
#include "emulator/services/lambda/errors.h"

namespace backlot::lambda {
namespace {

Json requireQualified(const Call& call, const FunctionName& function) {
    if (!findFunction(call, function)) throw functionNotFound(function.qualifiedArn());
    return requireConfig(call, function, versionOf(call, function));
}

/// {"statements": […], "revision"}
Key keyOf(const FunctionName& function) { return policyKey(function).text(function.qualifier.value_or("")); }

void requireRevision(const Fields& request, const std::optional<Json>& policy) {
    const auto wanted = request.optionalText("RevisionId");
    if (wanted && (!policy || *wanted != textOr(*policy, "revision"))) throw preconditionFailed("GetPolicy");
}

Json principal(const std::string& text) {
    if (text == "*") return str(text);
    if (text.ends_with(".amazonaws.com")) return object({{"Service", text}});
    const bool account = text.size() == 12 && text.find_first_not_of("0123456789") == std::string::npos;
    return object({{"AWS", account ? "arn:aws:iam::" + text + ":root" : text}});
}

std::optional<Json> condition(const Fields& request) {
    Json equals = object(), like = object();
    if (const auto account = request.optionalText("SourceAccount")) set(equals, "AWS:SourceAccount", *account);
    if (const auto organization = request.optionalText("PrincipalOrgID"))
        set(equals, "aws:PrincipalOrgID", *organization);
    if (const auto token = request.optionalText("EventSourceToken")) set(equals, "lambda:EventSourceToken", *token);
    if (const auto type = request.optionalText("FunctionUrlAuthType")) set(equals, "lambda:FunctionUrlAuthType", *type);
    if (const auto source = request.optionalText("SourceArn")) set(like, "AWS:SourceArn", *source);
    Json result = object();
    if (!equals.ObjectEmpty()) set(result, "StringEquals", std::move(equals));
    if (!like.ObjectEmpty()) set(result, "ArnLike", std::move(like));
    return result.ObjectEmpty() ? std::nullopt : std::optional(std::move(result));
}

Json document(const Json& policy) {
    return object({{"Version", "2012-10-17"}, {"Id", "default"}, {"Statement", copy(*find(policy, "statements"))}});
}

}  // namespace

Json addPermission(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request);
    call.about(function.name);
    requireQualified(call, function);
    const auto sid = request.text("StatementId");
    auto policy = call.getJson(keyOf(function));
    requireRevision(request, policy);
    if (!policy) policy = object({{"statements", Json(rapidjson::kArrayType)}});
    for (const auto& statement : find(*policy, "statements")->GetArray())
        if (textOr(statement, "Sid") == sid)
            throw conflict(
                "The statement id (" + sid +
                ") provided already exists. Please provide a new statement id, or remove the existing statement.");
    const Json statement = object({{"Sid", sid},
                                   {"Effect", "Allow"},
                                   {"Principal", principal(request.text("Principal"))},
                                   {"Action", request.text("Action")},
                                   {"Resource", function.qualifiedArn()},
                                   {"Condition", condition(request)}});
    push(*find(*policy, "statements"), copy(statement));
    set(*policy, "revision", call.uuid("revision"));
    call.putJson(keyOf(function), *policy);
    return object({{"Statement", writeJson(statement)}});
}

Json removePermission(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request);
    call.about(function.name);
    requireQualified(call, function);
    auto policy = call.getJson(keyOf(function));
    if (!policy) throw notFound("No policy is associated with the given resource.");
    const auto sid = request.text("StatementId");
    Json kept(rapidjson::kArrayType);
    for (const auto& statement : find(*policy, "statements")->GetArray())
        if (textOr(statement, "Sid") != sid) push(kept, copy(statement));
    if (kept.Size() == find(*policy, "statements")->Size())
        throw notFound("Statement " + sid + " is not found in resource policy.");
    requireRevision(request, policy);
    if (kept.Empty()) {
        call.erase(keyOf(function));
        return object();
    }
    set(*policy, "statements", std::move(kept));
    set(*policy, "revision", call.uuid("revision"));
    call.putJson(keyOf(function), *policy);
    return object();
}

Json getPolicy(Call& call, const Fields& request) {
    const FunctionName function = functionName(call, request);
    call.about(function.name);
    const auto policy = call.getJson(keyOf(function));
    if (!policy) throw resourceNotFound();
    return object({{"Policy", writeJson(document(*policy))}, {"RevisionId", textOr(*policy, "revision")}});
}

}  // namespace backlot::lambda
