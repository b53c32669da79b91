#pragma once

#include <string>

#include "emulator/services/ses/outgoing.h"

namespace backlot::ses {

/// Keeps the message, and tells its configuration set that it was sent and delivered; its id.
std::string store(Call& call, Outgoing message);
/// Tells the message's configuration set why its template could not be filled in: then nothing is delivered.
void publishRenderingFailure(Call& call, const Outgoing& message, const std::string& reason);
/// "0100019b8c2f4a80-6f1c…-000000"
std::string newMessageId(Call& call);

/// Internal: {to[], from, subject, text, html, raw (bytes as text), kind: "email"|"sms"} → {MessageId}: SNS's e-mail
/// and SMS come this way. Of a raw mail the parts are read where they were not given.
Json deliverMessage(Call& call, const Fields& request);
/// Internal: {to?, kind?, all? (every account and region), limit? (100), after? (a sequence)} → {messages: […]}, oldest
/// first.
Json listInbox(Call& call, const Fields& request);
/// Internal: {id?}: that message, or all of the caller's account and region.
Json clearInbox(Call& call, const Fields& request);

}  // namespace backlot::ses
