#pragma once

#include "emulator/base/http_message.h"
#include "emulator/wire/target.h"

namespace backlot::wire {

struct DetectOptions {
    std::string_view account = "000000000000";   // of callers whose access key is not itself a 12-digit account
    std::string_view region = "us-east-1";       // of callers whose credential scope names none
    /// Unsigned calls are refused as AWS does; without it they act as `account` in `region`.
    bool requireSignature = true;
};

/// Finds the service and operation a request is for: by X-Amz-Target, else by the service in the SigV4 credential scope
/// (header or presigned query) and then Action/Version (Query) or method and path (REST). Looks at the shape of the
/// signature only; sigv4.h checks the signature itself. Requests to a service outside the models ("execute-api",
/// "monitoring") come back with that name, `model` null and no operation where `isOutside(service)`; the caller routes them.
/// Throws Refusal, with AWS's code and status, in AWS's order for that protocol: content type, JSON (DynamoDB), target, signature.
/// Source: AWS General Reference, "Common errors"; for DynamoDB's order, tests recorded on the service.
Target detect(const Request& request, const DetectOptions& options = {});

/// The credential scope of a signed request, header or presigned; nothing where it is unsigned or malformed.
struct Scope {
    std::string_view accessKeyId, date, region, service;   // views into the request (raw; a presigned '%2F' counts as '/')
};
std::optional<Scope> scopeOf(const Request& request);

}  // namespace backlot::wire
