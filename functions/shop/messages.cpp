#include "functions/shop/messages.h"

#include "functions/sdk/crypto.h"
#include "functions/sdk/errors.h"

namespace shop {

std::string newId(Context& context, std::string_view prefix) {
    return std::string(prefix) + "#" + hex(context.randomBytes(12));
}

std::string bareId(std::string_view id) {
    const auto sign = id.find('#');
    return std::string(sign == std::string_view::npos ? id : id.substr(sign + 1));
}

void publish(Context& context, std::string_view source, std::string_view detailType, const Json& detail) {
    const auto answer =
        context.aws().call("events", "PutEvents",
                           object({{"Entries", list({object({{"EventBusName", context.env("EVENT_BUS_NAME")},
                                                             {"Source", source},
                                                             {"DetailType", detailType},
                                                             {"Detail", writeJson(detail)}})})}}));
    if (intOr(answer, "FailedEntryCount", 0) != 0)
        throw LambdaError("EventNotAccepted",
                          "EventBridge refused " + std::string(detailType) + ": " + writeJson(answer));
}

void sendMessage(Context& context, const std::string& variable, const Json& message) {
    context.aws().call("sqs", "SendMessage",
                       object({{"QueueUrl", context.env(variable)}, {"MessageBody", writeJson(message)}}));
}

void notifyTopic(Context& context, const std::string& variable, std::string_view subject, std::string_view message) {
    context.aws().call("sns", "Publish",
                       object({{"TopicArn", context.env(variable)}, {"Subject", subject}, {"Message", message}}));
}

std::string orderIdOf(const Json& event) {
    const auto detail = find(event, "detail");
    auto orderId = textOr(detail ? *detail : event, "orderId");
    if (orderId.empty()) throw LambdaError("InvalidInput", "The event names no orderId.");
    return orderId;
}

}  // namespace shop
