#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace backlot {

std::string gzip(std::string_view body);

/// What follows names how the compressed bytes are framed.
enum class Deflated { gzipOrZlib, raw };
/// Nothing where the bytes are broken, cut off, or more than `limit` bytes come out of them.
std::optional<std::string> inflated(std::string_view bytes, std::size_t limit, Deflated how = Deflated::gzipOrZlib);

}  // namespace backlot
