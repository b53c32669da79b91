// The notification functions.

#include "functions/notification/notifications.h"
#include "functions/sdk/handler.h"
#include "functions/shop/messages.h"

namespace shop {

/// The state machine's step: {template, orderId, userId, email, …}.
Json sendNotification(const Json& event, Context& context) {
    auto mail = textOr(event, "template");
    if (mail == "CANCELLED") mail = "ORDER_CANCELLED";  // an order's status says what its customer is told
    if (mail == "CONFIRMED") mail = "ORDER_CONFIRMED";
    return notifyCustomer(mail, orderIdOf(event), event, context);
}
BACKLOT_HANDLER(sendNotification)

/// notification-queue, which the customers' topic fills: {template, reference, userId, email, …}.
BatchFailures notifyCustomers(const SqsBatch& batch, Context& context) {
    BatchFailures failures;
    for (const auto& message : batch) {
        try {
            const auto facts = parseJson(message.body);
            notifyCustomer(textOr(facts, "template"), textOr(facts, "reference"), facts, context);
        } catch (const std::exception& error) {  // one bad message must not hold up the others
            context.log("A notification was not sent.",
                        object({{"messageId", message.messageId}, {"error", error.what()}}));
            failures.ids.push_back(message.messageId);
        }
    }
    return failures;
}
BACKLOT_HANDLER(notifyCustomers)

/// On order.done.
void emailReceipt(const BusEvent& event, Context& context) {
    notifyCustomer("RECEIPT", textOr(event.detail, "orderId"), event.detail, context);
}
BACKLOT_HANDLER(emailReceipt)

/// SES's event "Email Sent", for every mail of the shop.
void mailSent(const BusEvent& event, Context& context) {
    if (const auto mail = find(event.detail, "mail")) noteSent(*mail, context);
}
BACKLOT_HANDLER(mailSent)

}  // namespace shop
