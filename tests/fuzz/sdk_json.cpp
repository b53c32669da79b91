// What functions read of the world: JSON, tokens, money, times. Refused, or written and read again as the same.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "functions/sdk/crypto.h"
#include "functions/sdk/http.h"
#include "functions/sdk/json.h"
#include "functions/sdk/money.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot::sdk;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const auto written = writeJson(parseJson(text));
        if (writeJson(parseJson(written)) != written) __builtin_trap();
    } catch (const JsonError&) {
    }
    if (const auto money = Money::parse(text)) {
        const auto again = Money::parse(money->text());
        if (!again || again->minorUnits() != money->minorUnits()) __builtin_trap();
    }
    if (verifyJwt(text, "secret", Time{})) __builtin_trap();  // nobody guesses a signature
    percentDecode(text);
    return 0;
}
