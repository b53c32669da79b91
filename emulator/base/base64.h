#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace backlot {

/// Standard alphabet with padding (RFC 4648, section 4).
std::string base64Encode(std::string_view bytes);
/// Nothing where the text is not canonical base64: wrong length, alphabet or padding.
std::optional<std::string> base64Decode(std::string_view text);
/// URL-safe alphabet, no padding (RFC 4648, section 5), as JSON Web Tokens use it.
std::string base64UrlEncode(std::string_view bytes);
std::optional<std::string> base64UrlDecode(std::string_view text);

}  // namespace backlot
