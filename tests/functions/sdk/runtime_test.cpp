#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "functions/sdk/bootstrap/runtime_client.h"
#include "functions/sdk/handler.h"
#include "functions/sdk/http_client.h"
#include "tests/functions/bench.h"

using namespace backlot::sdk;

namespace {

/// A server that answers the n-th request on its connections with the n-th text, and keeps what it was sent.
/// An empty text closes the connection instead.
class ScriptedServer {
public:
    explicit ScriptedServer(std::vector<std::string> answers) : answers_(std::move(answers)) {
        listener_ = socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
        socklen_t size = sizeof address;
        REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        listen(listener_, 8);
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port = std::to_string(ntohs(address.sin_port));
        thread_ = std::thread([this] { serve(); });
    }
    ~ScriptedServer() {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        close(listener_);
    }
    std::string port;
    std::vector<std::string> received;
    int connections = 0;

private:
    void serve() {
        std::size_t next = 0;
        while (next < answers_.size()) {
            const int peer = accept(listener_, nullptr, nullptr);
            if (peer < 0) return;
            ++connections;
            while (next < answers_.size()) {
                char buffer[8192];
                const auto count = recv(peer, buffer, sizeof buffer, 0);
                if (count <= 0) break;
                received.emplace_back(buffer, static_cast<std::size_t>(count));
                const auto& answer = answers_[next++];
                if (answer.empty()) break;
                send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
            }
            close(peer);
        }
    }
    std::vector<std::string> answers_;
    int listener_;
    std::thread thread_;
};

Json echo(const Json& event, Context& context) {
    if (textOr(event, "fail") == "typed") throw LambdaError("PaymentDeclined", "The card has no money.");
    if (textOr(event, "fail") == "plain") throw std::out_of_range("too far");
    if (textOr(event, "fail") == "odd") throw 7;
    return object({{"event", copy(event)}, {"id", context.requestId()}, {"now", iso8601(context.now())}});
}
BACKLOT_HANDLER(echo)

ApiResponse greet(const ApiRequest& request, Context&) {
    const auto name = request.query("name");
    if (!name) throw HttpError(400, "name is required.");
    return {.status = 201, .body = object({{"hello", *name}, {"id", request.path("id")}})};
}
BACKLOT_HANDLER(greet)

struct Result {
    std::string payload, errorType;
};
Result invoke(LambdaHandler handler, const std::string& payload) {
    const LambdaInvocation invocation{.payload = payload.data(),
                                      .payloadSize = payload.size(),
                                      .requestId = "r-1",
                                      .functionArn = "",
                                      .traceId = "",
                                      .deadlineMs = 0,
                                      .backlotTimeMs = 1'767'603'600'000,
                                      .backlotSeed = 1};
    LambdaAnswer answer{};
    handler(&invocation, &answer);
    Result result{std::string(answer.payload, answer.payloadSize), answer.errorType ? answer.errorType : ""};
    answer.release(answer.owner);
    return result;
}

const char* kOk = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

}  // namespace

TEST_CASE("the runtime takes an event and answers over one connection") {
    ScriptedServer api(
        {"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: r-1\r\nContent-Length: 7\r\n\r\n{\"a\":1}", kOk, kOk});
    RuntimeClient runtime("127.0.0.1:" + api.port);
    const auto event = runtime.next();
    CHECK(event.body == "{\"a\":1}");
    CHECK(event.headers.get("lambda-runtime-aws-request-id") == "r-1");
    runtime.respond("r-1", "{}");
    runtime.fail("r-2", "PaymentDeclined", "{}");
    CHECK(api.connections == 1);
    CHECK(api.received.at(0).starts_with("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n"));
    CHECK(api.received.at(1).starts_with("POST /2018-06-01/runtime/invocation/r-1/response HTTP/1.1\r\n"));
    CHECK(api.received.at(2).find("Lambda-Runtime-Function-Error-Type: PaymentDeclined\r\n") != std::string::npos);
}

TEST_CASE("an answer in chunks is put together, interim answers are skipped") {
    ScriptedServer api(
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: "
         "chunked\r\n\r\n3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\n\r\n"});
    RuntimeClient runtime("127.0.0.1:" + api.port);
    CHECK(runtime.next().body == "{\"a\":1}");
}

TEST_CASE("a kept connection that the peer has closed is opened anew") {
    const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    ScriptedServer server({ok, "", ok});
    HttpClient client;
    const HttpRequest request{.method = "GET", .url = "http://127.0.0.1:" + server.port + "/x"};
    CHECK(client.send(request, kNoDeadline).body == "ok");
    CHECK(client.send(request, kNoDeadline).body == "ok");
    CHECK(server.connections == 2);
}

TEST_CASE("a peer that says nothing is given up at the deadline") {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    REQUIRE(bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    listen(listener, 8);
    getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    HttpClient client;
    const HttpRequest request{.method = "GET",
                              .url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/"};
    CHECK_THROWS_AS(client.send(request, std::chrono::steady_clock::now() + std::chrono::milliseconds(20)),
                    ConnectionError);
    close(listener);
    CHECK_THROWS_AS(client.send(request, kNoDeadline), ConnectionError);  // refused
}

TEST_CASE("what a handler returns or throws is the invocation's result") {
    CHECK(invoke(backlot_handler_echo, "{\"a\":1}").payload ==
          R"({"event":{"a":1},"id":"r-1","now":"2026-01-05T09:00:00.000Z"})");
    const auto typed = invoke(backlot_handler_echo, R"({"fail":"typed"})");
    CHECK(typed.errorType == "PaymentDeclined");
    CHECK(typed.payload ==
          R"({"errorMessage":"The card has no money.","errorType":"PaymentDeclined","stackTrace":[]})");
    CHECK(invoke(backlot_handler_echo, R"({"fail":"plain"})").errorType == "std::out_of_range");
    CHECK(invoke(backlot_handler_echo, R"({"fail":"odd"})").errorType == "Runtime.Unknown");
    CHECK(invoke(backlot_handler_echo, "{").errorType == "Runtime.UnmarshalError");
    CHECK(invoke(backlot_handler_echo, std::string(200'000, '[')).errorType == "Runtime.UnmarshalError");
}

TEST_CASE("an API's handler answers with a status, and an HttpError is one") {
    const auto good = parseJson(
        invoke(backlot_handler_greet, R"({"queryStringParameters":{"name":"Jo"},"pathParameters":{"id":"PROD%231"}})")
            .payload);
    CHECK(intOr(good, "statusCode", 0) == 201);
    CHECK(textOr(good, "body") == R"({"hello":"Jo","id":"PROD#1"})");
    const auto bad =
        parseJson(invoke(backlot_handler_greet, R"({"queryStringParameters":null,"pathParameters":null})").payload);
    CHECK(intOr(bad, "statusCode", 0) == 400);
    CHECK(textOr(bad, "body") == R"({"message":"name is required."})");
}
