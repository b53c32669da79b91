#include "functions/shop/orders.h"

#include "functions/sdk/crypto.h"
#include "functions/sdk/errors.h"
#include "functions/shop/messages.h"
#include "functions/shop/request.h"

namespace shop {
namespace {

constexpr std::size_t kLinesMost = 49;  // a reservation is one transaction of at most 100 actions, a confirmation too
constexpr std::int64_t kQuantityMost = 10'000;

std::map<std::string, Item> byProduct(std::vector<Item> rows) {
    std::map<std::string, Item> result;
    for (auto& row : rows) {
        auto productId = row.text("productId");
        result.emplace(std::move(productId), std::move(row));
    }
    return result;
}

std::map<std::string, Item> rowsOf(Context& context, const std::string& table,
                                   const std::map<std::string, std::int64_t>& quantities) {
    std::vector<Json> keys;
    for (const auto& [productId, qty] : quantities) keys.push_back(object({{"productId", S(productId)}}));
    return byProduct(context.table(table).getAll(std::move(keys)));
}

std::vector<OrderLine> pricedLines(const OrderRequest& request, Context& context) {
    const auto products = rowsOf(context, "PRODUCTS_TABLE", request.quantities);
    const auto stock = rowsOf(context, "INVENTORY_TABLE", request.quantities);
    std::vector<OrderLine> lines;
    for (const auto& [productId, qty] : request.quantities) {
        const auto product = products.find(productId);
        if (product == products.end()) throw HttpError(404, "productId: there is no product " + productId + ".");
        const auto row = stock.find(productId);
        if (row == stock.end() || row->second.integer("availableStock") < qty)
            throw HttpError(
                409, "There is not enough of " + product->second.text("name") + " (" + productId + ") in stock.");
        lines.push_back(
            {productId, product->second.text("name"), qty, Money::parse(product->second.number("price")).value()});
    }
    return lines;
}

void requireSameRequest(const Order& order, const std::string& requestHash) {
    if (order.requestHash != requestHash) throw HttpError(409, "Idempotency-Key was used for a different request.");
}

Json itemOf(const Order& order) {
    auto item = object({{"orderId", S(order.orderId)},
                        {"userId", S(order.userId)},
                        {"email", S(order.email)},
                        {"status", S(order.status)},
                        {"items", L(array(order.lines,
                                          [](const OrderLine& line) {
                                              return M(object({{"productId", S(line.productId)},
                                                               {"name", S(line.name)},
                                                               {"qty", N(line.qty)},
                                                               {"price", N(line.price.text())}}));
                                          }))},
                        {"totalAmount", N(order.total.text())},
                        {"currency", S(order.currency)},
                        {"method", S(order.payment.method)},
                        {"fromCart", BOOL(order.fromCart)},
                        {"requestHash", S(order.requestHash)},
                        {"createdAt", S(order.createdAt)},
                        {"updatedAt", S(order.updatedAt)}});
    if (!order.payment.paymentMethod.empty()) set(item, "paymentMethod", S(order.payment.paymentMethod));
    if (!order.payment.vpa.empty()) set(item, "vpa", S(order.payment.vpa));
    return item;
}

}  // namespace

Json orderKey(const std::string& orderId) { return object({{"orderId", S(orderId)}}); }

Order orderOf(const Item& item) {
    const auto fromCart = at(item.attributes(), {"fromCart", "BOOL"});
    Order order{.orderId = item.text("orderId"),
                .userId = item.text("userId"),
                .email = item.text("email"),
                .status = item.text("status"),
                .total = Money::parse(item.number("totalAmount")).value(),
                .currency = item.text("currency"),
                .payment = {item.text("method"), item.text("paymentMethod"), item.text("vpa")},
                .fromCart = fromCart && fromCart->GetBool(),
                .createdAt = item.text("createdAt"),
                .updatedAt = item.text("updatedAt"),
                .confirmedAt = item.text("confirmedAt"),
                .paymentId = item.text("paymentId"),
                .failureReason = item.text("failureReason"),
                .requestHash = item.text("requestHash")};
    for (const auto& line : item.items("items"))
        order.lines.push_back({line.text("productId"), line.text("name"), line.integer("qty"),
                               Money::parse(line.number("price")).value()});
    return order;
}

std::optional<Order> findOrder(Context& context, const std::string& orderId) {
    const auto item = context.table("ORDERS_TABLE").get(orderKey(orderId));
    if (!item) return std::nullopt;
    return orderOf(*item);
}

Json orderJson(const Order& order) {
    auto body = object({{"orderId", order.orderId},
                        {"status", order.status},
                        {"items", array(order.lines,
                                        [](const OrderLine& line) {
                                            return object({{"productId", line.productId},
                                                           {"name", line.name},
                                                           {"qty", line.qty},
                                                           {"price", line.price.json()}});
                                        })},
                        {"totalAmount", order.total.json()},
                        {"currency", order.currency},
                        {"method", order.payment.method},
                        {"createdAt", order.createdAt},
                        {"updatedAt", order.updatedAt}});
    if (!order.paymentId.empty()) set(body, "paymentId", order.paymentId);
    if (!order.failureReason.empty()) set(body, "failureReason", order.failureReason);
    return body;
}

std::map<std::string, std::int64_t> requestedLines(const Json& body, std::string_view field) {
    const auto lines = find(body, field);
    if (!lines || !lines->IsArray() || lines->Empty())
        throw HttpError(400, std::string(field) + " must be a list of at least one {productId, qty}.");
    std::map<std::string, std::int64_t> quantities;
    for (const auto& line : lines->GetArray()) {
        if (!line.IsObject()) throw HttpError(400, std::string(field) + " must be a list of {productId, qty}.");
        const auto productId = requiredText(line, "productId");
        // GET /cart and POST /cart call it qty and quantity: both are taken.
        quantities[productId] += requiredInteger(line, find(line, "quantity") ? "quantity" : "qty", 1, kQuantityMost);
        if (quantities[productId] > kQuantityMost) throw HttpError(400, "qty must be a whole number from 1 to 10000.");
    }
    if (quantities.size() > kLinesMost) throw HttpError(400, std::string(field) + " must have at most 49 products.");
    return quantities;
}

PaymentChoice requestedPayment(const Json& body) {
    PaymentChoice choice{.method = requiredText(body, "method")};
    if (choice.method == "CARD") {
        choice.paymentMethod = requiredText(body, "paymentMethod");
    } else if (choice.method == "UPI") {
        choice.vpa = requiredText(body, "vpa");
        const auto sign = choice.vpa.find('@');
        if (sign == 0 || sign == std::string::npos || sign + 1 == choice.vpa.size())
            throw HttpError(400, "vpa must be a virtual payment address, name@bank.");
    } else {
        throw HttpError(400, "method must be CARD or UPI.");
    }
    return choice;
}

RequestIdentity requestIdentity(const ApiRequest& request, const Caller& caller, Context& context) {
    const auto hash = hex(bytesOf(sha256(textOr(request.event(), "resource") + "\n" + writeJson(request.body()))));
    const auto key = request.header("Idempotency-Key");
    if (!key) return {newId(context, "ORDER"), hash, std::nullopt};
    if (key->empty() || key->size() > 255) throw HttpError(400, "Idempotency-Key must have 1 to 255 characters.");
    const auto orderId = "ORDER#" + hex(bytesOf(sha256(caller.userId + "\n" + *key))).substr(0, 24);
    auto existing = findOrder(context, orderId);
    if (existing) requireSameRequest(*existing, hash);
    return {orderId, hash, std::move(existing)};
}

Order placeOrder(const OrderRequest& request, Context& context) {
    const auto now = iso8601(context.now());
    Order order{.orderId = request.orderId,
                .userId = request.caller.userId,
                .email = request.caller.email,
                .status = "CREATED",
                .lines = pricedLines(request, context),
                .currency = context.env("CURRENCY", "INR"),
                .payment = request.payment,
                .fromCart = request.fromCart,
                .createdAt = now,
                .updatedAt = now,
                .requestHash = request.requestHash};
    for (const auto& line : order.lines) order.total = order.total + line.price * line.qty;
    // Where two requests with one key race, the first to write has made the order and the second finds it.
    if (!context.table("ORDERS_TABLE").putIf(itemOf(order), {"attribute_not_exists(orderId)"})) {
        order = findOrder(context, request.orderId).value();
        requireSameRequest(order, request.requestHash);
    }
    announceCreated(order, context);
    return order;
}

void announceCreated(const Order& order, Context& context) {
    publish(context, "shop.orders", "OrderCreated",
            object({{"orderId", order.orderId},
                    {"userId", order.userId},
                    {"totalAmount", order.total.text()},
                    {"currency", order.currency}}));
}

}  // namespace shop
