#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/aws_error.h"
#include "emulator/base/http_message.h"
#include "emulator/base/service_description.h"

namespace backlot::wire {

class Model;
struct OperationShape;

struct Protocol;

/// Stands for a service that nobody has described.
inline const ServiceDescription kUndescribed{};

/// Where a request is going and who sent it. Small: views and pointers are into the Apis that detect() was given.
struct Target {
    std::string_view service;    // our name of the service: "sqs", "states", "dynamodbstreams"
    std::string_view operation;  // AWS's name: "SendMessage"; empty where a service outside the models was addressed
    const Protocol* protocol = nullptr;  // what the client speaks; never null in what detect() gives or refuses
    std::string account, region;
    std::string accessKeyId;  // empty in a call that needs no signature
    std::string contentType;  // of the answer, in the JSON protocols: the request's own
    bool gzip = false;        // the client accepts a gzipped answer
    std::string resource;     // REST: the raw path, from which labels are taken, after what the host's name adds to it
    const ServiceDescription* description = &kUndescribed;
    const Model* model = nullptr;              // null where `service` has no model ("execute-api", "unknown")
    const OperationShape* modelled = nullptr;  // the operation in it
};

/// A request that ends on the wire, before any service has seen it: an AWS error and the protocol to say it in.
class Refusal : public AwsError {
public:
    Refusal(Target target, AwsError error) : AwsError(std::move(error)), target_(std::move(target)) {}
    /// An answer that is no AWS error ("GET /" on an endpoint, 404 <UnknownOperationException/>).
    Refusal(Target target, Response response)
        : AwsError("UnknownOperationException", "", response.status),
          target_(std::move(target)),
          response_(std::move(response)) {}
    const Target& target() const { return target_; }
    const std::optional<Response>& response() const { return response_; }

private:
    Target target_;
    std::optional<Response> response_;
};

}  // namespace backlot::wire
