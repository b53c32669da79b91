#include "emulator/services/sqs/errors.h"

namespace backlot::sqs {
namespace {
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const auto part : parts) text += part;
    return text;
}
}  // namespace

AwsError queueDoesNotExist() { return {"QueueDoesNotExist", "The specified queue does not exist."}; }
AwsError queueNameExists(std::string_view attribute) {
    return {"QueueNameExists",
            joined({"A queue already exists with the same name and a different value for attribute ", attribute})};
}
AwsError invalidAddress(std::string_view url) {
    return {"InvalidAddress", joined({"The address ", url, " is not valid for this endpoint."}), 404};
}
AwsError invalidAttributeName(std::string message) { return {"InvalidAttributeName", std::move(message)}; }
AwsError unknownAttribute(std::string_view name) {
    return invalidAttributeName(joined({"Unknown Attribute ", name, "."}));
}
AwsError invalidAttributeValue(std::string_view name, std::string_view reason) {
    std::string message = joined({"Invalid value for the parameter ", name, "."});
    if (!reason.empty()) message += joined({" Reason: ", reason});
    return {"InvalidAttributeValue", std::move(message)};
}
AwsError invalidParameter(std::string message) { return {"InvalidParameterValueException", std::move(message)}; }
AwsError invalidParameterValue(std::string_view value, std::string_view name, std::string_view reason) {
    return invalidParameter(joined({"Value ", value, " for parameter ", name, " is invalid. Reason: ", reason}));
}
AwsError missingParameter(std::string_view name) {
    return {"MissingRequiredParameterException", joined({"The request must contain the parameter ", name, "."})};
}
AwsError invalidMessageContents(std::string message) { return {"InvalidMessageContents", std::move(message)}; }
AwsError messageTooLong(std::int64_t limitBytes) {
    return invalidParameter("One or more parameters are invalid. Reason: Message must be shorter than " +
                            std::to_string(limitBytes) + " bytes.");
}
AwsError receiptHandleIsInvalid(std::string_view handle) {
    return {"ReceiptHandleIsInvalid",
            joined({"The input receipt handle \"", handle, "\" is not a valid receipt handle."}), 404};
}
AwsError receiptHandleExpired(std::string_view handle) {
    return invalidParameterValue(handle, "ReceiptHandle", "The receipt handle has expired.");
}
AwsError messageNotInflight(std::string_view handle) {
    return invalidParameterValue(handle, "ReceiptHandle",
                                 "Message does not exist or is not available for visibility timeout change.");
}
AwsError purgeQueueInProgress(std::string_view queueName) {
    return {"PurgeQueueInProgress",
            joined({"Only one PurgeQueue operation on ", queueName, " is allowed every 60 seconds."}), 403};
}
AwsError overLimit(std::string message) { return {"OverLimit", std::move(message), 403}; }
AwsError emptyBatchRequest(std::string_view entryType) {
    return {"EmptyBatchRequest", joined({"There should be at least one ", entryType, " in the request."})};
}
AwsError tooManyEntriesInBatchRequest(std::size_t sent) {
    return {"TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10. You have sent " + std::to_string(sent) + "."};
}
AwsError invalidBatchEntryId() {
    return {"InvalidBatchEntryId",
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 "
            "letters long."};
}
AwsError batchEntryIdsNotDistinct(std::string_view id) {
    return {"BatchEntryIdsNotDistinct", joined({"Id ", id, " repeated."})};
}
AwsError batchRequestTooLong(std::size_t bytes) {
    return {"BatchRequestTooLong",
            "Batch requests cannot be longer than 1048576 bytes. You have sent " + std::to_string(bytes) + " bytes."};
}
AwsError resourceNotFound(std::string message) { return {"ResourceNotFoundException", std::move(message), 404}; }
AwsError unsupportedOperation(std::string message) { return {"UnsupportedOperation", std::move(message)}; }

}  // namespace backlot::sqs
