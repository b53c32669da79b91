#pragma once

#include <string_view>

#include "emulator/base/http_message.h"
#include "emulator/wire/target.h"

namespace backlot::wire {

class Apis;

struct DetectOptions {
    std::string_view account = "000000000000";  // of callers whose access key is not itself a 12-digit account
    std::string_view region = "us-east-1";      // of callers whose credential scope names none
    /// Unsigned calls are refused as AWS does; without it they act as `account` in `region`.
    bool requireSignature = true;
};

/// Finds the service and operation a request is for: by X-Amz-Target, else by the service in the SigV4 credential scope
/// (header or presigned query), else by a Query request's Version, and then by Action, or method and path. It looks
/// at the shape of a signature only; sigv4.h checks the signature itself. A request signed for a service outside the
/// models comes back with `model` null, no operation, `service` "execute-api" or "unknown", and the name it was
/// signed for in `resource`: the caller routes it, or answers unknownService(). Throws Refusal with AWS's code and
/// status. The order is AWS's: content type, body, target, signature. Source: AWS General Reference, "Common errors";
/// the order from tests that were recorded on DynamoDB. The target's views and pointers are into `apis`.
Target detect(const Apis& apis, const Request& request, const DetectOptions& options = {});

/// True where a client may call without a signature, on AWS too.
bool needsNoSignature(const Target& target);

/// The refusal of a request whose service Backlot does not have, in the protocol the request seems to speak.
Refusal unknownService(const Target& target);

}  // namespace backlot::wire
