// Any bytes as a pattern, and as pattern and event: refused or compiled, never a crash, never slow.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/event_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::size_t split = text.find('\n');
    try {
        const backlot::EventPattern pattern = backlot::EventPattern::compile(text.substr(0, split));
        if (split == std::string_view::npos) return 0;
        if (const auto event = backlot::tryParseJson(text.substr(split + 1))) {
            if (pattern.matches(*event) && !pattern.mismatch(*event).empty()) __builtin_trap();
        }
    } catch (const backlot::PatternError&) {
    }
    return 0;
}
