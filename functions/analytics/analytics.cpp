// What happened, for those who count. Tables: EventLogs (eventId), Reports (reportId).

#include "functions/sdk/handler.h"
#include "functions/sdk/money.h"

namespace shop {

using namespace backlot::sdk;

namespace {

/// One row an event. An event that is delivered twice has one id, and so one row.
void logEvent(Context& context, const std::string& id, const std::string& source, const std::string& type,
              const std::string& data) {
    context.table("EVENT_LOGS_TABLE")
        .put(object({{"eventId", S(id)},
                     {"source", S(source)},
                     {"type", S(type)},
                     {"data", S(data)},
                     {"loggedAt", S(iso8601(context.now()))}}));
}

Json plainImage(const Item& image) { return plain(M(copy(image.attributes()))); }

void logChange(Context& context, const StreamRecord& record) {
    const auto data = object({{"keys", plainImage(record.keys)},
                              {"before", plainImage(record.oldImage)},
                              {"after", plainImage(record.newImage)}});
    logEvent(context, record.eventId, record.tableName, record.eventName, writeJson(data));
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
            logEvent(context, message.messageId, "analytics-queue", textOr(parseJson(message.body), "type", "UNKNOWN"),
                     message.body);
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
