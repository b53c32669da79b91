#pragma once
// What the two REST protocols share: all but the body.

#include <string_view>

#include "emulator/wire/protocol.h"

namespace backlot::wire {

struct Shape;

/// By method and path, among the services that are signed for; of the services that speak `protocol`.
bool recogniseRest(Recognition& recognition, const Protocol& protocol);

/// A body, or a payload that is no bytes, as the shape has it. Throws Refusal.
using BodyReader = Json (*)(const Target& target, std::uint16_t shape, std::string_view body);
/// Labels, query, headers and body as one object. Throws Refusal.
Json decodeRest(const Target& target, const Request& request, std::string_view body, BodyReader readBody);

/// The payload, or all members that travel in the body; empty where there is none.
using BodyWriter = std::string (*)(const Target& target, const Shape& output, const Json& result);
Response encodeRest(const Target& target, const Json& result, BodyWriter writeBody, std::string_view bodyType);

/// The members of a structure that travel in headers, and the status code.
void writeHeaders(const Target& target, const Shape& structure, const Json& value, Response& response);

}  // namespace backlot::wire
