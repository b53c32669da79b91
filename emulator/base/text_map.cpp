#include "emulator/base/text_map.h"

namespace backlot {

Json textMap(const TextMap& map) {
    Json result = object();
    for (const auto& [name, value] : map) set(result, name, value);
    return result;
}

TextMap mapOf(const Json* object) {
    TextMap result;
    if (!object) return result;
    for (const auto& member : object->GetObject()) result.emplace(text(member.name), text(member.value));
    return result;
}

}  // namespace backlot
