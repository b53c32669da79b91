// What happened, for those who count. Tables: EventLogs (eventId: eventType, userId, metadata, timestamp), Reports
// (reportId).

#include "functions/sdk/handler.h"
#include "functions/sdk/money.h"

namespace shop {

using namespace backlot::sdk;

namespace {

/// One row an event. An event that is delivered twice has one id, and so one row. `metadata` says what it is about.
void logEvent(Context& context, const std::string& id, const std::string& eventType, const std::string& userId,
              Json metadata) {
    auto row = object({{"eventId", S("EVT#" + id)},
                       {"eventType", S(eventType)},
                       {"metadata", M(std::move(metadata))},
                       {"timestamp", S(iso8601(context.now()))}});
    if (!userId.empty()) set(row, "userId", S(userId));  // stock has no customer
    context.table("EVENT_LOGS_TABLE").put(std::move(row));
}

/// An order that is CONFIRMED is complete; the other words are those of its status.
std::string orderEvent(const std::string& status) {
    if (status == "CONFIRMED") return "ORDER_COMPLETED";
    return status == "PAYMENT_FAILED" ? status : "ORDER_" + status;
}

/// Orders and payments tell where they stand now, goods how many there are; a row that has gone tells nothing.
void logChange(Context& context, const StreamRecord& record) {
    const auto& row = record.newImage;
    if (record.eventName == "REMOVE") return;
    if (record.tableName == context.env("INVENTORY_TABLE")) {
        auto stock = object({{"productId", S(row.text("productId"))}});
        for (const auto field : {"availableStock", "reservedStock", "soldStock"})
            set(stock, field, N(row.number(field)));
        return logEvent(context, record.eventId, "INVENTORY_CHANGED", "", std::move(stock));
    }
    const auto status = row.text("status");
    if (status == record.oldImage.text("status")) return;  // a claim, a step at the gateway
    const bool payment = record.tableName == context.env("PAYMENTS_TABLE");
    auto about = object({{"orderId", S(row.text("orderId"))}});
    if (payment) set(about, "paymentId", S(row.text("paymentId")));
    logEvent(context, record.eventId, payment ? "PAYMENT_" + status : orderEvent(status), row.text("userId"),
             std::move(about));
}

/// {eventType, userId, orderId, …}
void logMessage(Context& context, const SqsMessage& message) {
    const auto body = parseJson(message.body);
    logEvent(context, message.messageId, textOr(body, "eventType", "UNKNOWN"), textOr(body, "userId"),
             object({{"orderId", S(textOr(body, "orderId"))}}));
}

bool fromQueue(const Json& event) {
    const auto records = find(event, "Records");
    return records && records->IsArray() && !records->Empty() && textOr((*records)[0], "eventSource") == "aws:sqs";
}

}  // namespace

/// The analytics queue, and the streams of Orders, Payments and Inventory.
Json analyticsService(const Json& event, Context& context) {
    if (!fromQueue(event)) {
        for (const auto& record : streamBatch(event)) logChange(context, record);
        return Json();
    }
    BatchFailures failures;
    for (const auto& message : sqsBatch(event)) {
        try {
            logMessage(context, message);
        } catch (const std::exception& error) {
            context.log("A message was not logged.",
                        object({{"messageId", message.messageId}, {"error", error.what()}}));
            failures.ids.push_back(message.messageId);
        }
    }
    return toJson(failures);
}
BACKLOT_HANDLER(analyticsService)

/// On order.done: adds the order to its day's sales. A marker for the order in the same transaction makes twice once.
void analyticsLambda(const BusEvent& event, Context& context) {
    const auto orderId = textOr(event.detail, "orderId");
    const auto total = Money::parse(textOr(event.detail, "totalAmount"));
    if (orderId.empty() || !total) throw LambdaError("InvalidInput", "order.done has no orderId or no totalAmount.");
    std::int64_t units = 0;
    if (const auto items = find(event.detail, "items"); items && items->IsArray())
        for (const auto& item : items->GetArray()) units += intOr(item, "qty", 0);

    const auto reports = context.table("REPORTS_TABLE");
    const auto now = iso8601(context.now());
    transact(
        context.aws(),
        list({reports.putAction(object({{"reportId", S("COUNTED#" + orderId)}, {"countedAt", S(now)}}),
                                {"attribute_not_exists(reportId)"}),
              reports.updateAction(
                  object({{"reportId", S("SALES#" + now.substr(0, 10))}}),
                  {"SET updatedAt = :now ADD orders :one, units :units, revenue :total",
                   object({{":now", S(now)}, {":one", N(1)}, {":units", N(units)}, {":total", N(total->text())}})})}),
        context.uuid());
}
BACKLOT_HANDLER(analyticsLambda)

}  // namespace shop
