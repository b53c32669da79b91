#pragma once
// AWS Signature Version 4: what the two sides of a call compute alike.
// Source: IAM User Guide, "Create a signed AWS API request".

#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/http_message.h"
#include "emulator/base/sha256.h"
#include "emulator/base/time.h"

namespace backlot::sigv4 {

inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

/// "20260105T090000Z"
std::string amzDate(Time time);
std::optional<Time> parseAmzDate(std::string_view text);

/// What of a request is signed; views into it. `target` is the path with its query, percent-encoded as it is sent.
struct Signable {
    std::string_view method, target;
    const Headers& headers;
    std::string_view body;
    bool objectStore = false;  // these sign paths as they stand and believe X-Amz-Content-SHA256
};

/// The names to sign, "host;x-amz-date": all headers but those a proxy may change (Connection, User-Agent,
/// X-Amzn-Trace-Id).
std::string signedHeaders(const Headers& headers);
/// A header that stands more than once has its values joined by commas.
std::string canonicalRequest(const Signable& request, std::string_view signedHeaders);
/// `amzDate` as amzDate() writes it.
std::string stringToSign(std::string_view amzDate, std::string_view region, std::string_view service,
                         std::string_view canonicalRequest);
/// Good for one day, "20260105", of one service in one region.
Sha256 signingKey(std::string_view secret, std::string_view day, std::string_view region, std::string_view service);
/// Hexadecimal.
std::string signature(const Sha256& signingKey, std::string_view stringToSign);

struct Credentials {
    std::string accessKeyId, secretAccessKey, sessionToken;  // sessionToken may be empty
};

/// Signs requests in the Authorization header; keeps the day's key. One thread's.
class Signer {
public:
    Signer(Credentials credentials, std::string region);

    /// Sets X-Amz-Date, X-Amz-Security-Token where there is a token, and Authorization in `headers`, which hold every
    /// other header to be signed, Host included.
    void sign(std::string_view service, std::string_view method, std::string_view target, Headers& headers,
              std::string_view body, Time wallTime);

    const std::string& region() const { return region_; }

private:
    const Sha256& keyOf(std::string_view service, std::string_view day);

    Credentials credentials_;
    std::string region_;
    std::string keyScope_;  // "20260105/dynamodb"
    Sha256 key_{};
};

}  // namespace backlot::sigv4
