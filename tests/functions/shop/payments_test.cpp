#include "functions/payment/payments.h"

#include <doctest/doctest.h>

#include "tests/functions/bench.h"

using namespace shop;

namespace {

std::string textOf(const Json& row, std::string_view name) {
    const auto value = find(row, name);
    return value ? textOr(*value, "S", textOr(*value, "N")) : "";
}

/// Whether the conditions of payments.cpp and claims.cpp hold of a row.
bool holds(const Json& row, std::string_view condition, const Json& values) {
    const auto says = [&](std::string_view text) { return condition.find(text) != std::string_view::npos; };
    const auto value = [&](const char* name) { return textOf(values, name); };
    if (says("#status = :before")) return textOf(row, "status") == value(":before");
    if (says("claimedBy = :owner"))
        return textOf(row, "claimedBy") == value(":owner") && textOf(row, "attempts") == value(":attempt") &&
               (!says(":pending") || textOf(row, "status") == "PENDING");
    if (!says("claimedUntil < :moment") || textOf(row, "status") != "PENDING") return false;
    return !find(row, "claimedUntil") || std::stoll(textOf(row, "claimedUntil")) < std::stoll(value(":moment"));
}

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
            return HttpResponse{.status = 200,
                                .body = row.IsObject() ? writeJson(object({{"Item", copy(row)}})) : "{}"};
        };
        answers["UpdateItem"] = [this](const Call& call) -> HttpResponse {
            const auto& values = *find(call.body, "ExpressionAttributeValues");
            if (!row.IsObject() || !holds(row, textOr(call.body, "ConditionExpression"), values))
                return {.status = 400, .body = R"({"__type":"x#ConditionalCheckFailedException"})"};
            const auto update = textOr(call.body, "UpdateExpression");
            if (update.starts_with("REMOVE claimedBy, claimedUntil"))
                for (const char* name : {"claimedBy", "claimedUntil"}) row.RemoveMember(name);
            for (const auto& member : values.GetObject())
                if (const std::string name(view(member.name).substr(1));
                    update.find(" = :" + name) != std::string::npos)
                    set(row,
                        name == "owner"   ? "claimedBy"
                        : name == "until" ? "claimedUntil"
                                          : name,
                        copy(member.value));
            if (update.find("attempts = ") != std::string::npos)
                set(row, "attempts", N(Item(copy(row)).integer("attempts") + 1));
            return {.status = 200, .body = writeJson(object({{"Attributes", copy(row)}}))};
        };
        intent("requires_confirmation");
        answer("POST /v1/payment_intents", object({{"id", "pi_1"}}));
        answer("POST /v1/payment_intents/pi_1/confirm", object({{"id", "pi_1"}, {"status", "succeeded"}}));
        answer("POST /v1/refunds", object({{"id", "re_1"}}));
    }
    void intent(const char* status) {
        answer("GET /v1/payment_intents/pi_1", object({{"id", "pi_1"}, {"status", status}}));
    }
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
        return parseJson(
            R"({"orderId":"ORDER#1","userId":"USER#1","email":"a@example.com","totalAmount":"25.98","currency":"INR","method":"CARD","paymentMethod":"pm_card_visa"})");
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
    CHECK(writeJson(payment) == R"({"paymentId":"PAY#1","status":"SUCCESS"})");
    CHECK(bench.status() == "SUCCESS");
    CHECK(bench.operations() == std::vector<std::string>{"PutItem", "UpdateItem", "POST /v1/payment_intents",
                                                         "UpdateItem", "UpdateItem", "GET /v1/payment_intents/pi_1",
                                                         "POST /v1/payment_intents/pi_1/confirm", "UpdateItem",
                                                         "PutEvents"});
    CHECK(bench.calls[2].text.find("amount=2598&currency=inr") != std::string::npos);
    CHECK(bench.lastEvent() == "PaymentSuccess");
}

TEST_CASE("a second call takes no more money") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    takePayment(bench.order(), context);
    CHECK(textOr(takePayment(bench.order(), context), "status") == "SUCCESS");
    CHECK(bench.count("POST /v1/payment_intents/pi_1/confirm") == 1);
}

TEST_CASE("a charge whose answer was lost is found to be made") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    bench.answers["POST /v1/payment_intents/pi_1/confirm"] = [](const auto&) -> HttpResponse {
        throw ConnectionError("timed out");
    };
    CHECK(errorOf(bench, context) == "PaymentGatewayUnavailable");
    bench.intent("succeeded");
    takePayment(bench.order(), context);
    CHECK(bench.count("POST /v1/payment_intents") == 1);
    CHECK(bench.count("POST /v1/payment_intents/pi_1/confirm") == 1);
    CHECK(bench.status() == "SUCCESS");
}

TEST_CASE("a declined card is final") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    bench.answer(
        "POST /v1/payment_intents/pi_1/confirm",
        parseJson(
            R"({"error":{"code":"card_declined","decline_code":"insufficient_funds","message":"Your card has insufficient funds."}})"),
        402);
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
        set(bench.row, "status", S("CANCELLED"));  // the compensation ran in between: the claim had run out
        bench.intent("succeeded");
        return {.status = 200, .body = R"({"id":"pi_1","status":"succeeded"})"};
    };
    CHECK(errorOf(bench, context) == "PaymentDeclined");
    CHECK(bench.count("POST /v1/refunds") == 1);
    CHECK(bench.status() == "REFUNDED");
    CHECK(bench.lastEvent() == "PaymentRefunded");
}

