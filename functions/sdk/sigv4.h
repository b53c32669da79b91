#pragma once

#include <string>
#include <string_view>

#include "functions/sdk/crypto.h"
#include "functions/sdk/http.h"
#include "functions/sdk/time.h"

namespace backlot::sdk {

struct Credentials {
    std::string accessKeyId, secretAccessKey, sessionToken;
};

/// AWS Signature Version 4 in the Authorization header.
/// Source: AWS General Reference, "Create a signed AWS API request".
class Signer {
public:
    Signer(Credentials credentials, std::string region);

    /// Adds X-Amz-Date, X-Amz-Security-Token where there is a token, and Authorization to `headers`, which hold every
    /// other header to be signed, Host included. `target` is the path with its query, percent-encoded as it is sent.
    void sign(std::string_view service, std::string_view method, std::string_view target, Headers& headers,
              std::string_view body, Time wallTime);

    const std::string& region() const { return region_; }

private:
    const Digest& signingKey(std::string_view service, const std::string& day);

    Credentials credentials_;
    std::string region_;
    std::string keyScope_;  // the key changes once a day: "20260105/dynamodb"
    Digest key_{};
};

/// The text that is hashed for the signature; a header that stands more than once has its values joined by commas.
std::string canonicalRequest(std::string_view method, std::string_view target, const Headers& headers,
                             std::string_view body);

}  // namespace backlot::sdk
