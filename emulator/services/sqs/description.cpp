#include "emulator/services/sqs/description.h"

extern "C" const char backlot_model_sqs[], backlot_model_sqs_end[];

namespace backlot::sqs {

const ServiceDescription description{
    .name = "sqs",
    .model = {backlot_model_sqs, backlot_model_sqs_end},
    .protocols = {"json", "query"},   // query: SDKs of before 2023
    .endpointPrefix = "sqs",
    .signingName = "sqs",
    .apiVersion = "2012-11-05",
    .targetPrefix = "AmazonSQS",
    .json = {.errorNamespace = "com.amazonaws.sqs#", .validationNamespace = "com.amazon.coral.validate#", .modelledStatus = true},
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
};

}  // namespace backlot::sqs