TEST_CASE(
    "a payment that another invocation is at work on is left alone, by who takes money and by who gives it back") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    bench.answers["POST /v1/payment_intents/pi_1/confirm"] = [&](const auto&) -> HttpResponse {
        Context other(bench.invocation(), bench.warm);  // of the same id: the event was delivered twice
        CHECK(errorOf(bench, other) == "InProgress");
        CHECK_THROWS_AS(givePaymentBack("ORDER#1", "x", other), LambdaError);
        return {.status = 200, .body = R"({"id":"pi_1","status":"succeeded"})"};
    };
    takePayment(bench.order(), context);
    CHECK(bench.count("POST /v1/payment_intents") == 1);
    CHECK(bench.count("POST /v1/payment_intents/pi_1/confirm") == 1);
    CHECK(bench.status() == "SUCCESS");
}

TEST_CASE(
    "what a dead invocation held is free when it must have ended, and its successor goes on from what it wrote down") {
    PaymentBench bench;
    bench.settings["RAZORPAY_API_BASE"] = "http://razorpay";
    bench.settings["RAZORPAY_KEY_ID"] = bench.settings["RAZORPAY_KEY_SECRET"] = "rzp_test";
    bench.row = parseJson(
        R"({"paymentId":{"S":"PAY#1"},"orderId":{"S":"ORDER#1"},"status":{"S":"PENDING"},"amount":{"N":"25.98"},"method":{"S":"UPI"},
        "vpa":{"S":"success@razorpay"},"preparedId":{"S":"order_1"},"claimedBy":{"S":"the dead one"},"claimedUntil":{"N":"1767603635000"},"attempts":{"N":"1"}})");
    bench.answer("GET /v1/orders/order_1/payments", parseJson(R"({"items":[{"id":"pay_1","status":"authorized"}]})"));
    bench.answer("GET /v1/payments/pay_1", parseJson(R"({"id":"pay_1","status":"authorized"})"));
    bench.answer("POST /v1/payments/pay_1/capture", parseJson(R"({"id":"pay_1","status":"captured"})"));
    {
        Context context(bench.invocation(), bench.warm);
        CHECK(errorOf(bench, context) == "InProgress");
    }
    bench.timeMs = 1'767'603'635'001;
    Context context(bench.invocation(), bench.warm);
    takePayment(bench.order(), context);
    CHECK(bench.status() == "SUCCESS");
    CHECK(textOf(bench.row, "chargeId") == "pay_1");
    CHECK(bench.count("POST /v1/payments/create/upi") == 0);
    CHECK(bench.count("POST /v1/payments/pay_1/capture") == 1);
}

TEST_CASE("who has lost its claim captures nothing") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    bench.answers["POST /v1/payment_intents"] = [&](const auto&) -> HttpResponse {
        set(bench.row, "claimedBy", S("its successor"));
        return {.status = 200, .body = R"({"id":"pi_1"})"};
    };
    CHECK(errorOf(bench, context) == "InProgress");
    CHECK(bench.count("POST /v1/payment_intents/pi_1/confirm") == 0);
    CHECK(textOf(bench.row, "claimedBy") == "its successor");
}

TEST_CASE("a capture that is refused because it is made already is a capture") {
    PaymentBench bench;
    bench.settings["RAZORPAY_API_BASE"] = "http://razorpay";
    bench.settings["RAZORPAY_KEY_ID"] = bench.settings["RAZORPAY_KEY_SECRET"] = "rzp_test";
    Context context(bench.invocation(), bench.warm);
    bench.answer("POST /v1/orders", parseJson(R"({"id":"order_1"})"));
    bench.answer("POST /v1/payments/create/upi", parseJson(R"({"razorpay_payment_id":"pay_1"})"));
    bench.answer("GET /v1/payments/pay_1", parseJson(R"({"id":"pay_1","status":"authorized"})"));
    bench.answers["POST /v1/payments/pay_1/capture"] = [&](const auto&) -> HttpResponse {
        bench.answer("GET /v1/payments/pay_1", parseJson(R"({"id":"pay_1","status":"captured"})"));
        return {
            .status = 400,
            .body = R"({"error":{"code":"BAD_REQUEST_ERROR","description":"This payment has already been captured"}})"};
    };
    auto order = bench.order();
    set(order, "method", "UPI");
    set(order, "vpa", "success@razorpay");
    CHECK(textOr(takePayment(order, context), "status") == "SUCCESS");
    CHECK(find(bench.calls[2].body, "unique_receipt")->GetBool());
}

TEST_CASE("an order that was never paid needs no gateway to be given up") {
    PaymentBench bench;
    Context context(bench.invocation(), bench.warm);
    CHECK_FALSE(find(givePaymentBack("ORDER#1", "x", context), "refunded")->GetBool());
    CHECK(bench.operations() == std::vector<std::string>{"UpdateItem", "GetItem"});
}

TEST_CASE("the same invocation, run again after its process died, does not own what the dead one claimed") {
    PaymentBench bench;
    bench.answers["POST /v1/payment_intents"] = [](const auto&) -> HttpResponse {
        throw std::logic_error("the process dies here");
    };
    {
        Context context(bench.invocation(), bench.warm);
        CHECK_THROWS_AS(takePayment(bench.order(), context), std::logic_error);
    }
    bench.calls.clear();
    Context again(bench.invocation(), bench.warm);
    CHECK(errorOf(bench, again) == "InProgress");
    CHECK(bench.count("POST /v1/payment_intents") == 0);
}
