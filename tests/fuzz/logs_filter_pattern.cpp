// A filter pattern, a line's end, and a message: refused, or an answer at once.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/logs/filter_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\n'), text.size());
    try {
        backlot::logs::FilterPattern(text.substr(0, end)).matches(text.substr(std::min(end + 1, text.size())));
    } catch (const backlot::AwsError&) {
    }
    return 0;
}
