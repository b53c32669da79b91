// Any bytes as a function's package: refused or checked to its last CRC; nothing is unpacked.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/services/lambda/zip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot::lambda;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    try {
        if (inspectZip(bytes).unzippedBytes < (1u << 20)) unzip(bytes, {});
    } catch (const BadZip&) {
    }
    return 0;
}
