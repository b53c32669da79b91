#include "emulator/cli/trace_tree.h"

#include <doctest/doctest.h>

using namespace backlot;
using namespace backlot::cli;

namespace {

/// Entries as the control API gives them; times and costs where a test needs them.
struct TraceBench {
    Json events = Json(rapidjson::kArrayType);

    TraceBench& add(int sequence, int parent, const char* kind, const char* service, const char* operation,
                    const char* resource, Json more = object()) {
        Json entry = object({{"sequence", sequence},
                             {"parent", parent},
                             {"kind", kind},
                             {"service", service},
                             {"operation", operation},
                             {"resource", resource},
                             {"start", "2026-01-05T09:00:00.000Z"},
                             {"end", "2026-01-05T09:00:00.000Z"}});
        for (auto& member : more.GetObject()) set(entry, view(member.name), std::move(member.value));
        push(events, std::move(entry));
        return *this;
    }
    Json plumbing() { return object({{"internal", true}}); }
    std::string drawn(bool everything = false) const {
        std::string text;
        for (auto& line : drawHops(hopsOf(events, everything), {})) {
            line.erase(line.rfind('+'));  // the columns
            while (line.ends_with(' ')) line.pop_back();
            text += line + "\n";
        }
        return text;
    }
};

}  // namespace

TEST_CASE("a function's invocation stands for the call that asked for it, and its calls hang below") {
    TraceBench bench;
    bench.add(1, 0, "call", "apigateway", "HandleRequest", "en3hmx9dkr/Prod POST /checkout", bench.plumbing())
        .add(2, 1, "job", "lambda", "Invoke", "checkoutLambda")
        .add(3, 2, "invocation", "lambda", "Invocation", "checkoutLambda")
        .add(4, 3, "call", "dynamodb", "PutItem", "Orders")
        .add(5, 3, "call", "lambda", "InvocationEnded", "checkoutLambda", bench.plumbing())
        .add(6, 5, "call", "logs", "AppendLogs", "/aws/lambda/checkoutLambda", bench.plumbing())
        .add(7, 2, "job", "apigateway", "ReceiveAnswer", "", bench.plumbing());
    CHECK(bench.drawn() ==
          "apigateway POST /checkout  en3hmx9dkr/Prod\n"
          "└─ lambda checkoutLambda\n"
          "   └─ dynamodb PutItem Orders\n");
}

TEST_CASE("states of an execution hang below it, and what their tasks did below them") {
    TraceBench bench;
    const char* execution = "arn:aws:states:us-east-1:000000000000:execution:checkout:ORDER-1001";
    bench.add(1, 0, "call", "states", "StartExecution", execution)
        .add(2, 1, "transition", "states", "ExecutionStarted", "ORDER-1001")
        .add(3, 1, "transition", "states", "TaskStateEntered", "ORDER-1001/processPayment")
        .add(4, 3, "job", "lambda", "Invoke", "process-payment")
        .add(5, 4, "invocation", "lambda", "Invocation", "process-payment", object({{"error", "Unhandled"}}))
        .add(6, 1, "transition", "states", "ExecutionFailed", "ORDER-1001");
    CHECK(bench.drawn() ==
          "states StartExecution checkout/ORDER-1001\n"
          "├─ processPayment  Task\n"
          "│  └─ lambda process-payment  ✗ Unhandled\n"
          "└─ ExecutionFailed\n");
}

