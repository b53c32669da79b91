#include "emulator/base/schedule_expression.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

#include "emulator/base/http_message.h"

namespace backlot {
namespace {

using namespace std::chrono;

constexpr int kFirstYear = 1970, kLastYear = 2199;
constexpr std::string_view kMonths[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                        "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::string_view kDays[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t at = text.find(separator);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return parts;
        text.remove_prefix(at + 1);
    }
}

std::optional<int> number(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty() ? std::optional(value)
                                                                                     : std::nullopt;
}

/// A number, or the name that stands for it; names count from 1.
std::optional<int> value(std::string_view text, std::span<const std::string_view> names) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (equalIgnoringCase(text, names[i])) return static_cast<int>(i) + 1;
    }
    return number(text);
}

/// "*", "5", "1-5", "0/15", "1-5/2" and lists of them into `bits`, whose bit 0 stands for `offset`.
template <std::size_t N>
bool readField(std::string_view field, int low, int high, std::bitset<N>& bits,
               std::span<const std::string_view> names = {}, int offset = 0) {
    for (std::string_view part : split(field, ',')) {
        int step = 1;
        const std::size_t slash = part.find('/');
        if (slash != std::string_view::npos) {
            const auto every = number(part.substr(slash + 1));
            if (!every || *every < 1) return false;
            step = *every;
            part = part.substr(0, slash);
        }
        int from = low, to = high;
        if (part != "*") {
            const std::size_t dash = part.find('-');
            const auto first = value(part.substr(0, dash), names);
            if (!first) return false;
            from = *first;
            to = slash != std::string_view::npos ? high : from;
            if (dash != std::string_view::npos) {
                const auto last = value(part.substr(dash + 1), names);
                if (!last) return false;
                to = *last;
            }
        }
        if (from < low || to > high || from > to) return false;
        for (int i = from; i <= to; i += step) bits.set(static_cast<std::size_t>(i - offset));
    }
    return true;
}

/// Sunday is 1, as AWS counts.
int weekdayOf(year_month_day day) { return static_cast<int>(weekday(sys_days(day)).c_encoding()) + 1; }
int lastDayOf(year_month_day day) {
    return static_cast<int>(static_cast<unsigned>((day.year() / day.month() / last).day()));
}

}  // namespace

std::optional<ScheduleExpression> ScheduleExpression::parse(std::string_view text) {
    if (!text.ends_with(")")) return std::nullopt;
    if (text.starts_with("rate(")) return parseRate(text.substr(5, text.size() - 6));
    if (text.starts_with("cron(")) return parseCron(text.substr(5, text.size() - 6));
    return std::nullopt;
}

std::optional<ScheduleExpression> ScheduleExpression::parseRate(std::string_view text) {
    const auto parts = split(text, ' ');
    const auto count = parts.size() == 2 ? number(parts[0]) : std::nullopt;
    if (!count || *count < 1) return std::nullopt;
    const bool plural = parts[1].ends_with("s");
    if (plural != (*count != 1)) return std::nullopt;  // "rate(1 minutes)" is refused, as is "rate(5 minute)"
    const std::string_view unit = plural ? parts[1].substr(0, parts[1].size() - 1) : parts[1];
    ScheduleExpression schedule;
    if (unit == "minute")
        schedule.rate_ = minutes(*count);
    else if (unit == "hour")
        schedule.rate_ = hours(*count);
    else if (unit == "day")
        schedule.rate_ = days(*count);
    else
        return std::nullopt;
    return schedule;
}

