// Stock. Tables: Inventory (productId: availableStock, reservedStock, soldStock, initialStock), whose first three
// always add up to the fourth; Reservations (orderId: status, items, expiresAt).
//
// A reservation goes RESERVED → DEDUCTED → RETURNED, or RESERVED → RELEASED; one that ran out is gone. Every step moves
// the reservation and the stock in one transaction on condition of where the reservation stands: a step taken twice
// changes nothing twice.

#include <algorithm>

#include "functions/sdk/handler.h"
#include "functions/shop/messages.h"

namespace shop {
namespace {

constexpr int kGiveBackTries = 3;                         // a reservation moves on once at most
constexpr auto kMarkerLifetime = std::chrono::hours(48);  // longer than a stream keeps its records

struct Line {
    std::string productId;
    std::int64_t qty = 0;
};

Json reservationKey(const std::string& orderId) { return object({{"orderId", S(orderId)}}); }

std::vector<Line> linesOf(const Json& event) {
    std::vector<Line> lines;
    if (const auto items = find(event, "items"); items && items->IsArray())
        for (const auto& item : items->GetArray()) lines.push_back({textOr(item, "productId"), intOr(item, "qty", 0)});
    if (lines.empty() || std::any_of(lines.begin(), lines.end(),
                                     [](const Line& line) { return line.productId.empty() || line.qty <= 0; }))
        throw LambdaError("InvalidInput", "items must be a list of {productId, qty}.");
    return lines;
}

std::vector<Line> linesOf(const Item& reservation) {
    std::vector<Line> lines;
    for (const auto& item : reservation.items("items")) lines.push_back({item.text("productId"), item.integer("qty")});
    return lines;
}

Json linesItem(const std::vector<Line>& lines) {
    return L(array(lines, [](const Line& line) {
        return M(object({{"productId", S(line.productId)}, {"qty", N(line.qty)}}));
    }));
}

Json linesJson(const std::vector<Line>& lines) {
    return array(lines, [](const Line& line) { return object({{"productId", line.productId}, {"qty", line.qty}}); });
}

/// Adds one update a product to `actions`: `from` loses the quantity and must have it, `to` gains it.
void move(Json& actions, Context& context, const std::vector<Line>& lines, const std::string& from,
          const std::string& to) {
    const auto inventory = context.table("INVENTORY_TABLE");
    for (const auto& line : lines)
        push(actions, inventory.updateAction(object({{"productId", S(line.productId)}}),
                                             {"SET " + from + " = " + from + " - :qty, " + to + " = " + to + " + :qty",
                                              object({{":qty", N(line.qty)}})},
                                             from + " >= :qty"));
}

Json changeStatus(Context& context, const std::string& orderId, const std::string& before, const std::string& after) {
    return context.table("RESERVATIONS_TABLE")
        .updateAction(reservationKey(orderId),
                      {"SET #status = :after, updatedAt = :now REMOVE expiresAt",
                       object({{":before", S(before)}, {":after", S(after)}, {":now", S(iso8601(context.now()))}}),
                       object({{"#status", "status"}})},
                      "#status = :before");
}

std::string statusOf(Context& context, const std::string& orderId) {
    const auto reservation = context.table("RESERVATIONS_TABLE").get(reservationKey(orderId));
    return reservation ? reservation->text("status") : "";
}

[[noreturn]] void outOfStock(const std::vector<Line>& lines, const std::vector<std::string>& reasons) {
    std::string missing;  // the first reason is the reservation's own
    for (std::size_t i = 0; i < lines.size() && i + 1 < reasons.size(); ++i)
        if (reasons[i + 1] == "ConditionalCheckFailed") missing += (missing.empty() ? "" : ", ") + lines[i].productId;
    throw LambdaError("OutOfStock", "There is not enough in stock of " + missing + ".");
}

/// An order that was cancelled takes no stock any more, however late its step comes.
Expression notEnded() {
    return {"attribute_not_exists(orderId) OR #status IN (:created, :confirmed)",
            object({{":created", S("CREATED")}, {":confirmed", S("CONFIRMED")}}), object({{"#status", "status"}})};
}

/// Puts a reservation of status `status` in place of none or of one that has ended, and moves the stock.
void take(Context& context, const std::string& orderId, const std::vector<Line>& lines, const std::string& status,
          const std::string& into) {
    const auto now = context.now();
    auto reservation = object(
        {{"orderId", S(orderId)}, {"status", S(status)}, {"items", linesItem(lines)}, {"createdAt", S(iso8601(now))}});
    if (status == "RESERVED")
        set(reservation, "expiresAt", N(epochSeconds(now) + std::stoll(context.env("RESERVATION_SECONDS", "900"))));
    Json actions = list({context.table("RESERVATIONS_TABLE")
                             .putAction(std::move(reservation),
                                        {"attribute_not_exists(orderId) OR #status = :released",
                                         object({{":released", S("RELEASED")}}), object({{"#status", "status"}})})});
    move(actions, context, lines, "availableStock", into);
    push(actions, context.table("ORDERS_TABLE").checkAction(object({{"orderId", S(orderId)}}), notEnded()));
    const auto reasons = transact(context.aws(), std::move(actions), context.uuid());
    if (reasons.empty()) return;
    if (reasons.back() == "ConditionalCheckFailed") throw LambdaError("InvalidOrder", orderId + " has ended.");
    if (reasons.front() != "ConditionalCheckFailed") outOfStock(lines, reasons);
    const auto before = statusOf(context, orderId);
    if (before != "DEDUCTED" && before != status)  // else an earlier try has done this
        throw LambdaError("InvalidOrder", "The reservation of " + orderId + " is " + before + ".");
}

/// Gives stock back; false where there was nothing to give.
bool giveBack(Context& context, const std::string& orderId) {
    for (int attempt = 0; attempt < kGiveBackTries; ++attempt) {
        const auto reservation = context.table("RESERVATIONS_TABLE").get(reservationKey(orderId));
        const auto status = reservation ? reservation->text("status") : "";
        if (status != "RESERVED" && status != "DEDUCTED") return false;
        const bool sold = status == "DEDUCTED";
        Json actions = list({changeStatus(context, orderId, status, sold ? "RETURNED" : "RELEASED")});
        move(actions, context, linesOf(*reservation), sold ? "soldStock" : "reservedStock", "availableStock");
        if (transact(context.aws(), std::move(actions), context.uuid()).empty()) return true;
        // Else it has moved on since it was read, and what it holds now is to be given back.
    }
    throw LambdaError("StockNotReturned", "The reservation of " + orderId + " could not be given back.");
}

void tellOthers(Context& context, const std::string& eventType, const Json& event, const std::vector<Line>& lines) {
    const auto message = object({{"eventType", eventType},
                                 {"orderId", orderIdOf(event)},
                                 {"userId", textOr(event, "userId")},
                                 {"items", linesJson(lines)},
                                 {"timestamp", iso8601(context.now())}});
    sendMessage(context, "INVENTORY_UPDATE_QUEUE_URL", message);
    sendMessage(context, "ANALYTICS_QUEUE_URL", message);
}

}  // namespace

/// {orderId, items: [{productId, qty}]}: reserves all of it or nothing, for RESERVATION_SECONDS. Error: OutOfStock.
Json checkInventory(const Json& event, Context& context) {
    const auto orderId = orderIdOf(event);
    take(context, orderId, linesOf(event), "RESERVED", "reservedStock");
    return object({{"orderId", orderId}, {"status", "RESERVED"}});
}
BACKLOT_HANDLER(checkInventory)

/// {orderId, userId, items}: what was reserved is sold. A reservation that ran out meanwhile is made good from what is
/// left. Error: OutOfStock.
Json updateInventory(const Json& event, Context& context) {
    const auto orderId = orderIdOf(event);
    const auto lines = linesOf(event);
    Json actions = list({changeStatus(context, orderId, "RESERVED", "DEDUCTED")});
    move(actions, context, lines, "reservedStock", "soldStock");
    if (!transact(context.aws(), std::move(actions), context.uuid()).empty() &&
        statusOf(context, orderId) != "DEDUCTED")
        take(context, orderId, lines, "DEDUCTED", "soldStock");
    tellOthers(context, "INVENTORY_DEDUCTED", event, lines);
    return object({{"orderId", orderId}, {"status", "DEDUCTED"}});
}
BACKLOT_HANDLER(updateInventory)

/// The compensation: releases what is reserved, takes back what was sold. Also the target of PaymentRefunded.
Json releaseInventory(const Json& event, Context& context) {
    const auto orderId = orderIdOf(event);
    const bool released = giveBack(context, orderId);
    return object({{"orderId", orderId}, {"released", released}});
}
BACKLOT_HANDLER(releaseInventory)

/// The stream of Reservations: a reservation whose time ran out gives its stock back, also where its order has reserved
/// anew meanwhile. A marker in the same transaction keeps a second delivery of the record from giving back twice.
void expireReservations(const StreamBatch& batch, Context& context) {
    for (const auto& record : batch) {
        if (record.eventName != "REMOVE" || !record.expired || record.oldImage.text("status") != "RESERVED") continue;
        const auto orderId = record.oldImage.text("orderId");
        const auto marker = "EXPIRED#" + bareId(orderId) + "#" + record.oldImage.text("createdAt");
        Json actions = list({context.table("RESERVATIONS_TABLE")
                                 .putAction(object({{"orderId", S(marker)},
                                                    {"status", S("EXPIRED")},
                                                    {"expiresAt", N(epochSeconds(context.now() + kMarkerLifetime))}}),
                                            {"attribute_not_exists(orderId)"})});
        move(actions, context, linesOf(record.oldImage), "reservedStock", "availableStock");
        transact(context.aws(), std::move(actions), context.uuid());
    }
}
BACKLOT_HANDLER(expireReservations)

/// On order.done: checks the books of what was sold, and tells the inventory team what runs low.
void inventoryAudit(const BusEvent& event, Context& context) {
    const auto low = std::stoll(context.env("LOW_STOCK", "5"));
    std::string report;
    for (const auto& line : linesOf(event.detail)) {
        const auto row = context.table("INVENTORY_TABLE").get(object({{"productId", S(line.productId)}}));
        if (!row) continue;
        const auto available = row->integer("availableStock"), reserved = row->integer("reservedStock"),
                   sold = row->integer("soldStock");
        if (available + reserved + sold != row->integer("initialStock"))
            report += line.productId + ": available " + std::to_string(available) + " + reserved " +
                      std::to_string(reserved) + " + sold " + std::to_string(sold) + " is not " +
                      row->number("initialStock") + ".\n";
        if (available < low) report += line.productId + ": " + std::to_string(available) + " left.\n";
    }
    if (!report.empty()) notifyTopic(context, "INVENTORY_TOPIC_ARN", "Inventory audit", report);
    context.log("Inventory audited.", object({{"orderId", textOr(event.detail, "orderId")}, {"report", report}}));
}
BACKLOT_HANDLER(inventoryAudit)

}  // namespace shop
