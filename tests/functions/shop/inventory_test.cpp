#include <doctest/doctest.h>

#include "tests/functions/bench.h"

namespace shop {
using namespace backlot::sdk;
Json checkInventory(const Json& event, Context& context);
Json updateInventory(const Json& event, Context& context);
Json releaseInventory(const Json& event, Context& context);
void expireReservations(const StreamBatch& batch, Context& context);
Json cancelOrder(const Json& event, Context& context);
}  // namespace shop

using namespace shop;

namespace {

const char* kOrder = R"({"orderId":"ORDER#1","items":[{"productId":"PROD#1","qty":2},{"productId":"PROD#2","qty":1}]})";

Json cancelled(std::initializer_list<const char*> reasons) {
    return object(
        {{"__type", "x#TransactionCanceledException"}, {"CancellationReasons", array(reasons, [](const char* code) {
                                                            return object({{"Code", code}});
                                                        })}});
}

Json reservation(const char* status) {
    return object({{"Item", object({{"orderId", S("ORDER#1")},
                                    {"status", S(status)},
                                    {"items", L(list({M(object({{"productId", S("PROD#1")}, {"qty", N(2)}}))}))}})}});
}

std::string errorOf(const std::function<void()>& function) {
    try {
        function();
    } catch (const LambdaError& error) {
        return error.type() + ": " + error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("stock is reserved in one transaction with its reservation, which runs out") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    CHECK(textOr(checkInventory(parseJson(kOrder), context), "status") == "RESERVED");
    REQUIRE(aws.operations() == std::vector<std::string>{"TransactWriteItems"});
    const auto& actions = *find(aws.calls[0].body, "TransactItems");
    REQUIRE(actions.Size() == 4);
    CHECK(view(*at(actions[0], {"Put", "Item", "expiresAt", "N"})) == std::to_string(1'767'603'600 + 900));
    CHECK(view(*at(actions[1], {"Update", "UpdateExpression"})) ==
          "SET availableStock = availableStock - :qty, reservedStock = reservedStock + :qty");
    CHECK(view(*at(actions[1], {"Update", "ConditionExpression"})) == "availableStock >= :qty");
}

TEST_CASE("what is missing is named, and nothing is reserved") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    aws.answer("TransactWriteItems", cancelled({"None", "None", "ConditionalCheckFailed", "None"}), 400);
    CHECK(errorOf([&] { checkInventory(parseJson(kOrder), context); }) ==
          "OutOfStock: There is not enough in stock of PROD#2.");
    aws.answer("TransactWriteItems", cancelled({"None", "None", "None", "ConditionalCheckFailed"}), 400);
    CHECK(errorOf([&] { checkInventory(parseJson(kOrder), context); }) == "InvalidOrder: ORDER#1 has ended.");
}

TEST_CASE("a reservation that was made before is enough") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    aws.answer("TransactWriteItems", cancelled({"ConditionalCheckFailed", "None", "None", "None"}), 400);
    aws.answer("GetItem", reservation("RESERVED"));
    CHECK(textOr(checkInventory(parseJson(kOrder), context), "status") == "RESERVED");
    aws.answer("GetItem", reservation("RETURNED"));
    CHECK(errorOf([&] { checkInventory(parseJson(kOrder), context); }) ==
          "InvalidOrder: The reservation of ORDER#1 is RETURNED.");
}

TEST_CASE("a deduction made before is announced again, not made again") {
    bench::Bench aws;
    aws.settings["INVENTORY_UPDATE_QUEUE_URL"] = aws.settings["ANALYTICS_QUEUE_URL"] = "http://queue";
    Context context(aws.invocation(), aws.warm);
    aws.answer("TransactWriteItems", cancelled({"ConditionalCheckFailed", "None", "None", "None"}), 400);
    aws.answer("GetItem", reservation("DEDUCTED"));
    CHECK(textOr(updateInventory(parseJson(kOrder), context), "status") == "DEDUCTED");
    CHECK(aws.operations() == std::vector<std::string>{"TransactWriteItems", "GetItem", "SendMessage", "SendMessage"});
}

TEST_CASE("what goes back depends on how far it had come") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    const auto released = [&] {
        return find(releaseInventory(parseJson(R"({"detail":{"orderId":"ORDER#1"}})"), context), "released")->GetBool();
    };
    CHECK_FALSE(released());  // there was no reservation
    aws.answer("GetItem", reservation("DEDUCTED"));
    CHECK(released());
    const auto& actions = *find(aws.calls.back().body, "TransactItems");
    CHECK(view(*at(actions[1], {"Update", "UpdateExpression"})) ==
          "SET soldStock = soldStock - :qty, availableStock = availableStock + :qty");
    aws.answer("GetItem", reservation("RETURNED"));
    CHECK_FALSE(released());
}

TEST_CASE("a reservation that moves on while it is given back is given back as it is then") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    aws.answer("GetItem", reservation("RESERVED"));
    aws.answers["TransactWriteItems"] = [&](const auto&) {
        aws.answer("GetItem", reservation("DEDUCTED"));
        aws.answer("TransactWriteItems", object());
        return HttpResponse{.status = 400, .body = writeJson(cancelled({"ConditionalCheckFailed", "None"}))};
    };
    CHECK(find(releaseInventory(parseJson(R"({"orderId":"ORDER#1"})"), context), "released")->GetBool());
    const auto& actions = *find(aws.calls.back().body, "TransactItems");
    CHECK(view(*at(actions[1], {"Update", "UpdateExpression"})) ==
          "SET soldStock = soldStock - :qty, availableStock = availableStock + :qty");
}

TEST_CASE("only a reservation that ran out gives its stock back by the stream") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    const auto answer = reservation("RESERVED");
    const auto old = find(answer, "Item");
    const auto record = [&](bool expired) {
        StreamBatch batch;
        batch.push_back({.eventId = "1",
                         .eventName = "REMOVE",
                         .tableName = "Reservations",
                         .keys = Item(object()),
                         .newImage = Item(object()),
                         .oldImage = Item(object({{"orderId", S("ORDER#1")},
                                                  {"status", S("RESERVED")},
                                                  {"createdAt", S("2026")},
                                                  {"items", copy(*find(*old, "items"))}})),
                         .expired = expired});
        return batch;
    };
    expireReservations(record(false), context);
    CHECK(aws.calls.empty());
    expireReservations(record(true), context);
    CHECK(aws.operations() == std::vector<std::string>{"TransactWriteItems"});
    // Whatever its order has become: the record itself is given back once.
    const auto& actions = *find(aws.calls.back().body, "TransactItems");
    CHECK(view(*at(actions[0], {"Put", "Item", "orderId", "S"})) == "EXPIRED#1#2026");
    CHECK(view(*at(actions[1], {"Update", "UpdateExpression"})) ==
          "SET reservedStock = reservedStock - :qty, availableStock = availableStock + :qty");
}

TEST_CASE("an order that is confirmed is not cancelled") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    aws.answer("UpdateItem", object({{"__type", "x#ConditionalCheckFailedException"}}), 400);
    aws.answer(
        "GetItem",
        object({{"Item", object({{"orderId", S("ORDER#1")}, {"status", S("CONFIRMED")}, {"totalAmount", N(1)}})}}));
    const auto result = cancelOrder(
        parseJson(
            R"({"orderId":"ORDER#1","status":"CANCELLED","error":{"Error":"E","Cause":"{\"errorMessage\":\"why\"}"}})"),
        context);
    CHECK(textOr(result, "status") == "CONFIRMED");
    CHECK(textOr(result, "reason") == "why");
    CHECK(aws.operations() == std::vector<std::string>{"UpdateItem", "GetItem"});  // and nothing announced
}