TEST_CASE("an event is told with how many rules it matched, and its targets hang below") {
    TraceBench bench;
    Json detail = object({{"detail-type", "OrderCreated"},
                          {"matched", list({"start-checkout"})},
                          {"mismatched", object({{"email", "detail-type"}, {"audit", "source"}})}});
    bench.add(1, 0, "call", "events", "PutEvents", "shop-bus")
        .add(2, 1, "delivery", "events", "Match", "shop-bus", object({{"detail", std::move(detail)}}))
        .add(3, 1, "job", "lambda", "Invoke", "start-checkout")
        .add(4, 3, "job", "lambda", "RunEvent", "start-checkout", bench.plumbing())
        .add(5, 4, "invocation", "lambda", "Invocation", "start-checkout")
        .add(6, 3, "job", "events", "TargetAnswered", "arn:aws:lambda:us-east-1:000000000000:function:start-checkout",
             bench.plumbing())
        .add(7, 6, "delivery", "events", "Deliver", "arn:aws:lambda:us-east-1:000000000000:function:start-checkout");
    CHECK(bench.drawn() ==
          "events PutEvents shop-bus  OrderCreated → 1 of 3 rules\n"
          "└─ lambda start-checkout\n");
}

TEST_CASE("an execution's change of status, which nobody put, is shown where somebody wants it") {
    const auto withMatches = [](Json matched) {
        TraceBench bench;
        Json detail = object({{"detail-type", "Step Functions Execution Status Change"},
                              {"matched", std::move(matched)},
                              {"mismatched", object({{"audit", "source"}})}});
        bench.add(1, 0, "call", "states", "StartExecution", "checkout")
            .add(2, 1, "job", "events", "PutEvents", "default")
            .add(3, 2, "delivery", "events", "Match", "default", object({{"detail", std::move(detail)}}));
        return bench.drawn();
    };
    CHECK(withMatches(list()) == "states StartExecution checkout\n");
    CHECK(withMatches(list({"watch"})) ==
          "states StartExecution checkout\n└─ events PutEvents default  Step Functions Execution Status Change → 1 of "
          "2 rules\n");
}

TEST_CASE("a poll of a queue is shown where it found something, without how it looked") {
    TraceBench bench;
    bench.add(1, 0, "call", "sqs", "SendMessage", "analytics-queue")
        .add(2, 1, "job", "lambda", "PollQueue", "arn:aws:sqs:us-east-1:000000000000:analytics-queue", bench.plumbing())
        .add(3, 2, "call", "sqs", "ReceiveMessage", "analytics-queue")
        .add(4, 2, "job", "lambda", "Invoke", "analytics-service")
        .add(5, 4, "invocation", "lambda", "Invocation", "analytics-service")
        .add(6, 4, "job", "lambda", "QueueBatchEnded", "analytics-queue", bench.plumbing())
        .add(7, 6, "call", "sqs", "DeleteMessageBatch", "analytics-queue")
        .add(8, 6, "job", "lambda", "PollQueue", "arn:aws:sqs:us-east-1:000000000000:analytics-queue", bench.plumbing())
        .add(9, 8, "call", "sqs", "ReceiveMessage", "analytics-queue");
    CHECK(bench.drawn() ==
          "sqs SendMessage analytics-queue\n"
          "└─ sqs queue analytics-queue\n"
          "   └─ lambda analytics-service\n");
    CHECK(bench.drawn(true).find("lambda QueueBatchEnded") != std::string::npos);
}

TEST_CASE(
    "a hop's time is that of the world's clock since the trace began; its length the machine's where the world's stood "
    "still") {
    TraceBench bench;
    bench.add(1, 0, "call", "sqs", "SendMessage", "q", object({{"wallMicros", 1500}}))
        .add(2, 1, "call", "dynamodb", "PutItem", "Orders",
             object({{"start", "2026-01-05T09:00:30.500Z"}, {"end", "2026-01-05T09:00:31.500Z"}, {"wallMicros", 200}}));
    const auto hops = hopsOf(bench.events);
    REQUIRE(hops.size() == 1);
    CHECK(hops[0].took == Duration(1500));
    REQUIRE(hops[0].hops.size() == 1);
    CHECK(hops[0].hops[0].at == Duration(30'500'000));
    CHECK(hops[0].hops[0].took == Duration(1'000'000));
    CHECK(drawHops(hops, {}) == std::vector<std::string>{"sqs SendMessage q            +0.000  1.5 ms",
                                                         "└─ dynamodb PutItem Orders  +30.500     1 s"});
}
