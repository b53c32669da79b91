// Any text as a mapping template: rendered, or refused with what it may not hold.

#include <cstddef>
#include <cstdint>
#include <string>

#include "emulator/services/apigateway/mapping_template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    static const auto input = [] {
        return apigateway::TemplateInput{
            .body = R"({"a": {"b": [1, "two", null]}, "text": "a 'quoted' one"})",
            .parameters = parseJson(R"({"path": {"id": "1"}, "querystring": {"q": "x y"}, "header": {"H": "v"}})"),
            .context = parseJson(R"({"requestId": "r", "identity": {"sourceIp": "127.0.0.1"}})"),
            .stageVariables = parseJson(R"({"v": "1"})")};
    }();
    try {
        apigateway::render({reinterpret_cast<const char*>(data), size}, input);
    } catch (const apigateway::TemplateFailure&) {
    }
    return 0;
}
