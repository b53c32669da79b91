#include "emulator/services/ses/inbox.h"

#include <algorithm>
#include <cstdio>

#include "emulator/base/arn.h"
#include "emulator/services/ses/configuration_sets.h"
#include "emulator/services/ses/mime.h"
#include "emulator/services/ses/rows.h"

namespace backlot::ses {
namespace {

constexpr std::uint64_t kMailsKept = 5'000, kStoredBetweenLooks = 16;

std::uint64_t nextSequence(Call& call) {
    const Key key = sequenceKey(call);
    const auto row = call.get(key);
    const std::uint64_t next = row ? KeyReader(*row).number() + 1 : 1;
    call.put(key, Key().number(next).bytes());
    return next;
}

/// The inbox keeps the last kMailsKept messages or a few more.
void dropOldest(Call& call, std::uint64_t last) {
    if (last <= kMailsKept) return;
    std::vector<std::string> old;
    const std::string first = mailKey(call, last - kMailsKept + 1).bytes();
    call.scan(inboxKey(call), [&](std::string_view key, std::string_view) {
        if (key >= first || old.size() == 2 * kStoredBetweenLooks) return false;
        old.emplace_back(key);
        return true;
    });
    for (const auto& key : old) call.erase(key);
}

/// What the raw text says, where the caller did not.
void completeFromRaw(Outgoing& message) {
    if (message.raw.empty()) return;
    const Mail mail = parseMail(message.raw);
    if (message.subject.empty()) message.subject = mail.header("Subject");
    if (message.from.empty()) message.from = mail.header("From");
    if (message.text.empty()) message.text = mail.text;
    if (message.html.empty()) message.html = mail.html;
    if (message.to.empty()) message.to = addressesOf(mail.header("To"));
    if (message.cc.empty()) message.cc = addressesOf(mail.header("Cc"));
    for (const Attachment& attachment : mail.attachments) {
        push(message.attachments,
             object({{"name", attachment.name}, {"contentType", attachment.contentType}, {"bytes", attachment.bytes}}));
    }
}

/// "mail" of the events that a configuration set publishes.
Json mailOfEvent(const Call& call, const Outgoing& message) {
    std::vector<std::string> recipients = message.to;
    recipients.insert(recipients.end(), message.cc.begin(), message.cc.end());
    recipients.insert(recipients.end(), message.bcc.begin(), message.bcc.end());
    const std::string sender = bareAddress(message.from);
    const std::string sourceArn =
        message.sourceArn.empty() ? arn("ses", call.region, call.account, "identity/" + sender) : message.sourceArn;
    Json tags = object({{"ses:configuration-set", list({message.configurationSet})}});
    for (const Json& tag : message.tags.GetArray()) set(tags, textOr(tag, "Name"), list({textOr(tag, "Value")}));
    Json headers = list({object({{"name", "From"}, {"value", message.from}}),
                         object({{"name", "Subject"}, {"value", message.subject}})});
    for (const auto& address : message.to) push(headers, object({{"name", "To"}, {"value", address}}));
    for (const auto& address : message.cc) push(headers, object({{"name", "Cc"}, {"value", address}}));
    for (const auto& address : message.replyTo) push(headers, object({{"name", "Reply-To"}, {"value", address}}));
    for (const Json& header : message.headers.GetArray()) push(headers, copy(header));
    return object({{"timestamp", iso8601Millis(call.now)},
                   {"source", message.from},
                   {"sourceArn", sourceArn},
                   {"sendingAccountId", call.account},
                   {"messageId", message.id},
                   {"destination", array(recipients)},
                   {"headersTruncated", false},
                   {"headers", std::move(headers)},
                   {"commonHeaders", object({{"from", list({message.from})},
                                             {"to", array(message.to)},
                                             {"messageId", message.id},
                                             {"subject", message.subject}})},
                   {"tags", std::move(tags)}});
}

/// Every mail that is accepted is delivered, at once.
void publishEvents(Call& call, const Outgoing& message) {
    const Json mail = mailOfEvent(call, message);
    publishMailEvent(call, message.configurationSet, MailEvent::send, mail, object());
    publishMailEvent(call, message.configurationSet, MailEvent::delivery, mail,
                     object({{"timestamp", iso8601Millis(call.now)},
                             {"processingTimeMillis", 0},
                             {"recipients", copy(*find(mail, "destination"))},
                             {"smtpResponse", "250 2.0.0 OK"},
                             {"reportingMTA", "backlot"}}));
}

bool isFor(const Json& row, const std::string& address) {
    for (const char* member : {"to", "cc", "bcc"}) {
        for (const Json& one : find(row, member)->GetArray()) {
            if (bareAddress(view(one)) == address) return true;
        }
    }
    return false;
}

}  // namespace

std::string newMessageId(Call& call) {
    char head[24];
    std::snprintf(head, sizeof head, "0100%012llx", static_cast<unsigned long long>(epochMillis(call.now)));
    return std::string(head) + "-" + call.uuid("mail") + "-000000";
}

void publishRenderingFailure(Call& call, const Outgoing& message, const std::string& reason) {
    if (message.configurationSet.empty()) return;
    publishMailEvent(call, message.configurationSet, MailEvent::renderingFailure, mailOfEvent(call, message),
                     object({{"errorMessage", reason}, {"templateName", message.templateName}}));
}

std::string store(Call& call, Outgoing message) {
    completeFromRaw(message);
    if (message.id.empty()) message.id = newMessageId(call);
    const std::uint64_t sequence = nextSequence(call);
    if (!message.configurationSet.empty()) publishEvents(call, message);
    Json row = object({{"id", message.id},
                       {"sequence", sequence},
                       {"at", epochMillis(call.now)},
                       {"kind", message.kind},
                       {"from", message.from},
                       {"to", array(message.to)},
                       {"cc", array(message.cc)},
                       {"bcc", array(message.bcc)},
                       {"subject", message.subject},
                       {"text", message.text}});
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) set(row, name, value);
    };
    add("html", message.html);
    add("raw", message.raw);
    add("configurationSet", message.configurationSet);
    add("template", message.templateName);
    add("returnPath", message.returnPath);
    if (!message.headers.Empty()) set(row, "headers", std::move(message.headers));
    if (!message.replyTo.empty()) set(row, "replyTo", array(message.replyTo));
    if (!message.attachments.Empty()) set(row, "attachments", std::move(message.attachments));
    if (!message.tags.Empty()) set(row, "tags", std::move(message.tags));
    call.putJson(mailKey(call, sequence), row);
    if (sequence % kStoredBetweenLooks == 0) dropOldest(call, sequence);
    call.signal("ses:inbox:" + call.account);
    return message.id;
}

