#pragma once

#include <string>
#include <vector>

#include "emulator/base/outside.h"
#include "emulator/world/operation.h"

namespace backlot::sns {

struct Options {
    /// The server's address without a slash at its end: unsubscribe, confirmation and certificate links begin with it.
    std::string endpoint;
    /// Hosts beside the loopback ones that HTTP and HTTPS subscriptions may reach ("hooks.example.com").
    std::vector<std::string> allowedHosts = {};
};

/// Amazon SNS. Deliveries to SQS happen in the transaction of the Publish, all others are jobs on the world's clock.
/// `outside` carries HTTP(S) deliveries and outlives the service. E-mail and SMS go to the operation `Deliver` of
/// "ses".
Service snsService(Outside& outside, Options options);

/// The certificate (PEM) behind SigningCertURL, for whoever serves GET /SimpleNotificationService-….pem.
const std::string& signingCertificate();
/// The path of SigningCertURL: "/SimpleNotificationService-….pem".
std::string signingCertificatePath();

}  // namespace backlot::sns
