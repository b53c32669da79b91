#pragma once
// What the parts of decode() share; callers outside include protocol.h.

#include <string>
#include <string_view>

#include "emulator/wire/protocol.h"

namespace backlot::wire {

[[noreturn]] void refuse(const Target& target, std::string code, std::string message, int status);
/// A body that cannot be read, by the protocol's name for it.
[[noreturn]] void refuseSerialization(const Target& target, std::string message);
/// A JSON object, or refuseSerialization().
Json parseBody(const Target& target, std::string_view body);

Json decodeQuery(const Target& target, const Request& request, std::string_view body);
Json decodeRest(const Target& target, const Request& request, std::string_view body);
/// A REST-XML body or payload as the shape has it.
Json decodeXml(const Target& target, std::uint16_t shape, std::string_view body);

}  // namespace backlot::wire
