// Cards, by Stripe's Payment Intents. Source: Stripe API Reference, payment_intents, refunds, idempotent requests.

#include "functions/payment/gateway.h"
#include "functions/sdk/http.h"

namespace shop {
namespace {

class StripeGateway : public Gateway {
public:
    explicit StripeGateway(Context& context) : context_(context) {}

    std::string prepare(const ChargeRequest& request) override {
        std::string currency = request.currency;
        for (char& c : currency) c = static_cast<char>(c | 0x20);  // Stripe writes currencies in lower case
        const auto intent = post("/v1/payment_intents", request.paymentId + "-create",
                                 {{"amount", std::to_string(request.amount.minorUnits())},
                                  {"currency", currency},
                                  {"payment_method_types[]", "card"},
                                  {"receipt_email", request.email},
                                  {"metadata[orderId]", request.orderId},
                                  {"metadata[paymentId]", request.paymentId}});
        return textOr(intent.body, "id");
    }

    /// The intent itself: it can be paid once.
    std::string authorize(const ChargeRequest& request) override { return request.preparedId; }

    ChargeResult charge(const ChargeRequest& request) override {
        // What an earlier try has done, its answer lost, the intent itself knows.
        const auto before = statusOf(request);
        if (before == "succeeded") return {.captured = true};
        if (before == "canceled") return {.declineCode = "canceled", .declineReason = "The payment was cancelled."};
        GatewayAnswer answer;
        try {
            // Stripe repeats the answer to a key, errors too: a new try needs a key of its own.
            answer = post("/v1/payment_intents/" + request.chargeId + "/confirm",
                          request.paymentId + "-confirm-" + std::to_string(request.attempt),
                          {{"payment_method", request.paymentMethod}}, {402});
        } catch (const LambdaError& error) {  // payment_intent_unexpected_state: an earlier try has got there meanwhile
            if (error.type() != "PaymentGatewayError" || statusOf(request) != "succeeded") throw;
            return {.captured = true};
        }
        if (answer.status == 402) return declined(answer.body);
        const auto status = textOr(answer.body, "status");
        if (status == "succeeded") return {.captured = true};
        return {.declineCode = "authentication_required",
                .declineReason = "The card needs its holder's consent (" + status + ")."};
    }

    RefundResult refund(const ChargeRequest& request) override {
        const auto status = statusOf(request);
        if (status != "succeeded") {
            if (status != "canceled")
                post("/v1/payment_intents/" + request.preparedId + "/cancel", request.paymentId + "-cancel", {});
            return {};
        }
        const auto answer =
            post("/v1/refunds", request.paymentId + "-refund", {{"payment_intent", request.preparedId}});
        return {true, textOr(answer.body, "id")};
    }

private:
    using Form = std::initializer_list<std::pair<std::string, std::string>>;

    std::string statusOf(const ChargeRequest& request) {
        return textOr(get("/v1/payment_intents/" + request.preparedId).body, "status");
    }

    static ChargeResult declined(const Json& body) {
        const auto error = find(body, "error");
        if (!error) throw LambdaError("PaymentGatewayError", "Stripe's 402 carries no error.");
        return {.declineCode = textOr(*error, "decline_code", textOr(*error, "code")),
                .declineReason = textOr(*error, "message")};
    }

    Headers headers() const { return {{"Authorization", "Bearer " + context_.env("STRIPE_SECRET_KEY")}}; }

    GatewayAnswer get(const std::string& path) {
        return exchange(context_,
                        {.method = "GET", .url = context_.env("STRIPE_API_BASE") + path, .headers = headers()});
    }

    GatewayAnswer post(const std::string& path, const std::string& idempotencyKey, Form form,
                       std::initializer_list<int> expected = {}) {
        HttpRequest request{.method = "POST", .url = context_.env("STRIPE_API_BASE") + path, .headers = headers()};
        request.headers.add("Content-Type", "application/x-www-form-urlencoded");
        request.headers.add("Idempotency-Key", idempotencyKey);
        for (const auto& [name, value] : form)
            request.body += (request.body.empty() ? "" : "&") + percentEncode(name) + "=" + percentEncode(value);
        return exchange(context_, std::move(request), expected);
    }

    Context& context_;
};

}  // namespace

std::unique_ptr<Gateway> stripeGateway(Context& context) { return std::make_unique<StripeGateway>(context); }

}  // namespace shop
