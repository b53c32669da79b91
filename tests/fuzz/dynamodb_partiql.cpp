// Any text as a PartiQL statement: it parses or is refused with an AWS error.

#include <cstdint>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/dynamodb/partiql/statement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        backlot::dynamodb::partiql::parseStatement({reinterpret_cast<const char*>(data), size}, nullptr);
    } catch (const backlot::AwsError&) {
    }
    return 0;
}
