#pragma once

#include <map>
#include <string>

#include "emulator/base/json.h"

namespace backlot {

using TextMap = std::map<std::string, std::string>;

/// An object of texts: tags, attributes.
Json textMap(const TextMap& map);
/// And back; empty where there is none.
TextMap mapOf(const Json* object);

}  // namespace backlot
