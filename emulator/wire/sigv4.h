#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/http_message.h"
#include "emulator/base/time.h"
#include "emulator/wire/target.h"

namespace backlot::wire {

// AWS Signature Version 4.  Source: IAM User Guide, "Create a signed AWS API request".

struct Credentials {
    std::string accessKeyId, secretAccessKey, sessionToken;  // sessionToken may be empty
};

/// Signs in place: sets X-Amz-Date, X-Amz-Security-Token where there is one, and Authorization. Signs `Host`, which
/// must be there, and all headers that are, but for those a proxy may change (Connection, User-Agent, X-Amzn-Trace-Id).
void sign(Request& request, const Credentials& credentials, std::string_view region, std::string_view service, Time now,
          bool objectStore = false);

using SecretOf = std::function<std::optional<std::string>(std::string_view accessKeyId)>;

/// Checks the signature of a request that detect() let pass, header-signed or presigned, against the secret that
/// `secretOf` knows for its access key; compares in constant time. `now` is the wall clock: a signature may be 15
/// minutes off. Throws Refusal: UnrecognizedClientException, InvalidSignatureException, or what they are called in the
/// target's protocol.
void verify(const Target& target, const Request& request, const SecretOf& secretOf, Time now);

/// The steps of it, for tests and for messages that explain a mismatch. `signedHeaders` is "host;x-amz-date".
/// Object stores sign paths as they stand and believe X-Amz-Content-SHA256.
std::string canonicalRequest(const Request& request, std::string_view signedHeaders, bool objectStore = false);
std::string stringToSign(std::string_view amzDate, std::string_view region, std::string_view service,
                         std::string_view canonicalRequest);
/// Hexadecimal.
std::string signature(std::string_view secret, std::string_view amzDate, std::string_view region,
                      std::string_view service, std::string_view stringToSign);

}  // namespace backlot::wire
