// A filter policy, a line's end, and a message's attributes: refused, or an answer at once.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/aws_error.h"
#include "emulator/services/sns/filter_policy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = std::min(text.find('\n'), text.size());
    const auto message = tryParseJson(text.substr(std::min(end + 1, text.size())));
    for (const bool onBody : {false, true}) {
        try {
            const EventPattern policy = sns::compileFilterPolicy(std::string(text.substr(0, end)), onBody, "");
            if (message && message->IsObject())
                policy.matches(onBody ? copy(*message) : sns::attributesEvent(&*message));
        } catch (const AwsError&) {
        }
    }
    return 0;
}
