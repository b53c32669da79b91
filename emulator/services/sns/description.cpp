#include "emulator/services/sns/description.h"

#include <algorithm>

#include "emulator/base/aws_error.h"

extern "C" const char backlot_model_sns[], backlot_model_sns_end[];

namespace backlot::sns {
namespace {

Json taskRequest(const Json& parameters, const TaskOwner&) {
    Json request = copy(parameters);
    asTextMember(request, "Message");
    return request;
}

/// SNS looks at ARNs before it misses anything: what is no ARN is left for the operation to refuse.
bool hasBrokenArn(const Json& input) {
    return input.IsObject() && std::any_of(input.MemberBegin(), input.MemberEnd(), [](const auto& member) {
               return view(member.name).ends_with("Arn") && member.value.IsString() &&
                      std::count(member.value.GetString(), member.value.GetString() + member.value.GetStringLength(),
                                 ':') < 5;
           });
}

/// A missing text is worded by SNS itself; other members are left to the framework it is built on.
void amend(std::string_view, const Json& input, const ValueText&, std::vector<Violation>& found) {
    if (hasBrokenArn(input)) return found.clear();
    if (!found.empty() && found.front().missing && found.front().scalar)
        throw AwsError("InvalidParameter",
                       "Invalid parameter: " + found.front().parameter + " Reason: no value for required parameter");
}

}  // namespace

const ServiceDescription description{
    .name = "sns",
    .model = {backlot_model_sns, backlot_model_sns_end},
    .protocols = {"query"},
    .endpointPrefix = "sns",
    .signingName = "sns",
    .apiVersion = "2010-03-31",
    // The links in messages, which a person or a program opens as they are.
    .unsignedOperations = {{"ConfirmSubscription", "TopicArn"}, {"Unsubscribe", "SubscriptionArn"}},
    .openToPages = {"ConfirmSubscription", "Unsubscribe"},  // the links in its messages
    .validation = {.code = "ValidationError", .amend = amend},
    .resourceType = "AWS::SNS::Topic",
    .trace = {.name = "SNS", .type = "AWS::SNS"},
    .tasks = {.sdk = "sns",
              .sdkErrors = "Sns",
              .optimised = "sns",
              .actions = {"publish"},
              .errors = "SNS",
              .otherError = "AmazonSNSException",
              .inCauses = "AmazonSNS",
              .headers = TaskHeaders::query,
              .arnMember = "TopicArn",
              .request = taskRequest},
};

}  // namespace backlot::sns
