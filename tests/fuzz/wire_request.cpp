// Any bytes as an HTTP request of any protocol: refused or read and checked, never a crash, never slow.
// Form: a line "METHOD target scope-service x-amz-target content-type", then the body.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "tests/emulator/wire/apis.h"

using namespace backlot;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto lineEnd = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, lineEnd);
    std::array<std::string_view, 5> words{};
    for (auto& word : words) {
        word = line.substr(0, line.find(' '));
        line.remove_prefix(std::min(word.size() + 1, line.size()));
    }
    Request request{.method = std::string(words[0]),
                    .target = std::string(words[1]),
                    .body = std::string(text.substr(std::min(lineEnd + 1, text.size())))};
    request.headers.add("Host", "127.0.0.1:4566");
    request.headers.add("X-Amz-Date", "20260105T090000Z");
    request.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20260105/us-east-1/" +
                                             std::string(words[2]) +
                                             "/aws4_request, SignedHeaders=host;x-amz-date, Signature=00");
    if (!words[3].empty() && words[3] != "-") request.headers.add("X-Amz-Target", words[3]);
    if (!words[4].empty()) request.headers.add("Content-Type", words[4]);
    try {
        const wire::Target target = wire::detect(request);
        if (!target.model || !target.modelled) {
            wire::encodeRefusal(wire::unknownService(target), "id");
            return 0;
        }
        const Json input = wire::decode(target, request);
        wire::check(target, input);
        wire::encode(target, input, "id");  // some operations take what they give
    } catch (const wire::Refusal& refusal) {
        wire::encodeRefusal(refusal, "id");
    }
    return 0;
}
