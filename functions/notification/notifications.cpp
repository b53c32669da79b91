#include "functions/notification/notifications.h"

#include <algorithm>

#include "functions/shop/claims.h"
#include "functions/shop/messages.h"

namespace shop {
namespace {

constexpr auto kTag = "notification";

Json keyOf(const std::string& id) { return object({{"notificationId", S(id)}}); }

std::string linesText(const Json& facts) {
    std::string text;
    if (const auto items = find(facts, "items"); items && items->IsArray())
        for (const auto& item : items->GetArray())
            text += "  " + std::to_string(intOr(item, "qty", 0)) + " x " + textOr(item, "name") + " at " +
                    textOr(item, "price") + "\n";
    return text;
}

std::string totalText(const Json& facts) { return textOr(facts, "totalAmount") + " " + textOr(facts, "currency"); }

/// A tag's value may have letters, digits, "-", "_", "." and "@": NOTE#RECEIPT#6b1f is sent as NOTE.RECEIPT.6b1f.
std::string swapped(std::string text, char from, char to) {
    std::replace(text.begin(), text.end(), from, to);
    return text;
}

void markSent(Context& context, const std::string& id, const std::string& messageId) {
    context.table("NOTIFICATIONS_TABLE")
        .update(keyOf(id),
                {"SET #status = :sent, messageId = :id, sentAt = :now",
                 object({{":sent", S("SENT")},
                         {":pending", S("PENDING")},
                         {":id", S(messageId)},
                         {":now", S(iso8601(context.now()))}}),
                 object({{"#status", "status"}})},
                "#status = :pending");
}

std::string send(const Item& notification, const Mail& mail, Context& context) {
    const auto utf8 = [](const std::string& text) { return object({{"Data", text}, {"Charset", "UTF-8"}}); };
    const auto answer = context.aws().call(
        "sesv2", "SendEmail",
        object({{"FromEmailAddress", context.env("SENDER_EMAIL")},
                {"ConfigurationSetName", context.env("MAIL_CONFIGURATION_SET")},
                {"EmailTags",
                 list({object({{"Name", kTag}, {"Value", swapped(notification.text("notificationId"), '#', '.')}})})},
                {"Destination", object({{"ToAddresses", list({notification.text("email")})}})},
                {"Content", object({{"Simple", object({{"Subject", utf8(mail.subject)},
                                                       {"Body", object({{"Text", utf8(mail.text)}})}})}})}}));
    return textOr(answer, "MessageId");
}

void sendClaimed(Claim& claim, const Mail& mail, Context& context) {
    try {
        markSent(context, claim.row().text("notificationId"), send(claim.row(), mail, context));
    } catch (const ConnectionError&) {  // it may have gone out: SES's event says so, before the claim runs out
        throw;
    } catch (const LambdaError&) {  // refused: nothing went out
        claim.release();
        throw;
    }
}

}  // namespace

Mail compose(const std::string& mailTemplate, const Json& facts) {
    const auto order = textOr(facts, "orderId");
    if (mailTemplate == "WELCOME")
        return {"Welcome to the shop", "Hello " + textOr(facts, "name") + ",\n\nyour account is ready.\n"};
    if (mailTemplate == "ORDER_CONFIRMED")
        return {"Your order " + order + " is confirmed",
                "Thank you! We are packing\n\n" + linesText(facts) + "\nTotal: " + totalText(facts) + "\n"};
    if (mailTemplate == "RECEIPT")
        return {"Receipt for " + order,
                "Paid: " + totalText(facts) + " (" + textOr(facts, "paymentId") + ")\n\n" + linesText(facts)};
    if (mailTemplate == "PAYMENT_FAILED")
        return {"The payment for your order " + order + " failed",
                "Your order was not placed and nothing was charged.\nReason: " + textOr(facts, "reason") + "\n"};
    if (mailTemplate == "ORDER_CANCELLED")
        return {"Your order " + order + " was cancelled", "We are sorry.\nReason: " + textOr(facts, "reason") +
                                                              "\nWhat you paid, if anything, is on its way back.\n"};
    if (mailTemplate == "ORDER_REFUNDED")
        return {"Your refund for " + order,
                textOr(facts, "amount") + " " + textOr(facts, "currency") + " are on their way back to you.\n"};
    throw LambdaError("InvalidInput", "There is no mail by the template " + mailTemplate + ".");
}

Json notifyCustomer(const std::string& mailTemplate, const std::string& reference, const Json& facts,
                    Context& context) {
    const auto mail = compose(mailTemplate, facts);
    const auto email = textOr(facts, "email");
    if (email.empty()) throw LambdaError("InvalidInput", "There is no address to notify about " + reference + ".");
    const auto id = "NOTE#" + mailTemplate + "#" + bareId(reference);
    const auto table = context.table("NOTIFICATIONS_TABLE");
    table.putIf(object({{"notificationId", S(id)},
                        {"userId", S(textOr(facts, "userId"))},
                        {"type", S("EMAIL")},
                        {"message", S(mail.text)},
                        {"template", S(mailTemplate)},
                        {"reference", S(reference)},
                        {"email", S(email)},
                        {"subject", S(mail.subject)},
                        {"status", S("PENDING")},
                        {"createdAt", S(iso8601(context.now()))}}),
                {"attribute_not_exists(notificationId)"});
    auto claim = Claim::take(context, table, keyOf(id));
    if (!claim) {
        if (table.get(keyOf(id)).value().text("status") != "SENT") throw inProgress("The notification " + id);
    } else {
        sendClaimed(*claim, mail, context);
    }
    return object({{"notificationId", id}, {"status", "SENT"}});
}

void noteSent(const Json& mail, Context& context) {
    const auto tags = find(mail, "tags");
    const auto values = tags ? find(*tags, kTag) : nullptr;
    if (!values || !values->IsArray() || values->Empty()) return;  // somebody else's mail
    markSent(context, swapped(std::string(view((*values)[0])), '.', '#'), textOr(mail, "messageId"));
}

}  // namespace shop
