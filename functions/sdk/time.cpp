#include "functions/sdk/time.h"

#include <stdexcept>

namespace backlot::sdk {

Time parseIso8601(const std::string& text) {
    const auto parsed = backlot::parseIso8601(text);
    if (!parsed || iso8601Millis(*parsed) != text) throw std::invalid_argument("not a time stamp: " + text);
    return std::chrono::floor<std::chrono::milliseconds>(*parsed);
}

}  // namespace backlot::sdk
