// A template of any bytes is planned or refused with a TemplateError, within its limits; what is planned can be
// described.

#include <cstdint>
#include <string>

#include "emulator/templates/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot::templates;
    try {
        const std::string text(reinterpret_cast<const char*>(data), size);
        const Plan plan = makePlan(parseTemplate(text, "template.yaml"), {});
        describe(plan);
    } catch (const TemplateError&) {
    }
    return 0;
}
