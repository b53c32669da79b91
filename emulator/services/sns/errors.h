#pragma once

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"

// Source: recorded answers of AWS; the codes are the shapes of the API model.
namespace backlot::sns {

/// "Invalid parameter: REASON"
inline AwsError invalidParameter(const std::string& reason) {
    return {"InvalidParameterException", "Invalid parameter: " + reason};
}
/// A sentence of its own.
inline AwsError invalidParameterSaying(const std::string& message) { return {"InvalidParameterException", message}; }
inline AwsError invalidAttributeValue(const std::string& message) {
    return {"InvalidParameterValueException", message};
}
inline AwsError notFound(std::string_view what) {
    return {"NotFoundException", std::string(what) + " does not exist", 404};
}
inline AwsError resourceNotFound() { return {"ResourceNotFoundException", "Resource does not exist", 404}; }
inline AwsError validationError(const std::string& message) { return {"ValidationError", message}; }
inline AwsError emptyBatchRequest() {
    return {"EmptyBatchRequestException", "The batch request doesn't contain any entries."};
}
inline AwsError tooManyEntries() {
    return {"TooManyEntriesInBatchRequestException", "The batch request contains more entries than permissible."};
}
inline AwsError idsNotDistinct() {
    return {"BatchEntryIdsNotDistinctException", "Two or more batch entries in the request have the same Id."};
}
inline AwsError batchTooLong() {
    return {"BatchRequestTooLongException",
            "The length of all the batch messages put together is more than the limit."};
}
inline AwsError invalidBatchEntryId(const std::string& message) { return {"InvalidBatchEntryIdException", message}; }
inline AwsError optedOut() { return {"OptedOutException", "Phone number is opted out"}; }

}  // namespace backlot::sns
