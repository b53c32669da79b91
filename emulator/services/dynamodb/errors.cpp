#include "emulator/services/dynamodb/errors.h"

namespace backlot::dynamodb {

AwsError validation(std::string message) { return {"ValidationException", std::move(message)}; }

AwsError invalidParameter(std::string_view what) {
    return validation("One or more parameter values were invalid: " + std::string(what));
}

AwsError notValidParameter(std::string_view what) {
    return validation("One or more parameter values are not valid. " + std::string(what));
}

AwsError resourceNotFound() { return resourceNotFound("Requested resource not found"); }

AwsError tableNotFound(std::string_view table) {
    return resourceNotFound("Requested resource not found: Table: " + std::string(table) + " not found");
}

AwsError resourceNotFound(std::string message) { return {"ResourceNotFoundException", std::move(message)}; }
AwsError resourceInUse(std::string message) { return {"ResourceInUseException", std::move(message)}; }
AwsError limitExceeded(std::string message) { return {"LimitExceededException", std::move(message)}; }

AwsError conditionalCheckFailed(Json item) {
    const std::string text = "The conditional request failed";
    if (item.IsNull()) return {"ConditionalCheckFailedException", text};
    return {"ConditionalCheckFailedException", text, 400, object({{"Item", std::move(item)}})};
}

AwsError keyDoesNotMatchSchema() { return validation("The provided key element does not match the schema"); }

}  // namespace backlot::dynamodb
