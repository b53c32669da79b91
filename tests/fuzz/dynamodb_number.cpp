// Any text as a number: refused, or kept exactly through its key and back.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/dynamodb/number.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using backlot::dynamodb::Number;
    try {
        const auto number = Number::parse({reinterpret_cast<const char*>(data), size});
        const auto again = Number::fromKey(number.key());
        if (again.text() != number.text() || Number::parse(number.text()).key() != number.key()) std::abort();
    } catch (const backlot::AwsError&) {
    }
    return 0;
}
