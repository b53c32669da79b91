#include "functions/payment/payments.h"

#include <doctest/doctest.h>

#include "tests/functions/bench.h"

using namespace shop;

namespace {

/// A Payments table of one row, as far as payments.cpp uses one.
struct PaymentBench : bench::Bench {
    Json row;

    PaymentBench() {
        answers["PutItem"] = [this](const Call& call) -> HttpResponse {
            if (row.IsObject()) return {.status = 400, .body = R"({"__type":"x#ConditionalCheckFailedException"})"};
            row = copy(*find(call.body, "Item"));
            return {.status = 200, .body = "{}"};
        };
        answers["GetItem"] = [this](const Call&) {
            return HttpResponse{.status = 200, .body = row.IsObject() ? writeJson(object({{"Item", copy(row)}})) : "{}"};
        };
        answers["UpdateItem"] = [this](const Call& call) -> HttpResponse {
            const auto& values = *find(call.body, "ExpressionAttributeValues");
            if (!row.IsObject() || textOr(*find(row, "status"), "S") != textOr(*find(values, ":before"), "S"))
                return {.status = 400, .body = R"({"__type":"x#ConditionalCheckFailedException"})"};
            for (const auto& member : values.GetObject())
                if (const auto name = view(member.name).substr(1); name != "before" && name != "now") set(row, name, copy(member.value));
            return {.status = 200, .body = writeJson(object({{"Attributes", copy(row)}}))};
        };
        intent("requires_confirmation");
        answer("POST /v1/payment_intents", object({{"id", "pi_1"}}));
        answer("POST /v1/payment_intents/pi_1/confirm", object({{"id", "pi_1"}, {"status", "succeeded"}}));
        answer("POST /v1/refunds", object({{"id", "re_1"}}));
    }
    void intent(const char* status) { answer("GET /v1/payment_intents/pi_1", object({{"id", "pi_1"}, {"status", status}})); }
    std::string status() const { return textOr(*find(row, "status"), "S"); }
    int count(const std::string& operation) const {
        int found = 0;
        for (const auto& call : calls) found += call.operation == operation;
        return found;
    }
    std::string lastEvent() const {
        for (auto call = calls.rbegin(); call != calls.rend(); ++call)
            if (call->operation == "PutEvents") return textOr((*find(call->body, "Entries"))[0], "DetailType");
        return "";
    }
    Json order() const {
        return parseJson(R"({"orderId":"ORDER#1","userId":"USER#1","email":"a@example.com","totalAmount":"25.98","currency":"INR","method":"CARD","paymentMethod":"pm_card_visa"})");
    }
};

std::string errorOf(PaymentBench& bench, Context& context) {
    try {
        takePayment(bench.order(), context);
    } catch (const LambdaError& error) {
        return error.type();
    }
    return "";
}

}  // namespace

TEST_CASE("a payment is prepared, written down, then charged, then announced") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    const auto payment = takePayment(bench.order(), context);
    CHECK(textOr(payment, "paymentId") == "PAY#1");
    CHECK(textOr(payment, "amount") == "25.98");
    CHECK(bench.status() == "SUCCEEDED");
    CHECK(bench.operations() == std::vector<std::string>{"PutItem", "POST /v1/payment_intents", "UpdateItem", "GET /v1/payment_intents/pi_1",
                                                         "POST /v1/payment_intents/pi_1/confirm", "UpdateItem", "PutEvents"});
    CHECK(bench.calls[1].text.find("amount=2598&currency=inr") != std::string::npos);
    CHECK(bench.lastEvent() == "PaymentSuccess");
}

TEST_CASE("a second call takes no more money") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    takePayment(bench.order(), context);
    CHECK(textOr(takePayment(bench.order(), context), "status") == "SUCCEEDED");
    CHECK(bench.count("POST /v1/payment_intents/pi_1/confirm") == 1);
}

TEST_CASE("a charge whose answer was lost is found to be made") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    bench.answers["POST /v1/payment_intents/pi_1/confirm"] = [](const auto&) -> HttpResponse { throw ConnectionError("timed out"); };
    CHECK(errorOf(bench, context) == "PaymentGatewayUnavailable");
    bench.intent("succeeded");
    takePayment(bench.order(), context);
    CHECK(bench.count("POST /v1/payment_intents") == 1);
    CHECK(bench.count("POST /v1/payment_intents/pi_1/confirm") == 1);
    CHECK(bench.status() == "SUCCEEDED");
}

TEST_CASE("a declined card is final") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    bench.answer("POST /v1/payment_intents/pi_1/confirm",
                 parseJson(R"({"error":{"code":"card_declined","decline_code":"insufficient_funds","message":"Your card has insufficient funds."}})"), 402);
    CHECK(errorOf(bench, context) == "PaymentDeclined");
    CHECK(bench.status() == "FAILED");
    CHECK(bench.lastEvent() == "PaymentFailed");
    CHECK(errorOf(bench, context) == "PaymentDeclined");
    CHECK(bench.count("POST /v1/payment_intents/pi_1/confirm") == 1);
    const auto back = givePaymentBack("ORDER#1", "x", context);
    CHECK_FALSE(find(back, "refunded")->GetBool());
    CHECK(bench.count("POST /v1/refunds") == 0);
}

TEST_CASE("what was captured goes back once") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    takePayment(bench.order(), context);
    bench.intent("succeeded");
    CHECK(textOr(givePaymentBack("ORDER#1", "returned", context), "refundId") == "re_1");
    CHECK(bench.status() == "REFUNDED");
    CHECK(bench.lastEvent() == "PaymentRefunded");
    CHECK(textOr(givePaymentBack("ORDER#1", "returned", context), "refundId") == "re_1");
    CHECK(bench.count("POST /v1/refunds") == 1);
}

TEST_CASE("a payment given up while it was under way takes nothing") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    bench.answers["POST /v1/payment_intents/pi_1/confirm"] = [&](const auto&) -> HttpResponse {
        set(bench.row, "status", S("CANCELLED"));   // the compensation ran in between
        bench.intent("succeeded");
        return {.status = 200, .body = R"({"id":"pi_1","status":"succeeded"})"};
    };
    CHECK(errorOf(bench, context) == "PaymentDeclined");
    CHECK(bench.count("POST /v1/refunds") == 1);
    CHECK(bench.status() == "CANCELLED");
}

TEST_CASE("an order that was never paid needs no gateway to be given up") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    CHECK_FALSE(find(givePaymentBack("ORDER#1", "x", context), "refunded")->GetBool());
    CHECK(bench.operations() == std::vector<std::string>{"UpdateItem", "GetItem"});
}
