#include "functions/payment/gateway.h"

#include <algorithm>

namespace shop {

GatewayAnswer exchange(Context& context, HttpRequest request, std::initializer_list<int> expected) {
    const auto what = request.method + " " + request.url;
    if (!context.traceId().empty())
        request.headers.add("X-Amzn-Trace-Id", context.traceId());  // the provider's part shows in the order's trace
    HttpResponse response;
    try {
        response = context.send(request);
    } catch (const ConnectionError& error) {
        throw LambdaError("PaymentGatewayUnavailable", what + ": " + error.what());
    }
    if (response.status >= 500 || response.status == 429 ||
        response.status == 409)  // 409: the same key is in use right now
        throw LambdaError("PaymentGatewayUnavailable", what + " answered " + std::to_string(response.status));
    GatewayAnswer answer{response.status, object()};
    try {
        answer.body = parseJson(response.body);
    } catch (const JsonError&) {
        throw LambdaError("PaymentGatewayUnavailable", what + " answered something that is not JSON");
    }
    if (response.status >= 300 && std::find(expected.begin(), expected.end(), response.status) == expected.end()) {
        const auto message = at(answer.body, {"error", "message"});
        const auto description = at(answer.body, {"error", "description"});
        const auto text = message ? message : description;
        throw LambdaError("PaymentGatewayError",
                          what + " answered " + std::to_string(response.status) + ": " +
                              (text && text->IsString() ? std::string(view(*text)) : response.body));
    }
    return answer;
}

}  // namespace shop
