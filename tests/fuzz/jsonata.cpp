// Compiles and evaluates whatever comes: the expression before the first NUL, JSON for `$` and `$states` after it.

#include <cstddef>
#include <cstdint>

#include "asl/query/jsonata.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = text.find('\0');
    auto compiled = asl::Jsonata::compile(text.substr(0, end));
    const auto* program = std::get_if<asl::Jsonata>(&compiled);
    if (!program) return 0;
    const auto input = end == std::string_view::npos ? std::nullopt : tryParseJson(text.substr(end + 1));
    asl::JsonataHost host;
    host.random = [] { return 0.5; };
    host.uuid = [] { return std::string("00000000-0000-4000-8000-000000000000"); };
    const asl::JsonataBinding bindings[] = {{"states", input ? &*input : nullptr}};
    (void)program->evaluate(bindings, input ? &*input : nullptr, host, 50'000);
    return 0;
}
