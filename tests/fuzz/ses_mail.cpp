// Any bytes as a raw mail, as addresses, and as a template for some data: taken apart, rendered or refused.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/ses/mime.h"
#include "emulator/services/ses/templates.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    static const Json values = parseJson(
        R"({"name": "Ann", "person": {"name": "Bob", "tags": ["x", {"y": 1}]}, "list": [1, "two", null], "no": false})");
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto mail = ses::parseMail(text);
    for (const auto& [name, value] : mail.headers)
        for (const auto& address : ses::addressesOf(value)) ses::bareAddress(address);
    for (const auto& address : ses::addressesOf(text)) ses::bareAddress(address);
    try {
        ses::render(ses::Api::v1, text, values);
    } catch (const AwsError&) {
    }
    return 0;
}
