#include "tests/emulator/services/lambda/lambda_bench.h"

using namespace backlot;
using namespace std::chrono_literals;

namespace {

Json payload(const Json& answer) { return parseJson(textOr(answer, "Payload")); }

}  // namespace

TEST_CASE("a warm instance answers invocation after invocation") {
    LambdaBench bench;
    bench.outside.handlers["pay.handler"] = [](const Response& event) {
        return FakeAnswer{.body = event.body, .output = "paid\n"};
    };
    bench.create("pay", "pay.handler");
    for (int i = 0; i < 3; ++i) {
        const Json answer = bench.invoke("pay", R"({"order":1})", object({{"LogType", "Tail"}}));
        CHECK(textOr(answer, "Payload") == R"({"order":1})");
        CHECK(textOr(answer, "ExecutedVersion") == "$LATEST");
        CHECK_FALSE(find(answer, "FunctionError"));
        CHECK(base64Decode(textOr(answer, "LogResult"))->find("paid\n") != std::string::npos);
    }
    CHECK(bench.outside.started.size() == 1);
    CHECK(bench.world.idle());
    CHECK(bench.logs.starts_with("INIT_START"));
    CHECK(bench.logs.find("START RequestId: ") != std::string::npos);
    CHECK(bench.logs.find("REPORT RequestId: ") != std::string::npos);
}

TEST_CASE("an instance has Lambda's environment and nothing of ours") {
    LambdaBench bench;
    bench.outside.handlers["pay.handler"] = [](const Response&) { return FakeAnswer{}; };
    bench.create(
        "pay", "pay.handler",
        object({{"Environment", object({{"Variables", object({{"TABLE", "Orders"}})}})}, {"MemorySize", 256}}));
    bench.invoke("pay");
    const auto& environment = bench.outside.started.at(0);
    CHECK(environment.at("TABLE") == "Orders");
    CHECK(environment.at("AWS_LAMBDA_FUNCTION_MEMORY_SIZE") == "256");
    CHECK(environment.at("AWS_ACCESS_KEY_ID") == "000000000000");
    CHECK(environment.at("AWS_ENDPOINT_URL") == "http://127.0.0.1:4566");
    CHECK(environment.at("AWS_REGION") == environment.at("AWS_DEFAULT_REGION"));
    CHECK(environment.at("AWS_LAMBDA_LOG_STREAM_NAME").starts_with("2026/01/05/[$LATEST]"));
    CHECK_FALSE(environment.contains("SHELL"));
}

TEST_CASE("the function is told the world's time, its trace and a seed that is the same in every run") {
    const auto headers = [] {
        LambdaBench bench;
        std::string seen;
        bench.outside.handlers["pay.handler"] = [&](const Response& event) {
            for (const char* name :
                 {"Lambda-Runtime-Backlot-Time", "Lambda-Runtime-Backlot-Seed", "Lambda-Runtime-Trace-Id",
                  "Lambda-Runtime-Aws-Request-Id", "Lambda-Runtime-Invoked-Function-Arn"})
                seen += std::string(event.headers.get(name)) + "\n";
            return FakeAnswer{};
        };
        bench.create("pay", "pay.handler");
        bench.invoke("pay");
        return seen + bench.logs;
    };
    const std::string first = headers();
    CHECK(first.starts_with("1767603600000\n"));
    CHECK(first.find("Root=1-") != std::string::npos);
    CHECK(first == headers());
}

