#pragma once

#include <string>
#include <string_view>

namespace backlot::sns {

/// Base64 of the RSA signature over `text`: SHA-1 for signature version "1", SHA-256 for "2".
/// Source: Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages".
/// Differs: the key is ours, lies in the open, and is short: a signature proves a message's form, not where it came
/// from.
std::string sign(std::string_view text, std::string_view signatureVersion);

}  // namespace backlot::sns