std::optional<ScheduleExpression> ScheduleExpression::parseCron(std::string_view text) {
    const auto fields = split(text, ' ');
    if (fields.size() != 6) return std::nullopt;
    ScheduleExpression schedule;
    if (!readField(fields[0], 0, 59, schedule.minutes_) || !readField(fields[1], 0, 23, schedule.hours_) ||
        !readField(fields[3], 1, 12, schedule.months_, kMonths) ||
        !readField(fields[5], kFirstYear, kLastYear, schedule.years_, {}, kFirstYear)) {
        return std::nullopt;
    }
    const std::string_view day = fields[2], week = fields[4];
    if ((day == "?") == (week == "?")) return std::nullopt;  // one of the two must be left open, and only one
    if (week == "?") {
        if (day == "L")
            schedule.lastDayOfMonth_ = true;
        else if (day.ends_with("W")) {
            schedule.nearestWeekday_ = number(day.substr(0, day.size() - 1));
            if (!schedule.nearestWeekday_ || *schedule.nearestWeekday_ < 1 || *schedule.nearestWeekday_ > 31)
                return std::nullopt;
        } else if (!readField(day, 1, 31, schedule.daysOfMonth_)) {
            return std::nullopt;
        }
        return schedule;
    }
    schedule.byWeekday_ = true;
    if (const std::size_t hash = week.find('#'); hash != std::string_view::npos) {
        const auto weekday = value(week.substr(0, hash), kDays), nth = number(week.substr(hash + 1));
        if (!weekday || !nth || *weekday < 1 || *weekday > 7 || *nth < 1 || *nth > 5) return std::nullopt;
        schedule.nthWeekday_ = {*weekday, *nth};
    } else if (week == "L") {
        schedule.daysOfWeek_.set(7);
    } else if (week.ends_with("L")) {
        schedule.lastWeekday_ = value(week.substr(0, week.size() - 1), kDays);
        if (!schedule.lastWeekday_ || *schedule.lastWeekday_ < 1 || *schedule.lastWeekday_ > 7) return std::nullopt;
    } else if (!readField(week, 1, 7, schedule.daysOfWeek_, kDays)) {
        return std::nullopt;
    }
    return schedule;
}

bool ScheduleExpression::matchesDay(year_month_day day) const {
    const int number = static_cast<int>(static_cast<unsigned>(day.day())), ofWeek = weekdayOf(day),
              lastDay = lastDayOf(day);
    if (!byWeekday_) {
        if (lastDayOfMonth_) return number == lastDay;
        if (!nearestWeekday_) return daysOfMonth_.test(static_cast<std::size_t>(number));
        // The working day nearest to the one named, without leaving its month.
        const int wanted = std::min(*nearestWeekday_, lastDay);
        const int wantedOfWeek = weekdayOf(day.year() / day.month() / std::chrono::day(static_cast<unsigned>(wanted)));
        int nearest = wanted;
        if (wantedOfWeek == 7) nearest = wanted == 1 ? 3 : wanted - 1;
        if (wantedOfWeek == 1) nearest = wanted == lastDay ? wanted - 2 : wanted + 1;
        return number == nearest;
    }
    if (nthWeekday_) return ofWeek == nthWeekday_->first && (number - 1) / 7 + 1 == nthWeekday_->second;
    if (lastWeekday_) return ofWeek == *lastWeekday_ && number + 7 > lastDay;
    return daysOfWeek_.test(static_cast<std::size_t>(ofWeek));
}

std::optional<Time> ScheduleExpression::next(Time after) const {
    if (rate_) return after + *rate_;
    const auto start = floor<minutes>(after) + minutes(1);
    auto day = floor<days>(start);
    auto firstMinute = duration_cast<minutes>(start - day).count();
    for (;; day += days(1), firstMinute = 0) {
        const year_month_day date(day);
        const int year = static_cast<int>(date.year());
        if (year > kLastYear) return std::nullopt;
        if (!years_.test(static_cast<std::size_t>(std::max(year, kFirstYear) - kFirstYear))) {
            day = sys_days(date.year() / December / 31);
            continue;
        }
        if (!months_.test(static_cast<unsigned>(date.month()))) {
            day = sys_days(date.year() / date.month() / last);
            continue;
        }
        if (!matchesDay(date)) continue;
        for (auto minute = firstMinute; minute < 24 * 60; ++minute) {
            if (!hours_.test(static_cast<std::size_t>(minute / 60))) {
                minute += 59 - minute % 60;
                continue;
            }
            if (minutes_.test(static_cast<std::size_t>(minute % 60)))
                return Time(day.time_since_epoch()) + std::chrono::minutes(minute);
        }
    }
}

}  // namespace backlot
