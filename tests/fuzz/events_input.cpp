// A target as JSON, a line's end, and an event: the target is refused, or it gets some text or none.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/events/input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\n'), text.size());
    const auto target = tryParseJson(text.substr(0, end));
    if (!target || !target->IsObject()) return 0;
    const std::string event(text.substr(std::min(end + 1, text.size())));
    const auto value = tryParseJson(event);
    if (!value || !value->IsObject()) return 0;
    try {
        const events::Target read = events::targetOf(*target);
        events::requireInput(read);
        events::inputFor(
            read.input, *value, event,
            {.ruleArn = "arn:aws:events:us-east-1:000000000000:rule/r", .ruleName = "r", .ingestedAt = {}});
    } catch (const AwsError&) {
    } catch (const JsonMisuse&) {  // types that the API model's check refuses before
    }
    return 0;
}
