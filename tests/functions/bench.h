#pragma once
// A handler's surroundings without a network: what it sends is noted, what it gets is scripted.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "functions/sdk/context.h"
#include "functions/sdk/handler.h"

namespace bench {

using namespace backlot::sdk;

struct Bench {
    struct Call {
        std::string operation;  // "PutItem", or "POST /v1/refunds" for a gateway
        Json body;              // of JSON protocols; null for forms
        std::string text;
    };
    using Answer = std::function<HttpResponse(const Call&)>;

    std::map<std::string, std::string> settings = {
        {"AWS_ENDPOINT_URL", "http://127.0.0.1:4566"},
        {"AWS_REGION", "us-east-1"},
        {"AWS_ACCESS_KEY_ID", "test"},
        {"AWS_SECRET_ACCESS_KEY", "test"},
        {"JWT_SECRET", "a test's secret"},
        {"BCRYPT_COST", "4"},
        {"ADMIN_EMAILS", "admin@example.com,boss@example.com"},
        {"EVENT_BUS_NAME", "shop-bus"},
        {"STRIPE_API_BASE", "http://stripe"},
        {"STRIPE_SECRET_KEY", "sk_test"},
        {"USERS_TABLE", "Users"},
        {"PRODUCTS_TABLE", "Products"},
        {"INVENTORY_TABLE", "Inventory"},
        {"RESERVATIONS_TABLE", "Reservations"},
        {"CARTS_TABLE", "Carts"},
        {"ORDERS_TABLE", "Orders"},
        {"PAYMENTS_TABLE", "Payments"},
        {"CUSTOMER_TOPIC_ARN", "arn:aws:sns:us-east-1:000000000000:customer-topic"}};
    std::map<std::string, Answer> answers;  // by operation; {} where there is none
    std::vector<Call> calls;
    std::vector<HttpRequest> requests;
    WarmState warm;
    std::int64_t timeMs = 1'767'603'600'000;  // 2026-01-05T09:00:00Z

    Bench() {
        warm.environment = [this](const std::string& name) -> std::optional<std::string> {
            const auto found = settings.find(name);
            if (found == settings.end()) return std::nullopt;
            return found->second;
        };
        warm.transport = [this](const HttpRequest& request, Deadline) { return receive(request); };
    }

    HttpResponse receive(const HttpRequest& request) {
        requests.push_back(request);
        const std::string target(request.headers.get("X-Amz-Target"));
        const auto url = parseUrl(request.url);
        Call call{target.empty() ? request.method + " " + url.target : target.substr(target.find('.') + 1), Json(),
                  request.body};
        if (request.body.starts_with('{')) call.body = parseJson(request.body);
        calls.push_back({call.operation, copy(call.body), call.text});
        const auto answer = answers.find(call.operation);
        return answer == answers.end() ? HttpResponse{.status = 200, .body = "{}"} : answer->second(call);
    }

    void answer(const std::string& operation, const Json& body, int status = 200) {
        answers[operation] = [text = writeJson(body), status](const Call&) {
            return HttpResponse{.status = status, .body = text};
        };
    }

    std::vector<std::string> operations() const {
        std::vector<std::string> names;
        for (const auto& call : calls) names.push_back(call.operation);
        return names;
    }

    LambdaInvocation invocation() const {
        return {.payload = "{}",
                .payloadSize = 2,
                .requestId = "r-1",
                .functionArn = "arn:f",
                .traceId = "Root=1-2-3;Parent=4;Sampled=1",
                .deadlineMs = 0,
                .backlotTimeMs = timeMs,
                .backlotSeed = 42};
    }
};

/// The proxy event of a request as API Gateway sends it.
inline Json apiEvent(const Json& body, Json headers = object(), Json path = Json(), Json query = Json()) {
    return object({{"resource", "/x"},
                   {"headers", std::move(headers)},
                   {"pathParameters", std::move(path)},
                   {"queryStringParameters", std::move(query)},
                   {"body", writeJson(body)}});
}

}  // namespace bench
