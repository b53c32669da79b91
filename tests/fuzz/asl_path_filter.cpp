// Any text as a filter of JSONPath over each element of a list, the one in a path and the one by itself.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "asl/failure.h"
#include "asl/query/path_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    static const Json document =
        parseJson(R"({"list": [{"a": 1, "b": "text"}, {"a": [1, "x"], "c": {"d": null}}, 3, "aab"], "limit": 2})");
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        const auto filter = asl::PathFilter::parse(text, 0);
        for (const auto& item : find(document, "list")->GetArray()) filter->matches(item, document);
    } catch (const asl::PathSyntaxError&) {
    }
    try {
        asl::JsonPath::parse("$.list[?(" + std::string(text) + ")]").read(document);
    } catch (const asl::PathSyntaxError&) {
    } catch (const asl::PathNotFound&) {
    } catch (const asl::StateFailure&) {  // more than can be read
    }
    return 0;
}
