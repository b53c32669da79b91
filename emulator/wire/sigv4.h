#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/http_message.h"
#include "emulator/base/time.h"

namespace backlot::wire {

struct Credentials {
    std::string accessKeyId, secretAccessKey, sessionToken;   // sessionToken may be empty
};

/// AWS Signature Version 4.  Source: IAM User Guide, "Create a signed AWS API request".
/// Signs in place: sets X-Amz-Date (unless there), X-Amz-Security-Token where there is one, and Authorization. `Host` must be set.
void sign(Request& request, const Credentials& credentials, std::string_view region, std::string_view service, Time now);

/// Checks the signature of a header-signed or presigned request against the secret that `secretOf` knows for its access key.
/// Returns nothing where it is right, else the error AWS answers (UnrecognizedClientException, InvalidSignatureException,
/// SignatureDoesNotMatch, RequestExpired…, by `service`'s protocol); compares in constant time.
std::optional<std::pair<std::string, std::string>> verify(
    const Request& request, const std::function<std::optional<std::string>(std::string_view accessKeyId)>& secretOf, Time now);

/// The steps of it, for tests and for messages that explain a mismatch.
std::string canonicalRequest(const Request& request, std::string_view signedHeaders, std::string_view service);
std::string stringToSign(std::string_view amzDate, std::string_view scope, std::string_view canonicalRequest);
std::string signature(std::string_view secret, std::string_view date, std::string_view region, std::string_view service,
                      std::string_view stringToSign);

}  // namespace backlot::wire
