// Any text as rate() or cron(): refused, or there is a next time, and it is later.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/schedule_expression.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace backlot;
    const auto schedule = ScheduleExpression::parse({reinterpret_cast<const char*>(data), size});
    if (!schedule) return 0;
    Time now = fromSeconds(1767603600);
    for (int i = 0; i < 3; ++i) {
        const auto next = schedule->next(now);
        if (!next) break;
        if (*next <= now) __builtin_trap();
        now = *next;
    }
    return 0;
}
