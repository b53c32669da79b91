#include "functions/shop/request.h"

#include <doctest/doctest.h>

#include "functions/notification/notifications.h"
#include "functions/sdk/errors.h"
#include "functions/shop/auth.h"
#include "functions/shop/orders.h"
#include "tests/functions/bench.h"

using namespace shop;

namespace {

template <typename Function>
std::string refusal(Function&& function, int status = 400) {
    try {
        function();
    } catch (const HttpError& error) {
        CHECK(error.status() == status);
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a field that is missing or wrong is named") {
    const auto body = parseJson(R"({"name":"  ","stock":2.5,"price":1.999,"quantity":0,"email":"a@b"})");
    CHECK(refusal([&] { requiredText(body, "category"); }) == "category is required.");
    CHECK(refusal([&] { requiredText(body, "name"); }) == "name must not be empty.");
    CHECK(refusal([&] { requiredText(body, "stock"); }) == "stock must be text.");
    CHECK(refusal([&] { requiredInteger(body, "stock", 0, 10); }) == "stock must be a whole number from 0 to 10.");
    CHECK(refusal([&] { requiredInteger(body, "quantity", 1, 10); }) ==
          "quantity must be a whole number from 1 to 10.");
    CHECK(refusal([&] { requiredMoney(body, "price"); }) ==
          "price must be an amount of more than 0 with at most two decimals.");
    CHECK(refusal([&] { requiredEmail(body, "email"); }) == "email must be an e-mail address.");
}

TEST_CASE("e-mail addresses compare in lower case") {
    const auto of = [](const char* email) { return requiredEmail(object({{"email", email}}), "email"); };
    CHECK(of(" Jimmy@Example.COM ") == "jimmy@example.com");
    for (const char* bad :
         {"@example.com", "a@.com", "a@b@c.com", "a b@example.com", "a@example.", "a@example.com,b@example.com", "a"})
        CHECK(refusal([&] { of(bad); }) == "email must be an e-mail address.");
}

TEST_CASE("the lines of an order add up by product") {
    const auto lines = requestedLines(
        parseJson(
            R"({"cartItems":[{"productId":"PROD#1","qty":2},{"productId":"PROD#1","quantity":3},{"productId":"PROD#2","qty":1}]})"),
        "cartItems");
    CHECK(lines.at("PROD#1") == 5);
    CHECK(lines.size() == 2);
    for (const char* bad :
         {R"({})", R"({"cartItems":[]})", R"({"cartItems":{}})", R"({"cartItems":[1]})", R"({"cartItems":[{"qty":1}]})",
          R"({"cartItems":[{"productId":"P","qty":0}]})", R"({"cartItems":[{"productId":"P","qty":"1"}]})"})
        CHECK_FALSE(refusal([&] { requestedLines(parseJson(bad), "cartItems"); }).empty());
}

TEST_CASE("a payment is by card or by UPI") {
    CHECK(requestedPayment(parseJson(R"({"method":"CARD","paymentMethod":"pm_card_visa"})")).paymentMethod ==
          "pm_card_visa");
    CHECK(requestedPayment(parseJson(R"({"method":"UPI","vpa":"success@razorpay"})")).vpa == "success@razorpay");
    CHECK(refusal([] { requestedPayment(parseJson(R"({"method":"CARD"})")); }) == "paymentMethod is required.");
    CHECK(refusal([] { requestedPayment(parseJson(R"({"method":"UPI","vpa":"nobody"})")); }) ==
          "vpa must be a virtual payment address, name@bank.");
    CHECK(refusal([] { requestedPayment(parseJson(R"({"method":"CASH"})")); }) == "method must be CARD or UPI.");
}

TEST_CASE("who calls is known by the token, and only administrators pass as such") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    const auto event = [&](const std::string& header) {
        return bench::apiEvent(object(), object({{"authorization", header}}));
    };
    const auto customer = event("Bearer " + issueToken(context, {"USER#1", "a@example.com", "customer"}));
    CHECK(authenticate(ApiRequest(customer), context).userId == "USER#1");
    CHECK(refusal([&] { authenticateAdmin(ApiRequest(customer), context); }, 403) ==
          "Only an administrator may do this.");
    const auto admin = event("bearer " + issueToken(context, {"USER#2", "b@example.com", "admin"}));
    CHECK(authenticateAdmin(ApiRequest(admin), context).email == "b@example.com");
    const auto none = bench::apiEvent(object());
    CHECK(refusal([&] { authenticate(ApiRequest(none), context); }, 401) == "Authorization must be a Bearer token.");
    aws.timeMs += 86'400'000;  // a day later
    Context tomorrow(aws.invocation(), aws.warm);
    CHECK(refusal([&] { authenticate(ApiRequest(customer), tomorrow); }, 401) ==
          "The token is invalid or has expired.");
}

TEST_CASE("one Idempotency-Key is one order, and a different request with it is refused") {
    bench::Bench aws;
    Context context(aws.invocation(), aws.warm);
    const Caller caller{"USER#1", "a@example.com", "customer"};
    const auto event = bench::apiEvent(parseJson(R"({"method":"CARD"})"), object({{"Idempotency-Key", "k1"}}));
    const auto first = requestIdentity(ApiRequest(event), caller, context);
    CHECK_FALSE(first.existing);
    CHECK(first.orderId == requestIdentity(ApiRequest(event), caller, context).orderId);
    CHECK(first.orderId != requestIdentity(ApiRequest(event), {"USER#2", "", ""}, context).orderId);
    aws.answer("GetItem", object({{"Item", object({{"orderId", S(first.orderId)},
                                                   {"totalAmount", N(1)},
                                                   {"requestHash", S(first.requestHash)}})}}));
    CHECK(requestIdentity(ApiRequest(event), caller, context).existing->orderId == first.orderId);
    const auto other = bench::apiEvent(parseJson(R"({"method":"UPI"})"), object({{"Idempotency-Key", "k1"}}));
    CHECK(refusal([&] { requestIdentity(ApiRequest(other), caller, context); }, 409) ==
          "Idempotency-Key was used for a different request.");
}

TEST_CASE("a page's token is what was given out") {
    const auto key = object({{"productId", S("PROD#1")}});
    const auto event = bench::apiEvent(object(), object(), Json(), object({{"nextToken", pageToken(key)}}));
    CHECK(writeJson(*pageKey(ApiRequest(event))) == writeJson(key));
    const auto forged = bench::apiEvent(object(), object(), Json(), object({{"nextToken", "zzz"}}));
    CHECK(refusal([&] { pageKey(ApiRequest(forged)); }) == "nextToken is not one that was given out.");
}

TEST_CASE("a mail says what was bought and what it cost") {
    const auto mail = compose(
        "ORDER_CONFIRMED",
        parseJson(
            R"({"orderId":"ORDER#1","items":[{"qty":2,"name":"Bowl","price":"12.99"}],"totalAmount":"25.98","currency":"INR"})"));
    CHECK(mail.subject == "Your order ORDER#1 is confirmed");
    CHECK(mail.text.find("2 x Bowl at 12.99") != std::string::npos);
    CHECK(mail.text.find("25.98 INR") != std::string::npos);
    CHECK_THROWS_AS(compose("NONSENSE", object()), LambdaError);
}
