#include "emulator/services/secretsmanager/rotation.h"

#include <array>
#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/schedule_expression.h"
#include "emulator/services/secretsmanager/errors.h"

namespace backlot::secretsmanager {
namespace {

constexpr std::array<std::string_view, 4> kSteps{"createSecret", "setSecret", "testSecret", "finishSecret"};
constexpr std::string_view kTestOnly = "testSecret only";  // RotateImmediately: false

/// How long, of the machine's time, RotateSecret waits for its function.
constexpr std::chrono::seconds kPatience{20};

std::string topicOf(const Secret& secret) { return "secretsmanager:rotated:" + secret.name + "-" + secret.suffix; }

AwsError mayNotInvoke() {
    return {"AccessDeniedException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            "access to the principal secretsmanager.amazonaws.com."};
}

bool letsIn(const Json& statement) {
    const Json* principal = find(statement, "Principal");
    if (!principal || textOr(statement, "Effect") != "Allow") return false;
    return principal->IsString() ? view(*principal) == "*"
                                 : textOr(*principal, "Service") == "secretsmanager.amazonaws.com";
}

/// Throws AccessDeniedException where the function's policy does not name Secrets Manager.
void requireInvokable(Call& call, const std::string& function) {
    const auto arn = parseArn(function);
    if (!arn || arn->service != "lambda")
        throw invalidParameter("The Lambda function ARN " + function + " is invalid.");
    Json answer;
    try {
        answer = call.invokeAs(arn->account, arn->region, "lambda", "GetPolicy", object({{"FunctionName", function}}));
    } catch (const AwsError&) {
        throw mayNotInvoke();
    }
    const Json policy = parseJson(textOr(answer, "Policy", "{}"));
    const auto statements = Fields(policy).items("Statement");
    if (std::none_of(statements.begin(), statements.end(), [](const Json* one) { return letsIn(*one); }))
        throw mayNotInvoke();
}

void requireRules(const Json& rules) {
    const auto expression = optionalText(rules, "ScheduleExpression");
    if (expression && find(rules, "AutomaticallyAfterDays"))
        throw invalidParameter("You can't specify both AutomaticallyAfterDays and ScheduleExpression.");
    if (expression && !ScheduleExpression::parse(*expression))
        throw invalidParameter("The ScheduleExpression " + *expression + " is invalid.");
}

/// By days: the end of that day. Nothing where the rules name no next time.
std::optional<Time> nextRotation(const Json& rules, Time after) {
    if (const auto expression = optionalText(rules, "ScheduleExpression"))
        return ScheduleExpression::parse(*expression)->next(after);
    const auto days = intOr(rules, "AutomaticallyAfterDays", 0);
    if (days == 0) return std::nullopt;
    return std::chrono::floor<std::chrono::days>(after) + std::chrono::days(days + 1) - std::chrono::seconds(1);
}

Json idOf(const Secret& secret) { return object({{"name", secret.name}, {"suffix", secret.suffix}}); }

void schedule(Call& call, Secret& secret) {
    Rotation& rotation = secret.rotation;
    if (const auto job = JobId::parse(rotation.scheduledBy)) call.cancel(*job);
    rotation.scheduledBy.clear();
    rotation.next = rotation.enabled ? nextRotation(rotation.rules, call.now) : std::nullopt;
    if (!rotation.next) return;
    rotation.scheduledBy = call.later(*rotation.next, {.service = "secretsmanager",
                                                       .operation = "RotateOnSchedule",
                                                       .request = idOf(secret),
                                                       .background = true,
                                                       .label = "secret " + secret.name + ": rotation"})
                               .text();
}

void askFunction(Call& call, Secret& secret, std::string_view step) {
    Rotation& rotation = secret.rotation;
    rotation.step = std::string(step);
    const Arn function = *parseArn(rotation.function);
    Json context = idOf(secret);
    set(context, "token", rotation.token);
    const Json event = object({{"Step", step == kTestOnly ? "testSecret" : step},
                               {"SecretId", secret.arn(call)},
                               {"ClientRequestToken", rotation.token}});
    call.soon({.service = "lambda",
               .operation = "Invoke",
               .request = object({{"FunctionName", rotation.function},
                                  {"InvocationType", "RequestResponse"},
                                  {"Payload", writeJson(event)}}),
               .account = function.account,
               .region = function.region,
               .replyTo = ReplyTo{"secretsmanager", "RotationStepEnded", std::move(context)}});
}

/// A rotation with `token` begins: its version is there, without a value, and bears AWSPENDING.
void begin(Call& call, Secret& secret, const std::string& token, bool whole) {
    secret.rotation.token = token;
    if (!secret.version(token))
        secret.versions.push_back(
            {.id = token, .createdAt = call.now, .stages = {}, .accessedOn = {}, .hasValue = false});
    secret.label(*secret.version(token), kPending);
    askFunction(call, secret, whole ? kSteps.front() : kTestOnly);
}

/// The rotation is over. A version that was given no value goes with it.
void end(Call& call, Secret& secret, bool whole) {
    Rotation& rotation = secret.rotation;
    const Version* version = secret.version(rotation.token);
    const bool done = whole && version && version->holds(kCurrent);
    if (done) {
        secret.unlabel(kPending);
        rotation.last = secret.changedAt = call.now;
    }
    std::erase_if(secret.versions, [](const Version& one) { return !one.hasValue; });
    rotation.token.clear();
    rotation.step.clear();
    call.signal(topicOf(secret));
}

}  // namespace

Reply rotateSecret(Call& call, const Fields& request) {
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    Rotation& rotation = secret.rotation;
    if (request.has("ExternalSecretRotationMetadata") || request.has("ExternalSecretRotationRoleArn"))
        throw validation("Backlot rotates secrets by Lambda functions only.");
    const std::string function = request.valueOr("RotationLambdaARN", rotation.function);
    if (function.empty()) throw invalidRequest("No Lambda rotation function ARN is associated with this secret.");
    if (!rotation.token.empty())
        throw invalidRequest("A previous rotation isn't complete. That rotation will be reattempted.");
    const Json* rules = request.find("RotationRules");
    if (rules) requireRules(*rules);
    requireInvokable(call, function);
    rotation.enabled = true;
    rotation.function = function;
    if (rules) rotation.rules = copy(*rules);
    const auto given = request.optionalText("ClientRequestToken");
    const std::string token = given ? *given : call.uuid("version");
    begin(call, secret, token, request.valueOr("RotateImmediately", true));
    schedule(call, secret);
    save(call, secret);
    return Wait{.topic = topicOf(secret),
                .ask = [name = secret.name, token](Call& asking, bool last) -> std::optional<Json> {
                    const auto rotating = findSecret(asking, name);
                    if (!rotating) return object();  // deleted meanwhile
                    if (rotating->rotation.token == token && !last) return std::nullopt;
                    return object({{"ARN", rotating->arn(asking)}, {"Name", name}, {"VersionId", token}});
                },
                .limit = kPatience,
                .busy = "rotation of " + secret.name};
}

Json cancelRotateSecret(Call& call, const Fields& request) {
    Secret secret = requireLiveSecret(call, request.text("SecretId"));
    const std::string token = secret.rotation.token;
    secret.rotation.enabled = false;
    secret.rotation.token.clear();
    schedule(call, secret);
    save(call, secret);
    call.signal(topicOf(secret));
    return object({{"ARN", secret.arn(call)},
                   {"Name", secret.name},
                   {"VersionId", token.empty() ? std::nullopt : std::optional(token)}});
}

Json rotationStepEnded(Call& call, const Fields& request) {
    const Fields context = request.child("context");
    auto secret = findSecret(call, context.text("name"));
    if (!secret || secret->suffix != context.text("suffix") || secret->rotation.token != context.text("token"))
        return object();  // deleted or cancelled meanwhile
    const bool failed = request.has("error") || request.child("output").has("FunctionError");
    const auto step = std::find(kSteps.begin(), kSteps.end(), secret->rotation.step);
    const bool whole = step != kSteps.end();
    if (!failed && whole && step + 1 != kSteps.end())
        askFunction(call, *secret, *(step + 1));
    else
        end(call, *secret, whole && !failed);
    save(call, *secret);
    return object();
}

Json rotateOnSchedule(Call& call, const Fields& request) {
    auto secret = findSecret(call, request.text("name"));
    if (!secret || secret->suffix != request.text("suffix") || !secret->rotation.enabled || secret->deletedAt)
        return object();
    if (secret->rotation.token.empty()) begin(call, *secret, call.uuid("version"), true);
    schedule(call, *secret);
    save(call, *secret);
    return object();
}

}  // namespace backlot::secretsmanager
