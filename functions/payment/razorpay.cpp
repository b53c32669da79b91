// UPI, by Razorpay's orders and server-to-server payments.
// Source: Razorpay API documentation, orders, payments (S2S UPI collect), refunds; "Retries and Idempotency".

#include "functions/payment/gateway.h"
#include "functions/sdk/crypto.h"

namespace shop {
namespace {

class RazorpayGateway : public Gateway {
public:
    explicit RazorpayGateway(Context& context) : context_(context) {}

    /// unique_receipt: the order that was made for this receipt before, if there is one.
    std::string prepare(const ChargeRequest& request) override {
        const auto order = post("/v1/orders", object({{"amount", request.amount.minorUnits()},
                                                      {"currency", request.currency},
                                                      {"receipt", request.paymentId},
                                                      {"unique_receipt", true},
                                                      {"notes", object({{"orderId", request.orderId}})}}));
        return textOr(order.body, "id");
    }

    /// Razorpay has no idempotency keys for payments: the order is asked what was made on it.
    std::string authorize(const ChargeRequest& request) override {
        if (const auto made = latestPayment(request)) return textOr(*made, "id");
        try {
            return textOr(post("/v1/payments/create/upi", collectRequest(request)).body, "razorpay_payment_id");
        } catch (const LambdaError& error) {  // one that was still on its way when we asked has got there first
            const auto made = error.type() == "PaymentGatewayError" ? latestPayment(request) : std::nullopt;
            if (!made) throw;
            return textOr(*made, "id");
        }
    }

    ChargeResult charge(const ChargeRequest& request) override {
        auto payment = paymentOf(request);
        if (textOr(payment, "status") == "authorized") payment = capture(request);
        const auto status = textOr(payment, "status");
        if (status == "captured" || status == "refunded") return {.captured = true};
        if (status == "failed")
            return {.declineCode = textOr(payment, "error_reason", "payment_failed"),
                    .declineReason = textOr(payment, "error_description")};
        throw LambdaError("PaymentGatewayUnavailable",
                          request.chargeId + " is still " + status + ".");  // the payer has not answered yet
    }

    RefundResult refund(const ChargeRequest& request) override {
        const auto payment = latestPayment(request);
        const auto status = payment ? textOr(*payment, "status") : "";
        const auto id = payment ? textOr(*payment, "id") : "";
        if (status == "captured") {
            const auto refund =
                post("/v1/payments/" + id + "/refund", object({{"amount", request.amount.minorUnits()}}),
                     {{"X-Refund-Idempotency", "refund-" + request.orderId.substr(request.orderId.find('#') + 1)}});
            return {true, textOr(refund.body, "id")};
        }
        if (status != "refunded") return {};
        const auto refunds = get("/v1/payments/" + id + "/refunds");
        const auto items = find(refunds.body, "items");
        return {true, items && !items->Empty() ? textOr((*items)[0], "id") : ""};
    }

private:
    static Json collectRequest(const ChargeRequest& request) {
        return object({{"amount", request.amount.minorUnits()},
                       {"currency", request.currency},
                       {"order_id", request.preparedId},
                       {"email", request.email},
                       {"contact", "+919000000000"},
                       {"method", "upi"},
                       {"upi", object({{"flow", "collect"}, {"vpa", request.vpa}, {"expiry_time", 5}})}});
    }

    Json paymentOf(const ChargeRequest& request) { return get("/v1/payments/" + request.chargeId).body; }

    /// The payment as it is then. "This payment has already been captured" is what we wanted.
    Json capture(const ChargeRequest& request) {
        try {
            return post("/v1/payments/" + request.chargeId + "/capture",
                        object({{"amount", request.amount.minorUnits()}, {"currency", request.currency}}))
                .body;
        } catch (const LambdaError& error) {
            auto payment = error.type() == "PaymentGatewayError" ? paymentOf(request) : object();
            if (textOr(payment, "status") != "captured" && textOr(payment, "status") != "refunded") throw;
            return payment;
        }
    }

    /// The order's payment that was captured, else the last one made; nothing where there is none.
    std::optional<Json> latestPayment(const ChargeRequest& request) {
        const auto answer = get("/v1/orders/" + request.preparedId + "/payments");
        const auto items = find(answer.body, "items");
        if (!items || items->Empty()) return std::nullopt;
        for (const auto& payment : items->GetArray())
            if (textOr(payment, "status") == "captured" || textOr(payment, "status") == "refunded")
                return copy(payment);
        return copy((*items)[0]);  // newest first
    }

    HttpRequest request(const std::string& method, const std::string& path) const {
        const auto credentials = context_.env("RAZORPAY_KEY_ID") + ":" + context_.env("RAZORPAY_KEY_SECRET");
        return {.method = method,
                .url = context_.env("RAZORPAY_API_BASE") + path,
                .headers = {{"Authorization", "Basic " + base64Encode(credentials)}}};
    }

    GatewayAnswer get(const std::string& path) { return exchange(context_, request("GET", path)); }

    GatewayAnswer post(const std::string& path, const Json& body, const Headers& more = {}) {
        auto http = request("POST", path);
        for (const auto& [name, value] : more) http.headers.add(name, value);
        http.headers.add("Content-Type", "application/json");
        http.body = writeJson(body);
        return exchange(context_, std::move(http));
    }

    Context& context_;
};

}  // namespace

std::unique_ptr<Gateway> razorpayGateway(Context& context) { return std::make_unique<RazorpayGateway>(context); }

}  // namespace shop
