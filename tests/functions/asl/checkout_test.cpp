// checkout.asl.json against the interpreter, the shop's functions played by a script. A program of its own: the
// interpreter's JSON and the SDK's are different libraries.

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "tests/asl/host.h"

namespace backlot::asl {
namespace {

const char* kOrder =
    R"({"orderId":"ORDER#1","userId":"USER#1","email":"a@example.com","items":[{"productId":"PROD#1","name":"Bowl","qty":2,"price":"12.99"}],)"
    R"("totalAmount":"25.98","currency":"INR","method":"CARD","paymentMethod":"pm_card_visa"})";

std::string definition() {
    std::ifstream file(std::string(BACKLOT_SOURCE_DIR) + "/functions/checkout.asl.json");
    std::stringstream text;
    text << file.rdbuf();
    std::string out = text.str();
    for (std::size_t at; (at = out.find("${")) != std::string::npos;) {  // what DefinitionSubstitutions fill in
        const auto name = out.substr(at + 2, out.find('}', at) - at - 2);
        const auto value =
            name.ends_with("FunctionArn") ? "arn:aws:lambda:us-east-1:000000000000:function:" + name : name;
        out.replace(at, name.size() + 3, value);
    }
    return out;
}

struct Failure {
    std::string error, cause;
};

/// The shop: every step works unless `failures` says otherwise, and for how many tries.
struct Shop {
    struct Trouble {
        Failure failure;
        int tries;
    };
    std::map<std::string, Trouble> failures;
    std::string closedAs = "CANCELLED";  // what cancel-order finds or makes of the order

