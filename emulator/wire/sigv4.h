#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/http_message.h"
#include "emulator/base/time.h"
#include "emulator/wire/target.h"

namespace backlot::wire {

// Checks AWS Signature Version 4 (base/sigv4.h).

using SecretOf = std::function<std::optional<std::string>(std::string_view accessKeyId)>;

/// Checks the signature of a request that detect() let pass, header-signed or presigned, against the secret that
/// `secretOf` knows for its access key; compares in constant time. `now` is the wall clock: a signature may be 15
/// minutes off. Throws Refusal: UnrecognizedClientException, InvalidSignatureException, or what they are called in the
/// target's protocol.
void verify(const Target& target, const Request& request, const SecretOf& secretOf, Time now);

}  // namespace backlot::wire
