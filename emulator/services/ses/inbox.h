#pragma once

#include <string>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/world/call.h"

namespace backlot::ses {

/// A message on its way into the inbox.
struct Outgoing {
    std::string id;              // empty: one is made
    std::string kind = "email";  // or "sms"
    std::string from, subject, text, html, raw, configurationSet, templateName;
    std::vector<std::string> to, cc, bcc, replyTo;
    Json attachments = list();  // [{name, contentType, bytes}]
    Json tags = list();
};

/// Keeps the message; its id.
std::string store(Call& call, Outgoing message);
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