TEST_CASE("failures are AWS's") {
    LambdaBench bench;
    bench.outside.handlers["fail.handler"] = [](const Response&) {
        return FakeAnswer{.body = R"({"errorMessage":"no card","errorType":"CardError"})", .errorType = "CardError"};
    };
    bench.outside.handlers["crash.handler"] = [](const Response&) { return FakeAnswer{.exitStatus = 11}; };
    bench.outside.handlers["leave.handler"] = [](const Response&) { return FakeAnswer{.exitStatus = 0}; };
    bench.outside.handlers["large.handler"] = [](const Response&) {
        return FakeAnswer{.body = std::string(6'291'557, 'x')};
    };
    bench.outside.handlers["null.handler"] = [](const Response&) { return FakeAnswer{.body = ""}; };
    bench.create("fail", "fail.handler");
    bench.create("crash", "crash.handler");
    bench.create("leave", "leave.handler");
    bench.create("large", "large.handler");
    bench.create("nothing", "null.handler");
    bench.create("never", "is.not.there");

    const Json failed = bench.invoke("fail");
    CHECK(textOr(failed, "FunctionError") == "Unhandled");
    CHECK(intOr(failed, "StatusCode", 0) == 200);
    CHECK(textOr(payload(failed), "errorType") == "CardError");

    const Json crashed = bench.invoke("crash");
    CHECK(textOr(payload(crashed), "errorType") == "Runtime.ExitError");
    CHECK(textOr(payload(crashed), "errorMessage")
              .ends_with(" Error: Runtime exited with error: signal: segmentation fault"));
    CHECK(textOr(payload(bench.invoke("leave")), "errorMessage")
              .ends_with(" Error: Runtime exited without providing a reason"));
    CHECK(textOr(payload(bench.invoke("never")), "errorMessage").ends_with("Runtime exited with error: exit status 1"));
    CHECK(textOr(payload(bench.invoke("large")), "errorType") == "Function.ResponseSizeTooLarge");
    CHECK(textOr(bench.invoke("nothing"), "Payload") == "null");

    bench.invoke("crash");  // a new instance each time
    CHECK(bench.outside.started.size() == 7);
    CHECK(bench.world.idle());
}

TEST_CASE("a function that takes too long is stopped, and the next call has a new instance") {
    LambdaBench bench;
    bool hangs = true;
    bench.outside.handlers["slow.handler"] = [&](const Response&) { return FakeAnswer{.hangs = hangs}; };
    bench.create("slow", "slow.handler", object({{"Timeout", 1}}));
    const auto outcome = bench.begin("Invoke", object({{"FunctionName", "slow"}}));
    CHECK_FALSE(outcome->has_value());
    CHECK_FALSE(bench.world.idle());
    bench.outside.elapse(1s);
    bench.settleAll();
    REQUIRE(outcome->has_value());
    const Json answer = payload(std::get<Json>(**outcome));
    CHECK(textOr(answer, "errorType") == "Sandbox.Timedout");
    CHECK(textOr(answer, "errorMessage").ends_with(" Error: Task timed out after 1.00 seconds"));
    hangs = false;
    CHECK(textOr(bench.invoke("slow"), "Payload") == "null");
    CHECK(bench.outside.started.size() == 2);
    CHECK(bench.outside.running == 1);
}

TEST_CASE("changed code or configuration means new instances") {
    LambdaBench bench;
    bench.outside.handlers["pay.handler"] = [](const Response&) { return FakeAnswer{}; };
    bench.create("pay", "pay.handler");
    bench.invoke("pay");
    bench.lambda("UpdateFunctionConfiguration",
                 object({{"FunctionName", "pay"}, {"Environment", object({{"Variables", object({{"A", "1"}})}})}}));
    bench.invoke("pay");
    CHECK(bench.outside.started.size() == 2);
    CHECK(bench.outside.started[1].at("A") == "1");
}

