#pragma once

#include <optional>
#include <string_view>

#include "emulator/base/http_message.h"

namespace backlot::wire {

// How a SigV4 signature stands in a request. All views point into the request.

/// Whom, when and where a request was signed for: the five parts of its credential but the last.
struct CredentialScope {
    std::string_view accessKeyId, date, region, service;
};

/// The scope of a signed request, header or presigned; nothing where it is unsigned or malformed.
std::optional<CredentialScope> scopeOf(const Request& request);
/// "AKID/20260105/us-east-1/sqs/aws4_request", where "%2F" counts as a slash.
std::optional<CredentialScope> parseScope(std::string_view credential);

/// "AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…": one parameter of the header.
std::optional<std::string_view> authorizationPart(std::string_view header, std::string_view name);

/// The raw value of a query or form parameter; nothing where it is missing. Names are compared as they stand: none that
/// is looked for needs encoding.
std::optional<std::string_view> rawParameter(std::string_view pairs, std::string_view name);

}  // namespace backlot::wire
