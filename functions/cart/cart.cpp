// What a customer means to buy. Tables: Carts (userId, productId), Products.

#include <map>

#include "functions/sdk/handler.h"
#include "functions/shop/auth.h"
#include "functions/shop/request.h"

namespace shop {
namespace {

constexpr std::int64_t kQuantityMost = 10'000;

Json lineKey(const std::string& userId, const std::string& productId) {
    return object({{"userId", S(userId)}, {"productId", S(productId)}});
}

Json productKey(const std::string& productId) { return object({{"productId", S(productId)}}); }

}  // namespace

/// Puts `quantity` more of a product into the cart.
ApiResponse addToCart(const ApiRequest& request, Context& context) {
    const auto caller = authenticate(request, context);
    const auto productId = requiredText(request.body(), "productId");
    const auto quantity = requiredInteger(request.body(), "quantity", 1, kQuantityMost);
    if (!context.table("PRODUCTS_TABLE").get(productKey(productId)))
        throw HttpError(404, "productId: there is no product " + productId + ".");

    const auto line = context.table("CARTS_TABLE")
                          .update(lineKey(caller.userId, productId),
                                  {"SET addedAt = :now ADD qty :quantity",
                                   object({{":now", S(iso8601(context.now()))}, {":quantity", N(quantity)}})});
    return {.body = object({{"message", "Added to cart"}, {"productId", productId}, {"qty", line->integer("qty")}})};
}
BACKLOT_HANDLER(addToCart)

/// The cart's lines with today's names and prices; a product that is no longer sold is left out.
ApiResponse getCart(const ApiRequest& request, Context& context) {
    const auto caller = authenticate(request, context);
    std::vector<Item> lines;
    std::optional<Json> from;
    do {
        auto query = object({{"KeyConditionExpression", "userId = :user"},
                             {"ExpressionAttributeValues", object({{":user", S(caller.userId)}})},
                             {"ConsistentRead", true}});
        if (from) set(query, "ExclusiveStartKey", *std::move(from));
        auto page = context.table("CARTS_TABLE").query(std::move(query));
        std::move(page.items.begin(), page.items.end(), std::back_inserter(lines));
        from = std::move(page.lastEvaluatedKey);
    } while (from);

    std::vector<Json> keys;
    for (const auto& line : lines) keys.push_back(productKey(line.text("productId")));
    std::map<std::string, Item> products;
    for (auto& product : context.table("PRODUCTS_TABLE").getAll(std::move(keys))) {
        auto productId = product.text("productId");
        products.emplace(std::move(productId), std::move(product));
    }
    Json body = list();
    for (const auto& line : lines)
        if (const auto product = products.find(line.text("productId")); product != products.end())
            push(body, object({{"productId", product->first},
                               {"name", product->second.text("name")},
                               {"qty", line.integer("qty")},
                               {"price", Money::parse(product->second.number("price")).value_or(Money()).json()}}));
    return {.body = std::move(body)};
}
BACKLOT_HANDLER(getCart)

ApiResponse removeFromCart(const ApiRequest& request, Context& context) {
    const auto caller = authenticate(request, context);
    const auto productId = idFromPath(request, "productId", "PROD#");
    if (!context.table("CARTS_TABLE").remove(lineKey(caller.userId, productId)))
        throw HttpError(404, "There is no " + productId + " in the cart.");
    return {.body = object({{"message", "Removed from cart"}, {"productId", productId}})};
}
BACKLOT_HANDLER(removeFromCart)

}  // namespace shop