TEST_CASE("a function sees AWS's paths where it has a file system of its own, and those of the machine elsewhere") {
    for (const bool own : {true, false}) {
        LambdaBench bench;
        bench.outside.ownFiles = own;
        bench.outside.handlers["pay.handler"] = [](const Response&) { return FakeAnswer{}; };
        bench.create("pay", "pay.handler", object({{"EphemeralStorage", object({{"Size", 1024}})}}));
        bench.invoke("pay");
        REQUIRE(bench.outside.specs.size() == 1);
        const ProcessSpec& spec = bench.outside.specs[0];
        REQUIRE(spec.confinement.has_value());
        CHECK(spec.confinement->temporaryBytes == 1u << 30);
        CHECK(spec.confinement->hidden.size() ==
              2);  // other functions' code, which lies beside its own; temporary files
        CHECK(std::filesystem::exists(spec.confinement->task));
        CHECK((spec.folder == "/var/task") == own);
        CHECK((spec.environment.at("LAMBDA_TASK_ROOT") == "/var/task") == own);
        CHECK((spec.environment.at("TMPDIR") == "/tmp") == own);
        CHECK(spec.confinement->temporary.empty() == own);
    }
}

TEST_CASE("what cannot be started is an invalid entry point, in Lambda's words") {
    LambdaBench bench;
    bench.outside.handlers["pay.handler"] = [](const Response&) { return FakeAnswer{.hangs = true}; };
    bench.create("pay", "pay.handler");
    const auto outcome = bench.begin("Invoke", object({{"FunctionName", "pay"}}));
    bench.outside.specs[0].onNotStarted("fork/exec /var/task/bootstrap: permission denied");
    bench.settleAll();
    REQUIRE(outcome->has_value());
    const Json answer = payload(std::get<Json>(**outcome));
    CHECK(textOr(answer, "errorType") == "Runtime.InvalidEntrypoint");
    CHECK(textOr(answer, "errorMessage").ends_with(" Error: fork/exec /var/task/bootstrap: permission denied"));
}

TEST_CASE("the instances of changed and deleted functions end: idle ones at once, busy ones with what they run") {
    LambdaBench bench(ClockMode::real);
    bool hangs = false;
    bench.outside.handlers["pay.handler"] = [&](const Response&) { return FakeAnswer{.hangs = hangs}; };
    bench.create("pay", "pay.handler");
    bench.create("payment", "pay.handler");
    bench.invoke("payment");
    for (int i = 0; i < 40; ++i) {
        bench.invoke("pay");
        bench.lambda("UpdateFunctionConfiguration",
                     object({{"FunctionName", "pay"}, {"Description", std::to_string(i)}}));
        bench.settleAll();
        CHECK(bench.outside.running == 1);  // the other function's
    }
    bench.lambda("PublishVersion", object({{"FunctionName", "pay"}}));
    bench.invoke("pay:1");
    bench.lambda("UpdateFunctionConfiguration", object({{"FunctionName", "pay"}, {"Description", "changed"}}));
    bench.settleAll();
    CHECK(bench.outside.running == 2);  // a version stays as it is

    hangs = true;
    const auto outcome = bench.begin("Invoke", object({{"FunctionName", "pay"}}));
    bench.lambda("DeleteFunction", object({{"FunctionName", "pay"}}));
    bench.settleAll();
    CHECK(bench.outside.running == 2);
    CHECK_FALSE(outcome->has_value());
    bench.outside.elapse(3s);
    bench.settleAll();
    CHECK(outcome->has_value());
    CHECK(bench.outside.running == 1);
}

TEST_CASE("a long log is stored whole, in pieces, before the invocation is answered") {
    LambdaBench bench;
    std::string printed;
    for (int i = 0; i < 5000; ++i) printed += "line " + std::to_string(i) + "\n";
    bench.outside.handlers["pay.handler"] = [&](const Response&) { return FakeAnswer{.output = printed}; };
    bench.create("pay", "pay.handler");
    bench.invoke("pay");
    CHECK(bench.logs.find(printed) != std::string::npos);
    CHECK(bench.appends > 4);
    CHECK(bench.world.idle());
}

