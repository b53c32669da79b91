// Any text as each of the small things that requests hold: times, durations, ARNs, base64, escapes, queries.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/base/http_message.h"
#include "emulator/base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto time = parseIso8601(text)) {
        const auto again = parseIso8601(iso8601Millis(*time));
        if (!again || epochMillis(*again) != epochMillis(*time)) __builtin_trap();
    }
    parseDuration(text);
    parseArn(text);
    if (const auto bytes = base64Decode(text); bytes && base64Decode(base64Encode(*bytes)) != bytes) __builtin_trap();
    if (base64Decode(base64Encode(text)) != std::optional<std::string>(text)) __builtin_trap();
    percentDecode(text);
    parseQuery(text);
    return 0;
}