Json deliverMessage(Call& call, const Fields& request) {
    Outgoing message{.kind = request.valueOr("kind", "email"),
                     .from = request.valueOr("from", ""),
                     .subject = request.valueOr("subject", ""),
                     .text = request.valueOr("text", ""),
                     .html = request.valueOr("html", ""),
                     .raw = request.valueOr("raw", ""),
                     .to = request.texts("to")};
    if (!message.to.empty()) call.about(message.to.front());
    return object({{"MessageId", store(call, std::move(message))}});
}

Json listInbox(Call& call, const Fields& request) {
    const auto address = request.optionalText("to"), kind = request.optionalText("kind");
    const bool all = request.valueOr("all", false);
    const auto limit = static_cast<std::size_t>(request.valueOr("limit", 100));
    const std::int64_t after = request.valueOr("after", 0);
    Json messages = list();
    call.scan(all ? inboxesKey() : inboxKey(call), [&](std::string_view key, std::string_view row) {
        Json message = parseJson(row);
        if (intOr(message, "sequence", 0) <= after || (kind && textOr(message, "kind") != *kind) ||
            (address && !isFor(message, *address)))
            return true;
        KeyReader reader(key);
        reader.text();
        set(message, "account", reader.text());
        set(message, "region", reader.text());
        push(messages, std::move(message));
        return messages.Size() < limit;
    });
    return object({{"messages", std::move(messages)}});
}

Json clearInbox(Call& call, const Fields& request) {
    const auto id = request.optionalText("id");
    if (!id) {
        call.erasePrefix(inboxKey(call));
        return object();
    }
    std::string found;
    call.scan(inboxKey(call), [&](std::string_view key, std::string_view row) {
        if (textOr(parseJson(row), "id") == *id) found = key;
        return found.empty();
    });
    if (!found.empty()) call.erase(found);
    return object();
}

}  // namespace backlot::ses
