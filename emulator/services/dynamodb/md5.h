#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace backlot::dynamodb {

using Md5 = std::array<std::uint8_t, 16>;

/// MD5 of the parts, one after the other. For places where AWS uses it; it protects nothing. Source: RFC 1321.
Md5 md5(std::initializer_list<std::string_view> parts);

}  // namespace backlot::dynamodb
