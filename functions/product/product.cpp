// The catalogue. Tables: Products (productId; index category-price-index), Inventory (productId).

#include <algorithm>
#include <map>

#include "functions/sdk/handler.h"
#include "functions/shop/auth.h"
#include "functions/shop/messages.h"
#include "functions/shop/request.h"

namespace shop {
namespace {

constexpr std::int64_t kStockMost = 1'000'000'000;
constexpr int kStockTries = 5;

Json keyOf(const std::string& productId) { return object({{"productId", S(productId)}}); }

Money priceOf(const Item& product) { return Money::parse(product.number("price")).value_or(Money()); }

Json productJson(const Item& product, std::int64_t stock) {
    Json body = object();
    for (const auto field : {"productId", "name", "description", "category"}) set(body, field, product.text(field));
    set(body, "price", priceOf(product).json());
    set(body, "stock", stock);
    return body;
}

std::map<std::string, std::int64_t> stockOf(Context& context, const std::vector<Item>& products) {
    std::vector<Json> keys;
    for (const auto& product : products) keys.push_back(keyOf(product.text("productId")));
    std::map<std::string, std::int64_t> stock;
    for (const auto& row : context.table("INVENTORY_TABLE").getAll(std::move(keys)))
        stock[row.text("productId")] = row.integer("availableStock");
    return stock;
}

HttpError noSuchProduct(const std::string& productId) { return {404, "There is no product " + productId + "."}; }

/// Sets what can be sold now. Goods that are reserved or sold are not touched, so what there was to begin with moves
/// too.
void setStock(Context& context, const std::string& productId, std::int64_t stock) {
    const auto inventory = context.table("INVENTORY_TABLE");
    for (int attempt = 0; attempt < kStockTries; ++attempt) {
        const auto row = inventory.get(keyOf(productId));
        if (!row) throw noSuchProduct(productId);
        const auto before = row->integer("availableStock");
        const auto set = inventory.update(
            keyOf(productId),
            {"SET availableStock = :stock, initialStock = initialStock + :difference",
             object({{":stock", N(stock)}, {":difference", N(stock - before)}, {":before", N(before)}})},
            "availableStock = :before");
        if (set) return;  // else an order took some meanwhile: look again
    }
    throw HttpError(409, "stock is changing too fast; try again.");
}

/// The page's request: Query on the index for a category, Scan with a filter for all of them.
Json pageRequest(const std::optional<std::string>& category, const std::optional<Money>& least,
                 const std::optional<Money>& most) {
    Json values = object();
    if (category) set(values, ":category", S(*category));
    if (least) set(values, ":least", N(least->text()));
    if (most) set(values, ":most", N(most->text()));
    const std::string price = least && most ? "price BETWEEN :least AND :most"
                              : least       ? "price >= :least"
                              : most        ? "price <= :most"
                                            : "";
    Json request = object();
    if (category) {
        set(request, "IndexName", "category-price-index");
        set(request, "KeyConditionExpression", "category = :category" + (price.empty() ? "" : " AND " + price));
    } else if (!price.empty()) {
        set(request, "FilterExpression", price);
    }
    if (values.MemberCount()) set(request, "ExpressionAttributeValues", std::move(values));
    return request;
}

}  // namespace

ApiResponse createProduct(const ApiRequest& request, Context& context) {
    authenticateAdmin(request, context);
    const auto name = requiredText(request.body(), "name");
    const auto price = requiredMoney(request.body(), "price");
    const auto description = requiredText(request.body(), "description", 2000);
    const auto stock = requiredInteger(request.body(), "stock", 0, kStockMost);
    const auto category = requiredText(request.body(), "category", 100);

    const auto productId = newId(context, "PROD");
    const auto now = iso8601(context.now());
    transact(context.aws(),
             list({context.table("PRODUCTS_TABLE")
                       .putAction(object({{"productId", S(productId)},
                                          {"name", S(name)},
                                          {"price", N(price.text())},
                                          {"description", S(description)},
                                          {"category", S(category)},
                                          {"createdAt", S(now)},
                                          {"updatedAt", S(now)}})),
                   context.table("INVENTORY_TABLE")
                       .putAction(object({{"productId", S(productId)},
                                          {"initialStock", N(stock)},
                                          {"availableStock", N(stock)},
                                          {"reservedStock", N(0)},
                                          {"soldStock", N(0)}}))}),
             context.uuid());
    return {.status = 201, .body = object({{"message", "Product created"}, {"productId", productId}})};
}
BACKLOT_HANDLER(createProduct)

/// ?category= ?minPrice= ?maxPrice= ?limit= ?nextToken=; where there are more, X-Next-Token says how to go on.
ApiResponse listProducts(const ApiRequest& request, Context& context) {
    const auto category = request.query("category");
    const auto least = queryMoney(request, "minPrice"), most = queryMoney(request, "maxPrice");
    const auto limit = queryInteger(request, "limit", 50, 1, 100);
    if (least && most && *least > *most) throw HttpError(400, "minPrice must not be more than maxPrice.");
    auto from = pageKey(request);

    const auto table = context.table("PRODUCTS_TABLE");
    std::vector<Item> products;
    do {  // a filter thins out a page after its limit was counted: go on until there are enough, or no more
        auto query = pageRequest(category, least, most);
        set(query, "Limit", limit - static_cast<std::int64_t>(products.size()));
        if (from) set(query, "ExclusiveStartKey", *std::move(from));
        auto page = category ? table.query(std::move(query)) : table.scan(std::move(query));
        std::move(page.items.begin(), page.items.end(), std::back_inserter(products));
        from = std::move(page.lastEvaluatedKey);
    } while (from && static_cast<std::int64_t>(products.size()) < limit);

    auto stock = stockOf(context, products);
    ApiResponse response{.body = array(products, [&](const Item& product) {
                             return productJson(product, stock[product.text("productId")]);
                         })};
    if (from) response.headers["X-Next-Token"] = pageToken(*from);
    return response;
}
BACKLOT_HANDLER(listProducts)

ApiResponse getProduct(const ApiRequest& request, Context& context) {
    const auto productId = idFromPath(request, "productId", "PROD#");
    const auto product = context.table("PRODUCTS_TABLE").get(keyOf(productId));
    if (!product) throw noSuchProduct(productId);
    const auto stock = context.table("INVENTORY_TABLE").get(keyOf(productId));
    return {.body = productJson(*product, stock ? stock->integer("availableStock") : 0)};
}
BACKLOT_HANDLER(getProduct)

ApiResponse updateProduct(const ApiRequest& request, Context& context) {
    authenticateAdmin(request, context);
    const auto productId = idFromPath(request, "productId", "PROD#");
    const auto& body = request.body();
    Expression update{"SET updatedAt = :now", object({{":now", S(iso8601(context.now()))}})};
    const auto change = [&](const std::string& field, Json value) {
        update.text += ", #" + field + " = :" + field;
        set(update.names, "#" + field, field);
        set(update.values, ":" + field, std::move(value));
    };
    if (const auto name = optionalField(body, "name")) change("name", S(*name));
    if (const auto text = optionalField(body, "description", 2000)) change("description", S(*text));
    if (const auto category = optionalField(body, "category", 100)) change("category", S(*category));
    if (find(body, "price")) change("price", N(requiredMoney(body, "price").text()));
    std::optional<std::int64_t> stock;
    if (find(body, "stock")) stock = requiredInteger(body, "stock", 0, kStockMost);
    if (!update.names.MemberCount() && !stock)
        throw HttpError(400, "One of name, price, description, category or stock is required.");

    if (!context.table("PRODUCTS_TABLE").update(keyOf(productId), std::move(update), "attribute_exists(productId)"))
        throw noSuchProduct(productId);
    if (stock) setStock(context, productId, *stock);
    return {.body = object({{"message", "Product updated"}, {"productId", productId}})};
}
BACKLOT_HANDLER(updateProduct)

/// Ends the sale. The Inventory row stays: goods may still be reserved for an order, or come back from one.
ApiResponse deleteProduct(const ApiRequest& request, Context& context) {
    authenticateAdmin(request, context);
    const auto productId = idFromPath(request, "productId", "PROD#");
    if (!context.table("PRODUCTS_TABLE").remove(keyOf(productId))) throw noSuchProduct(productId);
    return {.body = object({{"message", "Product deleted"}, {"productId", productId}})};
}
BACKLOT_HANDLER(deleteProduct)

}  // namespace shop
