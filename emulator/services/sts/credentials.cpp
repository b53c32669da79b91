#include "emulator/services/sts/credentials.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/text.h"

namespace backlot::sts {

namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

AwsError invalidParameter(std::string message) { return {"InvalidParameterValue", std::move(message), 400}; }

Key sessionKey(std::string_view accessKeyId) { return Key("session").text(accessKeyId); }

Json credentials(Call& call, std::int64_t seconds) {
    Json made = object({{"AccessKeyId", "ASIA" + call.randomText("access key", 16, kBase32)},
                        {"SecretAccessKey", call.randomText("secret", 40, kBase64)},
                        {"SessionToken", "IQoJb3JpZ2luX2Vj" + call.randomText("token", 240, kBase64)},
                        {"Expiration", epochSeconds(call.now + std::chrono::seconds(seconds))}});
    call.putJson(sessionKey(textOr(made, "AccessKeyId")),
                 object({{"SecretAccessKey", textOr(made, "SecretAccessKey")},
                         {"expiresAt", epochMillis(call.now) + seconds * 1000}}));
    return made;
}

Arn requireRoleArn(const std::string& text) {
    const auto arn = parseArn(text);
    if (!arn || arn->partition.empty() || arn->service.empty() || arn->resource.empty())
        throw AwsError("ValidationError", text + " is invalid", 400);
    return *arn;
}

std::string roleName(const Arn& arn) { return arn.resource.substr(arn.resource.rfind('/') + 1); }

/// The role's own id where there is such a role, else one that is always the same for its ARN.
std::string roleId(Call& call, const Arn& arn) {
    try {
        const Json answer =
            call.invokeAs(arn.account, call.region, "iam", "GetRole", object({{"RoleName", roleName(arn)}}));
        return textOr(*find(answer, "Role"), "RoleId");
    } catch (const AwsError&) {
        const auto digest = sha256(arn.text());
        std::string id = "AROA";
        for (std::size_t i = 0; i < 17; ++i) id += kBase32[digest[i] % kBase32.size()];
        return id;
    }
}

Json assumedRoleUser(Call& call, const Arn& role, const std::string& session) {
    return object({{"AssumedRoleId", roleId(call, role) + ":" + session},
                   {"Arn", "arn:aws:sts::" + role.account + ":assumed-role/" + roleName(role) + "/" + session}});
}

void requireTags(const Fields& request) {
    std::set<std::string> keys;
    for (const auto* tag : request.items("Tags")) {
        if (!keys.insert(lowered(textOr(*tag, "Key"))).second)
            throw invalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    }
    for (const auto& key : request.texts("TransitiveTagKeys")) {
        if (!keys.contains(lowered(key)))
            throw invalidParameter("The specified transitive tag key must be included in the requested tags.");
    }
}

/// The token's payload, not verified; empty where it is no JSON Web Token.
Json tokenPayload(const std::string& token) {
    const auto first = token.find('.'), second = token.find('.', first + 1);
    if (first == std::string::npos || second == std::string::npos) return object();
    const auto bytes = base64UrlDecode(std::string_view(token).substr(first + 1, second - first - 1));
    auto payload = bytes ? tryParseJson(*bytes) : std::nullopt;
    return payload && payload->IsObject() ? std::move(*payload) : object();
}

}  // namespace

Json getCallerIdentity(Call& call, const Fields&) {
    return object(
        {{"UserId", call.account}, {"Account", call.account}, {"Arn", "arn:aws:iam::" + call.account + ":root"}});
}

Json assumeRole(Call& call, const Fields& request) {
    const Arn role = requireRoleArn(request.text("RoleArn"));
    requireTags(request);
    call.about(request.text("RoleArn"));
    Json answer = object({{"Credentials", credentials(call, request.valueOr("DurationSeconds", 3600))},
                          {"AssumedRoleUser", assumedRoleUser(call, role, request.text("RoleSessionName"))}});
    if (const auto source = request.optionalText("SourceIdentity")) set(answer, "SourceIdentity", *source);
    return answer;
}

Json assumeRoleWithWebIdentity(Call& call, const Fields& request) {
    const Arn role = requireRoleArn(request.text("RoleArn"));
    const Json payload = tokenPayload(request.text("WebIdentityToken"));
    if (!find(payload, "sub"))
        throw AwsError("InvalidIdentityToken",
                       "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
                       400);
    call.about(request.text("RoleArn"));
    return object({{"Credentials", credentials(call, request.valueOr("DurationSeconds", 3600))},
                   {"SubjectFromWebIdentityToken", textOr(payload, "sub")},
                   {"AssumedRoleUser", assumedRoleUser(call, role, request.text("RoleSessionName"))},
                   {"Provider", request.has("ProviderId") ? request.text("ProviderId") : textOr(payload, "iss")},
                   {"Audience", optionalText(payload, "aud")}});
}

Json getSessionToken(Call& call, const Fields& request) {
    return object({{"Credentials", credentials(call, request.valueOr("DurationSeconds", 43200))}});
}

Json getFederationToken(Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    requireTags(request);
    return object({{"Credentials", credentials(call, request.valueOr("DurationSeconds", 43200))},
                   {"FederatedUser", object({{"FederatedUserId", call.account + ":" + name},
                                             {"Arn", "arn:aws:sts::" + call.account + ":federated-user/" + name}})}});
}

Json findSecret(Call& call, const Fields& request) {
    const auto session = call.getJson(sessionKey(request.text("AccessKeyId")));
    if (!session) return object();
    if (intOr(*session, "expiresAt", 0) <= epochMillis(call.now))
        throw AwsError("ExpiredTokenException", "The security token included in the request is expired", 403);
    return object({{"SecretAccessKey", textOr(*session, "SecretAccessKey")}});
}

Json getAccessKeyInfo(Call& call, const Fields& request) {
    const std::string key = request.text("AccessKeyId");
    const bool isAccount =
        key.size() == 12 && std::all_of(key.begin(), key.end(), [](unsigned char c) { return std::isdigit(c); });
    return object({{"Account", isAccount ? key : call.account}});
}

}  // namespace backlot::sts
