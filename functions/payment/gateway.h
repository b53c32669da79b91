#pragma once
// What the shop needs of a payment provider. Three steps take the money, so that a crash between them loses nothing and
// takes nothing twice: prepare() and authorize() make what costs nothing yet, and its id is written down before
// charge(). Each asks the provider first how far an earlier try has come.

#include <memory>
#include <string>

#include "functions/sdk/context.h"
#include "functions/sdk/money.h"

namespace shop {

using namespace backlot::sdk;

struct ChargeRequest {
    std::string paymentId, orderId, email;
    Money amount;
    std::string currency;       // ISO 4217, upper case
    std::string paymentMethod;  // of a card
    std::string vpa;            // of UPI
    std::string preparedId;     // what prepare() gave
    std::string chargeId;       // what authorize() gave; a refund is made on it
    int attempt = 1;            // counts the tries of charge()
};

struct ChargeResult {
    bool captured = false;
    std::string declineCode, declineReason;  // where it was not captured
};

struct RefundResult {
    bool refunded = false;  // false: no money had moved, and none will
    std::string refundId;
};

/// Every call throws LambdaError("PaymentGatewayUnavailable") where the provider was away or had an error of its own:
/// worth another try. LambdaError("PaymentGatewayError") is a mistake of ours: a wrong key, a wrong parameter.
class Gateway {
public:
    virtual ~Gateway() = default;
    /// Gives the same id for the same paymentId.
    virtual std::string prepare(const ChargeRequest& request) = 0;
    /// The id of what charge() captures: of the one thing that an earlier try has made, else of one made now.
    virtual std::string authorize(const ChargeRequest& request) = 0;
    /// Takes the money of `request.chargeId` once, however often it is called.
    virtual ChargeResult charge(const ChargeRequest& request) = 0;
    /// Gives all of it back, or makes sure that none is taken. Once, however often it is called.
    virtual RefundResult refund(const ChargeRequest& request) = 0;
};

std::unique_ptr<Gateway> stripeGateway(Context& context);
std::unique_ptr<Gateway> razorpayGateway(Context& context);

/// One exchange with a provider, its failures told apart as the Gateway says. `status` other than 2xx or `expected`
/// throws.
struct GatewayAnswer {
    int status = 0;
    Json body;
};
GatewayAnswer exchange(Context& context, HttpRequest request, std::initializer_list<int> expected = {});

}  // namespace shop
