#pragma once
// Calls on AWS services, signed, retried, within the invocation's deadline.

#include <functional>
#include <string>
#include <string_view>

#include "functions/sdk/errors.h"
#include "functions/sdk/http_client.h"
#include "functions/sdk/json.h"
#include "functions/sdk/sigv4.h"

namespace backlot::sdk {

/// A service's own error. Left uncaught it becomes the function error's type: "ResourceNotFoundException".
class AwsError : public LambdaError {
public:
    AwsError(std::string code, const std::string& message, int status, Json body)
        : LambdaError(std::move(code), message), status_(status), body_(std::move(body)) {}
    AwsError(const AwsError& other) : LambdaError(other), status_(other.status_), body_(copy(other.body_)) {}
    bool is(std::string_view code) const { return type() == code; }
    int status() const { return status_; }
    /// The whole answer: CancellationReasons, the Item of a failed condition.
    const Json& body() const { return body_; }

private:
    int status_;
    Json body_;
};

/// What one invocation's calls have in common.
struct CallScope {
    std::string traceId;  // sent on as X-Amzn-Trace-Id, so that causes can be followed
    Deadline deadline = kNoDeadline;
    std::function<std::uint64_t()> random;  // jitter, and ids of requests
};

class AwsClient {
public:
    /// `endpointUrl` is AWS_ENDPOINT_URL; empty for AWS itself (https://SERVICE.REGION.amazonaws.com).
    /// `transport` and `signer` outlive the client.
    AwsClient(const Transport& transport, Signer& signer, std::string endpointUrl, CallScope scope);

    /// Calls `operation` by the service's own protocol and gives its answer as JSON (SNS, which answers XML: as
    /// {"MessageId": …}-like text members). Throttling, 5xx and broken connections are tried again, up to 4 times in
    /// all, after 50 ms doubled each time with full jitter, as far as the deadline allows; a mail whose
    /// answer was lost is not sent again. Throws AwsError, ConnectionError.
    /// Services: "dynamodb", "sqs", "events", "states", "sns", "sesv2".
    Json call(std::string_view service, std::string_view operation, const Json& request);

private:
    HttpRequest build(std::string_view service, std::string_view operation, const Json& request) const;
    const Transport& transport_;
    Signer& signer_;
    std::string endpointUrl_;
    CallScope scope_;
};

/// {"Message": "x", "Attributes": {"a": {"DataType": "String"}}} as the Query protocol's form
/// (Attributes.entry.1.Name=a&Attributes.entry.1.Value.DataType=String).
std::string queryForm(std::string_view action, std::string_view version, const Json& request);

}  // namespace backlot::sdk
