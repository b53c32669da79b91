// The order of key parts is the order of the values, whatever bytes they hold; and JSON items survive their encoding.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/keys.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    using namespace backlot::dynamodb;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto a = bytes.substr(0, size / 2), b = bytes.substr(size / 2);
    std::string keyA, keyB;
    appendPart(keyA, a);
    appendPart(keyB, b);
    const auto sign = [](int order) { return (order > 0) - (order < 0); };
    if (sign(a.compare(b)) != sign(keyA.compare(keyB))) std::abort();

    if (auto json = tryParseJson(bytes); json && json->IsObject()) {
        try {
            const auto item = encodeItem(*json);
            if (encodeItem(itemToJson(item)) != item) std::abort();
        } catch (const AwsError&) {
        } catch (const JsonMisuse&) {  // types that the API model's check refuses before
        }
    }
    return 0;
}
