#include "emulator/world/trace_header.h"

#include <algorithm>
#include <cstdlib>

namespace backlot {

std::optional<Cause> causeOf(std::string_view header) {
    Cause cause;
    while (!header.empty()) {
        const auto end = std::min(header.find(';'), header.size());
        const auto part = header.substr(0, end);
        header.remove_prefix(std::min(end + 1, header.size()));
        if (part.starts_with("Root=")) cause.trace = part.substr(5);
        if (part.starts_with("Parent=") && part.size() == 23)
            cause.entry = std::strtoull(std::string(part.substr(7)).c_str(), nullptr, 16);
    }
    return cause.trace.empty() ? std::nullopt : std::optional(std::move(cause));
}

}  // namespace backlot
