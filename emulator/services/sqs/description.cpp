#include "emulator/services/sqs/description.h"

#include "emulator/base/aws_error.h"

extern "C" const char backlot_model_sqs[], backlot_model_sqs_end[];

namespace backlot::sqs {
namespace {

/// The SDK connects to the host of the URL before any service is asked: a URL that is a host alone is none of ours.
Json taskRequest(const Json& parameters, const TaskOwner&) {
    const std::string url = textOr(parameters, "QueueUrl");
    if (const auto scheme = url.find("://");
        scheme != std::string::npos && url.find('/', scheme + 3) == std::string::npos)
        throw AwsError("SQS.SdkClientException",
                       "Unable to execute HTTP request: " + url.substr(scheme + 3) + ": Name or service not known");
    Json request = copy(parameters);
    asTextMember(request, "MessageBody");
    return request;
}

}  // namespace

const ServiceDescription description{
    .name = "sqs",
    .model = {backlot_model_sqs, backlot_model_sqs_end},
    .protocols = {"json", "query"},  // query: SDKs of before 2023
    .endpointPrefix = "sqs",
    .signingName = "sqs",
    .apiVersion = "2012-11-05",
    .targetPrefix = "AmazonSQS",
    .json = {.errorNamespace = "com.amazonaws.sqs#",
             .validationNamespace = "com.amazon.coral.validate#",
             .modelledStatus = true},
    .query = {.unknownAction = "The action {action} is not valid for this endpoint.",
              .pathMember = "QueueUrl",
              .declaration = true,
              .errorDetail = true,
              .wordings = {{"QueueDoesNotExist", "The specified queue does not exist.",
                            "The specified queue does not exist for this wsdl version."}}},
    .errorNames = {{"InvalidParameterValueException", "InvalidParameterValue"},
                   {"MissingRequiredParameterException", "MissingParameter"},
                   {"AccessDeniedException", "AccessDenied"},
                   {"InvalidParameterCombinationException", "InvalidParameterCombination"}},
    .validation = {.code = "MissingRequiredParameterException", .style = ValidationManners::Style::missingParameter},
    .resourceType = "AWS::SQS::Queue",
    .trace = {.name = "SQS", .type = "AWS::SQS::Queue", .node = lastPart},
    .tasks = {.sdk = "sqs",
              .sdkErrors = "Sqs",
              .optimised = "sqs",
              .actions = {"sendMessage"},
              .errors = "SQS",
              .otherError = "AmazonSQSException",
              .inCauses = "AmazonSQS",
              .headers = TaskHeaders::json,
              .request = taskRequest},
};

}  // namespace backlot::sqs