    std::string answer(const std::string& state) const {
        const auto lambda = [](const std::string& payload) {
            return R"({"StatusCode":200,"Payload":)" + payload + "}";
        };
        if (state == "validateOrder") return lambda(kOrder);
        if (state == "processPayment") return lambda(R"({"paymentId":"PAY#1","status":"SUCCESS"})");
        if (state == "retryPaymentLater") return R"({"paymentId":"PAY#1","status":"SUCCESS"})";
        if (state == "publishEvent") return R"({"Entries":[{"EventId":"e"}],"FailedEntryCount":0})";
        if (state == "alertAdmin") return R"({"MessageId":"m"})";
        if (state == "releaseInventory") return lambda(R"({"orderId":"ORDER#1","released":true})");
        if (state == "refundPayment") return lambda(R"({"orderId":"ORDER#1","refunded":true})");
        if (state == "cancelOrder" || state == "settleOrder")
            return lambda(R"({"orderId":"ORDER#1","status":")" + closedAs +
                          R"(","userId":"USER#1","email":"a@example.com","reason":"why"})");
        return lambda(R"({"orderId":"ORDER#1","status":"DONE"})");
    }
};

struct Outcome {
    ExecutionStatus status;
    std::string error, output, path;  // path: the tasks in order, each try of them
    std::vector<StartTask> tasks;
    Time now;
};

Outcome checkout(Shop shop) {
    const auto compiled = compile(definition());
    for (const auto& each : compiled.diagnostics) INFO(each.location << ": " << each.message);
    REQUIRE(compiled.machine);
    REQUIRE(compiled.diagnostics.empty());
    Host host([&](const StartTask& task) -> std::vector<Event> {
        const auto trouble = shop.failures.find(task.stateName);
        if (trouble != shop.failures.end() && trouble->second.tries-- > 0)
            return {TaskFailed{task.attempt, trouble->second.failure.error, trouble->second.failure.cause}};
        std::vector<Event> events;
        if (task.taskToken)
            events.emplace_back(TaskSubmitted{task.attempt, Payload(std::string(R"({"MessageId":"m"})"))});
        events.emplace_back(TaskSucceeded{task.attempt, Payload(shop.answer(task.stateName))});
        return events;
    });
    host.throughBytes = true;
    auto run = host.run(compiled.machine, Payload(std::string(R"({"orderId":"ORDER#1"})")));
    Outcome outcome{run.execution.status(), "", "", "", run.tasks, host.now};
    for (const auto& task : run.tasks) outcome.path += (outcome.path.empty() ? "" : " ") + task.stateName;
    if (outcome.status == ExecutionStatus::succeeded)
        outcome.output = run.execution.output().text();
    else
        outcome.error = run.execution.error().value_or("");
    return outcome;
}

std::string parametersOf(const Outcome& outcome, std::string_view state) {
    for (const auto& task : outcome.tasks)
        if (task.stateName == state) return task.parameters.text();
    return "";
}

const std::string kForward =
    "validateOrder checkInventory processPayment updateInventory createOrderRecord sendNotification publishEvent";

}  // namespace

TEST_CASE("a checkout goes forward to a confirmed order") {
    const auto outcome = checkout({});
    CHECK(outcome.status == ExecutionStatus::succeeded);
    CHECK(outcome.path == kForward);
    CHECK(outcome.output == R"({"orderId":"ORDER#1","paymentId":"PAY#1","status":"CONFIRMED"})");
    CHECK(parametersOf(outcome, "publishEvent").find(R"("DetailType":"order.done")") != std::string::npos);
}

TEST_CASE("a declined card releases the stock, fails the payment and tells the customer") {
    const auto outcome = checkout(
        {.failures = {{"processPayment", {{"PaymentDeclined", "no money"}, 1}}}, .closedAs = "PAYMENT_FAILED"});
    CHECK(outcome.status == ExecutionStatus::failed);
    CHECK(outcome.error == "PaymentDeclined");
    CHECK(outcome.path ==
          "validateOrder checkInventory processPayment releaseInventory refundPayment cancelOrder "
          "sendFailureNotification");
    CHECK(parametersOf(outcome, "cancelOrder").find(R"("status":"PAYMENT_FAILED")") != std::string::npos);
    CHECK(parametersOf(outcome, "sendFailureNotification").find(R"("template":"PAYMENT_FAILED")") != std::string::npos);
}

TEST_CASE("what is out of stock costs nothing") {
    const auto outcome = checkout({.failures = {{"checkInventory", {{"OutOfStock", "none left"}, 1}}}});
    CHECK(outcome.error == "OutOfStock");
    CHECK(outcome.path ==
          "validateOrder checkInventory releaseInventory refundPayment cancelOrder sendFailureNotification");
    CHECK(parametersOf(outcome, "cancelOrder").find(R"("status":"CANCELLED")") != std::string::npos);
}

TEST_CASE("an order that is not to be checked out is left as it is") {
    const auto outcome = checkout(
        {.failures = {{"validateOrder", {{"InvalidOrder", "CONFIRMED already"}, 1}}}, .closedAs = "CONFIRMED"});
    CHECK(outcome.error == "InvalidOrder");
    CHECK(outcome.path == "validateOrder cancelOrder");
}

TEST_CASE("a passing trouble is tried again") {
    const auto outcome = checkout({.failures = {{"updateInventory", {{"Lambda.ServiceException", ""}, 3}}}});
    CHECK(outcome.status == ExecutionStatus::succeeded);
    CHECK(outcome.path ==
          "validateOrder checkInventory processPayment updateInventory updateInventory updateInventory updateInventory "
          "createOrderRecord "
          "sendNotification publishEvent");
}

TEST_CASE("after the payment, goods and money go back") {
    const auto outcome = checkout({.failures = {{"updateInventory", {{"OutOfStock", "gone"}, 1}}}});
    CHECK(outcome.path ==
          "validateOrder checkInventory processPayment updateInventory releaseInventory refundPayment cancelOrder "
          "sendFailureNotification");
}

TEST_CASE("a gateway that stays away is tried from the queue") {
    Shop shop{.failures = {{"processPayment", {{"PaymentGatewayUnavailable", "503"}, 5}}}};
    const auto outcome = checkout(shop);
    CHECK(outcome.status == ExecutionStatus::succeeded);
    CHECK(outcome.path ==
          "validateOrder checkInventory processPayment processPayment processPayment processPayment processPayment "
          "retryPaymentLater "
          "updateInventory createOrderRecord sendNotification publishEvent");
    const auto message = parametersOf(outcome, "retryPaymentLater");
    CHECK(message.find(R"("taskToken":)") != std::string::npos);
    CHECK(message.find(R"("totalAmount":"25.98")") != std::string::npos);
    shop.failures["retryPaymentLater"] = {{"PaymentDeclined", "no money"}, 1};
    CHECK(checkout(shop).error == "PaymentDeclined");
}

TEST_CASE("a mail that fails fails no order") {
    const auto outcome = checkout({.failures = {{"sendNotification", {{"Lambda.Unknown", "crash"}, 99}}}});
    CHECK(outcome.status == ExecutionStatus::succeeded);
    CHECK(outcome.path.ends_with("sendNotification sendNotification publishEvent"));
}

TEST_CASE("when nobody knows whether an order was confirmed, closing it tells") {
    Shop shop{.failures = {{"createOrderRecord", {{"States.Timeout", ""}, 99}}}};
    shop.closedAs = "CONFIRMED";
    const auto confirmed = checkout(shop);
    CHECK(confirmed.status == ExecutionStatus::succeeded);
    CHECK(confirmed.path.ends_with("settleOrder sendNotification publishEvent"));
    shop.closedAs = "CANCELLED";
    const auto closed = checkout(shop);
    CHECK(closed.error == "States.Timeout");
    CHECK(closed.path.ends_with("settleOrder releaseInventory refundPayment cancelOrder sendFailureNotification"));
}

TEST_CASE("what cannot be undone is a human's business") {
    const auto outcome = checkout(
        {.failures = {{"updateInventory", {{"OutOfStock", ""}, 1}}, {"refundPayment", {{"Lambda.Unknown", ""}, 99}}}});
    CHECK(outcome.path.ends_with("refundPayment alertAdmin cancelOrder sendFailureNotification"));
    CHECK(parametersOf(outcome, "alertAdmin").find("could not be undone") != std::string::npos);
    const auto stock = checkout({.failures = {{"updateInventory", {{"OutOfStock", ""}, 1}},
                                              {"releaseInventory", {{"Lambda.Unknown", ""}, 99}}}});
    CHECK(stock.path.ends_with("releaseInventory refundPayment alertAdmin cancelOrder sendFailureNotification"));
}

}  // namespace backlot::asl
