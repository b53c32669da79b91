// Any text as a filter expression over a trace: refused, or an answer.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/xray/filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    static const xray::Trace trace = [] {
        xray::Trace made{.id = "1-0-0", .segments = {}};
        xray::Segment segment{.id = "a", .name = "Orders", .end = 2, .error = true};
        segment.annotations = parseJson(R"({"a": 1, "b": "x"})");
        segment.http = parseJson(R"({"request": {"method": "GET", "url": "u"}, "response": {"status": 200}})");
        made.segments.push_back(std::move(segment));
        return made;
    }();
    try {
        xray::parseFilter({reinterpret_cast<const char*>(data), size})(trace);
    } catch (const AwsError&) {
    }
    return 0;
}
