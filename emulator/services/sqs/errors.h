#pragma once

#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"

// Every error of SQS, by its name in the API model or, where the model has none, by the name AWS gives it in JSON.
// Source: recorded answers of AWS; Amazon SQS API Reference, "Errors" of each operation.
namespace backlot::sqs {

AwsError queueDoesNotExist();
AwsError queueNameExists(std::string_view attribute);
AwsError invalidAddress(std::string_view url);
AwsError invalidAttributeName(std::string message);
AwsError unknownAttribute(std::string_view name);
/// "Invalid value for the parameter NAME." and, where there is one, " Reason: REASON"
AwsError invalidAttributeValue(std::string_view name, std::string_view reason = {});
/// InvalidParameterValueException with a whole sentence.
AwsError invalidParameter(std::string message);
/// "Value VALUE for parameter NAME is invalid. Reason: REASON"
AwsError invalidParameterValue(std::string_view value, std::string_view name, std::string_view reason);
AwsError missingParameter(std::string_view name);
AwsError invalidMessageContents(std::string message);
AwsError messageTooLong(std::int64_t limitBytes);
AwsError receiptHandleIsInvalid(std::string_view handle);
AwsError receiptHandleExpired(std::string_view handle);
AwsError messageNotInflight(std::string_view handle);
AwsError purgeQueueInProgress(std::string_view queueName);
AwsError overLimit(std::string message);
AwsError emptyBatchRequest(std::string_view entryType);
AwsError tooManyEntriesInBatchRequest(std::size_t sent);
AwsError invalidBatchEntryId();
AwsError batchEntryIdsNotDistinct(std::string_view id);
AwsError batchRequestTooLong(std::size_t bytes);
AwsError resourceNotFound(std::string message);
AwsError unsupportedOperation(std::string message);

}  // namespace backlot::sqs