TEST_CASE("requests that cannot be are refused before anything runs") {
    LambdaBench bench;
    bench.outside.handlers["pay.handler"] = [](const Response&) { return FakeAnswer{}; };
    bench.create("pay", "pay.handler");
    const auto error = [&](Json more) {
        set(more, "FunctionName", "pay");
        return bench.lambdaError("Invoke", std::move(more));
    };
    CHECK(error(object({{"Payload", "{no json"}}))
              .starts_with("InvalidRequestContentException: Could not parse request body into json"));
    CHECK(error(object({{"Payload", std::string(6'291'557, ' ')}})).starts_with("RequestTooLargeException"));
    CHECK(error(object({{"Payload", std::string(1'048'577, ' ')}, {"InvocationType", "Event"}}))
              .starts_with("RequestTooLargeException"));
    CHECK(error(object({{"Qualifier", "7"}})).starts_with("ResourceNotFoundException"));
    CHECK(intOr(bench.lambda("Invoke", object({{"FunctionName", "pay"}, {"InvocationType", "DryRun"}})), "StatusCode",
                0) == 204);
    CHECK(bench.outside.started.empty());
}

TEST_CASE("reserved concurrency is a limit, zero of it a stop") {
    LambdaBench bench(ClockMode::real);
    bench.outside.handlers["pay.handler"] = [](const Response&) { return FakeAnswer{.hangs = true}; };
    bench.create("pay", "pay.handler");
    bench.lambda("PutFunctionConcurrency", object({{"FunctionName", "pay"}, {"ReservedConcurrentExecutions", 1}}));
    const auto first = bench.begin("Invoke", object({{"FunctionName", "pay"}}));
    CHECK(bench.lambdaError("Invoke", object({{"FunctionName", "pay"}})) == "TooManyRequestsException: Rate Exceeded.");
    bench.outside.elapse(3s);
    bench.settleAll();
    CHECK(first->has_value());
    CHECK(bench
              .lambdaError("PutFunctionConcurrency",
                           object({{"FunctionName", "pay"}, {"ReservedConcurrentExecutions", 901}}))
              .starts_with("InvalidParameterValueException"));
}

TEST_CASE("in real time invocations run side by side; under a clock that stands still one at a time") {
    for (const auto& [mode, most] : {std::pair{ClockMode::real, 3u}, {ClockMode::virtualTime, 1u}}) {
        LambdaBench bench(mode);
        bench.outside.handlers["slow.handler"] = [](const Response&) { return FakeAnswer{.hangs = true}; };
        bench.create("slow", "slow.handler");
        for (int i = 0; i < 3; ++i) bench.begin("Invoke", object({{"FunctionName", "slow"}}));
        CHECK(bench.outside.running == most);
    }
}

TEST_CASE("an alias with weights sends some invocations to its second version") {
    LambdaBench bench;
    bench.outside.handlers["pay.handler"] = [](const Response&) { return FakeAnswer{}; };
    bench.create("pay", "pay.handler");
    bench.lambda("PublishVersion", object({{"FunctionName", "pay"}}));
    bench.lambda("UpdateFunctionConfiguration", object({{"FunctionName", "pay"}, {"Description", "second"}}));
    bench.lambda("PublishVersion", object({{"FunctionName", "pay"}}));
    bench.lambda("CreateAlias",
                 object({{"FunctionName", "pay"},
                         {"Name", "live"},
                         {"FunctionVersion", "1"},
                         {"RoutingConfig", object({{"AdditionalVersionWeights", object({{"2", 0.5}})}})}}));
    int second = 0;
    for (int i = 0; i < 40; ++i) second += textOr(bench.invoke("pay:live"), "ExecutedVersion") == "2";
    CHECK(second > 8);
    CHECK(second < 32);
}

TEST_CASE("a reset ends every instance and answers nothing that was under way") {
    LambdaBench bench;
    bench.outside.handlers["slow.handler"] = [](const Response&) { return FakeAnswer{.hangs = true}; };
    bench.create("slow", "slow.handler");
    bench.begin("Invoke", object({{"FunctionName", "slow"}}));
    CHECK(bench.outside.running == 1);
    bench.world.reset();
    bench.settleAll();
    CHECK(bench.outside.running == 0);
    CHECK(bench.world.idle());
}

