#pragma once
// What the parts of encode() share; callers outside include protocol.h.

#include <string>
#include <string_view>

#include "emulator/wire/protocol.h"
#include "emulator/wire/xml.h"

namespace backlot::wire {

struct Shape;

Response encodeQuery(const Target& target, const Json& result, std::string_view requestId);
Response encodeRest(const Target& target, const Json& result, std::string_view requestId);
/// The last touch on every answer of services that check theirs: gzip where it was asked for, and the checksum.
void finish(const Target& target, Response& response);
/// The members of a structure that travel in headers, and the status code.
void writeHeaders(const Target& target, const Shape& structure, const Json& value, Response& response);
/// The members of a structure that travel in the body, as XML elements (and attributes of the element that is open).
void writeXml(XmlWriter& xml, const Target& target, const Shape& structure, const Json& value);

}  // namespace backlot::wire
