#pragma once
// What the services tell each other: ids, events on the shop's bus, messages in queues and topics.

#include <string>
#include <string_view>

#include "functions/sdk/context.h"

namespace shop {

using namespace backlot::sdk;

/// "ORDER#6b1f…": a prefix and 24 hexadecimal digits.
std::string newId(Context& context, std::string_view prefix);
/// An id without its prefix: "ORDER#6b1f" gives "6b1f".
std::string bareId(std::string_view id);

/// Puts one event on the bus EVENT_BUS_NAME. Throws LambdaError("EventNotAccepted") where EventBridge refused it.
void publish(Context& context, std::string_view source, std::string_view detailType, const Json& detail);
/// Sends JSON to the queue whose URL stands in the environment variable `variable`.
void sendMessage(Context& context, const std::string& variable, const Json& message);
/// Publishes to the topic whose ARN stands in the environment variable `variable`.
void notifyTopic(Context& context, const std::string& variable, std::string_view subject, std::string_view message);

/// The order that an event is about: a state machine's input {"orderId": …} or the detail of a bus event.
std::string orderIdOf(const Json& event);

}  // namespace shop