TEST_CASE("under a clock that stands still a function that waits for another passes its turn on") {
    LambdaBench bench;
    std::string trace;
    bench.outside.handlers["outer.handler"] = [&](const Response& event) {
        trace = event.headers.get("Lambda-Runtime-Trace-Id");
        return FakeAnswer{.hangs = true};
    };
    bench.outside.handlers["inner.handler"] = [](const Response&) { return FakeAnswer{.body = "\"inner\""}; };
    bench.create("outer", "outer.handler", object({{"Timeout", 60}}));
    bench.create("inner", "inner.handler");
    bench.begin("Invoke", object({{"FunctionName", "outer"}}));
    const auto other = bench.begin("Invoke", object({{"FunctionName", "inner"}}));
    CHECK_FALSE(other->has_value());  // somebody else's: waits for the turn

    std::optional<Outcome> own;
    Cause cause{.entry = std::stoull(trace.substr(trace.find("Parent=") + 7, 16), nullptr, 16),
                .trace = trace.substr(5, 35)};
    bench.world.submit({.service = "lambda",
                        .operation = "Invoke",
                        .request = object({{"FunctionName", "inner"}}),
                        .cause = cause,
                        .done = [&](Outcome outcome) { own = std::move(outcome); }});
    bench.settleAll();
    REQUIRE(own.has_value());
    CHECK(textOr(std::get<Json>(*own), "Payload") == "\"inner\"");
}

TEST_CASE("an invocation that others wait for passes its turn on after a second, whatever it does") {
    LambdaBench bench;
    bench.outside.handlers["outer.handler"] = [](const Response&) { return FakeAnswer{.hangs = true}; };
    bench.outside.handlers["inner.handler"] = [](const Response&) { return FakeAnswer{}; };
    bench.create("outer", "outer.handler", object({{"Timeout", 60}}));
    bench.create("inner", "inner.handler");
    bench.begin("Invoke", object({{"FunctionName", "outer"}}));
    const auto inner = bench.begin("Invoke", object({{"FunctionName", "inner"}}));
    CHECK_FALSE(inner->has_value());
    bench.outside.elapse(1s);
    bench.settleAll();
    CHECK(inner->has_value());
}

TEST_CASE("patience is had again with each that is given its turn") {
    LambdaBench bench;
    bench.outside.handlers["hangs.handler"] = [](const Response&) { return FakeAnswer{.hangs = true}; };
    bench.outside.handlers["inner.handler"] = [](const Response&) { return FakeAnswer{}; };
    bench.create("hangs", "hangs.handler", object({{"Timeout", 60}}));
    bench.create("inner", "inner.handler");
    for (int i = 0; i < 3; ++i) bench.begin("Invoke", object({{"FunctionName", "hangs"}}));
    const auto inner = bench.begin("Invoke", object({{"FunctionName", "inner"}}));
    for (int second = 0; second < 3; ++second) {
        bench.outside.elapse(1s);
        bench.settleAll();
    }
    CHECK(inner->has_value());
}

TEST_CASE("the dice choose the order of those that wait, the same for the same seed") {
    const auto order = [] {
        LambdaBench bench;
        std::string seen;
        bench.outside.handlers["f.handler"] = [&](const Response& event) {
            seen += event.body;
            return FakeAnswer{};
        };
        for (const char* name : {"a", "b", "c", "d"}) bench.create(name, "f.handler");
        for (const char* name : {"a", "b", "c", "d"})
            bench.world.submit({.service = "lambda",
                                .operation = "Invoke",
                                .request = object({{"FunctionName", name},
                                                   {"InvocationType", "Event"},
                                                   {"Payload", "\"" + std::string(name) + "\""}})});
        bench.settleAll();
        return seen;
    };
    const std::string first = order();
    CHECK(first.size() == 12);
    CHECK(first == order());
}
