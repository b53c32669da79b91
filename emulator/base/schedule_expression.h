#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/time.h"

namespace backlot {

/// "rate(5 minutes)" or "cron(0 18 ? * MON-FRI *)", UTC.
/// Source: Amazon EventBridge User Guide, "Cron expressions" and "Rate expressions".
class ScheduleExpression {
public:
    /// Nothing where AWS would not take it.
    static std::optional<ScheduleExpression> parse(std::string_view text);
    /// The first moment after `after`; nothing where there is none (a cron's years are over).
    std::optional<Time> next(Time after) const;

private:
    static std::optional<ScheduleExpression> parseRate(std::string_view text);
    static std::optional<ScheduleExpression> parseCron(std::string_view text);
    bool matchesDay(std::chrono::year_month_day day) const;

    std::optional<Duration> rate_;
    std::bitset<60> minutes_;
    std::bitset<24> hours_;
    std::bitset<32> daysOfMonth_;                    // 1–31
    std::bitset<13> months_;                         // 1–12
    std::bitset<8> daysOfWeek_;                      // 1–7, Sunday is 1
    std::bitset<230> years_;                         // 1970–2199
    bool lastDayOfMonth_ = false;                    // L
    std::optional<int> nearestWeekday_;              // 15W
    std::optional<int> lastWeekday_;                 // 6L: the last Friday
    std::optional<std::pair<int, int>> nthWeekday_;  // 3#2: the second Tuesday
    bool byWeekday_ = false;                         // day of month is "?"
};

}  // namespace backlot
