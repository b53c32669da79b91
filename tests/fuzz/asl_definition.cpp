// Any text as a definition: findings, never a crash; what compiles is drawn and started.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "asl/execution/execution.h"
#include "asl/language/drawing.h"

namespace {

class FixedDice : public backlot::asl::Dice {
public:
    std::uint64_t next() override { return 4; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot::asl;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto compiled = compile(text);
    invalidDefinitionMessage(compiled.diagnostics, text);
    if (!compiled.machine) return 0;
    mermaid(*compiled.machine);
    svg(*compiled.machine);
    variableReferences(*compiled.machine);
    FixedDice dice;
    Execution execution(compiled.machine, Identity{});
    execution.step(Start{Payload(std::string(R"({"items": [1, 2], "a": {"b": "c"}, "n": 1.5})"))}, backlot::Time{},
                   dice);
    Execution::fromBytes(compiled.machine, execution.bytes());
    return 0;
}
