#pragma once
// Values in XML, for the two protocols that have them so.

#include <string_view>

#include "emulator/wire/model.h"
#include "emulator/wire/protocol.h"
#include "emulator/wire/xml.h"

namespace backlot::wire {

/// A body or payload as the shape has it. Throws Refusal.
Json decodeXml(const Target& target, std::uint16_t shape, std::string_view body);

/// Which of a member's names its element bears.
enum class XmlNames { wire, query };

/// The members of a structure that travel in the body, as XML elements (and attributes of the element that is open).
void writeXml(XmlWriter& xml, const Model& model, const Shape& structure, const Json& value, XmlNames names);

}  // namespace backlot::wire
