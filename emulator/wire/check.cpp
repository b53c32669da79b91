#include "emulator/wire/check.h"

#include <algorithm>
#include <array>

#include "emulator/wire/check_constraints.h"
#include "emulator/wire/check_dynamodb.h"
#include "emulator/wire/check_types.h"
#include "emulator/wire/java_text.h"
#include "emulator/wire/model.h"

namespace backlot::wire {
namespace {

constexpr std::size_t kReported = 10;   // AWS counts no further

enum class Style {
    gathered,            // "2 validation errors detected: …"
    missingParameter,    // "The request must contain the parameter X."; the rest is the service's
    none                 // all is left to the service
};

struct Policy {
    std::string_view service, code;
    Style style = Style::gathered;
};

/// By service; those not named answer ValidationException.  Source: recorded answers.
constexpr std::array kPolicies{
    Policy{"sqs", "MissingRequiredParameterException", Style::missingParameter},
    Policy{"logs", "InvalidParameterException"},
    Policy{"sns", "ValidationError"},
    Policy{"iam", "ValidationError"},
    Policy{"sts", "ValidationError"},
    Policy{"cloudformation", "ValidationError"},
    Policy{"ses", "ValidationError"},
    Policy{"sesv2", "BadRequestException"},
    Policy{"apigatewayv2", "BadRequestException"},
    Policy{"xray", "InvalidRequestException"},
    Policy{"s3", "", Style::none},
};

Policy policyOf(std::string_view service) {
    const auto found = std::find_if(kPolicies.begin(), kPolicies.end(), [&](const Policy& policy) { return policy.service == service; });
    return found == kPolicies.end() ? Policy{service, "ValidationException"} : *found;
}

AwsError asError(const std::vector<Violation>& found, const Policy& policy) {
    // SNS words a missing text itself; other members are left to the framework it is built on.
    if (policy.service == "sns" && found.front().missing && found.front().scalar)
        return {"InvalidParameter", "Invalid parameter: " + found.front().parameter + " Reason: no value for required parameter"};
    if (policy.style == Style::missingParameter)
        return {std::string(policy.code), "The request must contain the parameter " + found.front().parameter + "."};
    std::string message = std::to_string(found.size()) + (found.size() == 1 ? " validation error detected: " : " validation errors detected: ");
    for (std::size_t i = 0; i < found.size(); ++i) message += (i ? "; " : "") + found[i].text;
    return {std::string(policy.code), std::move(message)};
}

/// SNS looks at ARNs before it misses anything: what is no ARN is left for the service to refuse.
bool hasBrokenArn(const Json& input) {
    return input.IsObject() && std::any_of(input.MemberBegin(), input.MemberEnd(), [](const auto& member) {
               return view(member.name).ends_with("Arn") && member.value.IsString() &&
                      std::count(member.value.GetString(), member.value.GetString() + member.value.GetStringLength(), ':') < 5;
           });
}

void checkAgainst(const Model& model, const Operation& operation, const Json& input) {
    if (!operation.input) return;
    const Shape& shape = model.shape(*operation.input);
    checkTypes(model, shape, input);
    const bool dynamodb = model.service == "dynamodb";
    if (dynamodb) checkDynamoDb(operation.name, input);
    if (!shape.constrained) return;
    const Policy policy = policyOf(model.service);
    const bool requiredOnly = policy.style == Style::missingParameter;
    if (policy.style == Style::none) return;
    std::vector<Violation> found;
    if (!satisfied(model, shape, input, requiredOnly)) {
        ConstraintStyle style{.requiredOnly = requiredOnly, .namesNull = model.service == "lambda"};
        // API Gateway names the body after its own operation's input.
        if (model.service == "apigateway") style.bodyPrefix = lowerFirst(operation.name) + "Input.";
        found = violations(model, shape, input, style, kReported);
    }
    if (dynamodb) {
        rewordDynamoDb(operation.name, found);
        addDynamoDb(operation.name, input, found);
    }
    if (model.service == "sns" && hasBrokenArn(input)) return;
    if (!found.empty()) throw asError(found, policy);
}

}  // namespace

void check(const Target& target, const Json& input) {
    if (!target.model || !target.modelled) return;
    try {
        checkAgainst(*target.model, *target.modelled, input);
    } catch (const AwsError& error) {
        throw Refusal(target, error);
    }
}

void checkInput(std::string_view service, std::string_view operation, const Json& input) {
    const Model* model = findModel(service);
    const Operation* modelled = model ? model->operation(operation) : nullptr;
    if (!modelled)
        throw AwsError("UnknownOperationException", "There is no operation " + std::string(service) + ":" + std::string(operation) + ".");
    checkAgainst(*model, *modelled, input);
}

}  // namespace backlot::wire
