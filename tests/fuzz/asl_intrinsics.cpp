// Any text as a call of an intrinsic function.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "asl/dice.h"
#include "asl/failure.h"
#include "asl/query/intrinsics.h"

namespace {

using namespace backlot;
using namespace backlot::asl;

class FixedDice : public Dice {
public:
    std::uint64_t next() override { return 4; }
};

class FixedScene : public Scene {
public:
    FixedScene() {
        input = Payload(std::string(
            R"({"list": [1, 2, 2, "a"], "text": "a,b", "object": {"x": 1}, "n": 2.5, "b64": "YWI=", "json": "[1]"})"));
        dice = &dice_;
    }
    const Payload* variable(std::string_view) const override { return nullptr; }
    const Json& context(bool) const override { return context_; }

private:
    FixedDice dice_;
    Json context_ = parseJson(R"({"Execution": {"Name": "n"}})");
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const FixedScene scene;
    try {
        Intrinsic::parse({reinterpret_cast<const char*>(data), size}).evaluate(scene);
    } catch (const PathSyntaxError&) {
    } catch (const PathNotFound&) {
    } catch (const StateFailure&) {
    }
    return 0;
}
