// Any bytes as JSON: refused, or written and read again as the same value.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (validUtf8Prefix(text) > size) __builtin_trap();
    const auto value = tryParseJson(text);
    if (!value) return 0;
    if (!isUtf8(text)) __builtin_trap();
    const auto written = writeJson(*value);
    const auto again = tryParseJson(written);
    if (!again || !equal(*value, *again) || writeJson(*again) != written) __builtin_trap();
    if (!tryParseJson(writePretty(*value))) __builtin_trap();
    return 0;
}
