// Any bytes as Authorization header and URL of a signed request: told apart, verified or refused, never a crash.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/emulator/wire/apis.h"

using namespace backlot;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto split = std::min(text.find('\n'), text.size());
    Request request{
        .method = "POST", .target = "/" + std::string(text.substr(std::min(split + 1, text.size()))), .body = "{}"};
    request.headers.add("Host", "127.0.0.1:4566");
    request.headers.add("X-Amz-Date", "20260105T090000Z");
    request.headers.add("X-Amz-Target", "DynamoDB_20120810.ListTables");
    request.headers.add("Content-Type", "application/x-amz-json-1.0");
    if (split > 0) request.headers.add("Authorization", text.substr(0, split));
    try {
        const wire::Target target = wire::detect(request);
        wire::verify(
            target, request, [](std::string_view) { return std::optional<std::string>("secret"); },
            fromSeconds(1767603600));
    } catch (const wire::Refusal& refusal) {
        wire::encodeRefusal(refusal, "id");
    }
    return 0;
}
