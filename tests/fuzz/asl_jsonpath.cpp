// Any text as a JSONPath over a fixed document.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "asl/failure.h"
#include "asl/query/jsonpath.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    static const Json document = parseJson(
        R"({"a": {"b": [1, 2, {"c": "d", "e": null}], "x y": true}, "list": [[1], [2, 3]], "s": "text", "n": -1.5})");
    try {
        const auto path = asl::JsonPath::parse({reinterpret_cast<const char*>(data), size});
        path.canonical();
        path.read(document);
        if (path.isReference()) path.place(copy(document), Json(1));
    } catch (const asl::PathSyntaxError&) {
    } catch (const asl::PathNotFound&) {
    } catch (const asl::StateFailure&) {  // more than can be read
    }
    return 0;
}
