#pragma once
// A message as a request describes it.

#include <string>
#include <vector>

#include "emulator/services/ses/errors.h"
#include "emulator/world/call.h"

namespace backlot::ses {

/// A message on its way into the inbox.
struct Outgoing {
    std::string id;              // empty: one is made
    std::string kind = "email";  // or "sms"
    std::string from, subject, text, html, raw, configurationSet, templateName;
    std::string returnPath;  // where bounces would go; empty: to the sender
    std::string sourceArn;   // of the identity that allows the sending; empty: the sender's own
    std::vector<std::string> to, cc, bcc, replyTo;
    Json headers = list();      // [{name, value}] beside those that each mail has
    Json attachments = list();  // [{name, contentType, bytes}]
    Json tags = list();         // [{Name, Value}]
};

/// Sender, recipients, return path, tags and configuration set of a request, checked; `destination` has the recipients,
/// `tagMember` names the request's tags. Without a configuration set it is that of the sender's identity.
/// Throws InvalidParameterValue / BadRequestException (addresses, tags, over 50 recipients), what a configuration set
/// that is not there throws, ConfigurationSetSendingPausedException / SendingPausedException where it sends nothing,
/// and NotFoundException for what API v2 names and Backlot has not: contact lists, endpoints of several regions,
/// tenants.
Outgoing outgoingOf(Call& call, Api api, const Fields& request, const std::string& from, const Fields& destination,
                    std::string_view tagMember);
/// Throws InvalidParameterValue / BadRequestException where nobody is written to.
void requireRecipient(Api api, const Outgoing& message);

/// Tags that one message of many has in place of those that all have, or beside them.
void replaceTags(Api api, Outgoing& message, const Fields& entry);
/// Takes a raw message; its headers X-SES-CONFIGURATION-SET and X-SES-MESSAGE-TAGS count where the request says
/// nothing.
/// Source: Amazon SES Developer Guide, "Amazon SES-specific headers".
void takeRaw(Call& call, Api api, Outgoing& message, std::string bytes);
/// Subject and body: {Subject: {Data}, Body: {Text: {Data}, Html: {Data}}}.
void takeBody(Outgoing& message, const Fields& content);
/// Headers and attachments of API v2's content. A header given again has the later value.
void takeHeaders(Outgoing& message, const Fields& content, std::string_view member);
void takeAttachments(Outgoing& message, const Fields& content);

}  // namespace backlot::ses
