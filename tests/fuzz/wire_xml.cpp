// Any bytes as an XML document: read or refused; what was read can be written and read again.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/wire/xml.h"

using namespace backlot::wire;

namespace {

void write(XmlWriter& xml, const XmlElement& element) {
    xml.open(element.name);
    xml.text(element.text);
    for (const auto& child : element.children) write(xml, child);
    xml.close(element.name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto root = parseXml({reinterpret_cast<const char*>(data), size});
    if (!root) return 0;
    XmlWriter xml;
    write(xml, *root);
    if (!parseXml(xml.take())) __builtin_trap();
    return 0;
}
