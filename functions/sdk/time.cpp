#include "functions/sdk/time.h"

#include <cstdio>
#include <stdexcept>

namespace backlot::sdk {
namespace {

struct Fields {
    int year;
    unsigned month, day;
    int hour, minute, second, millisecond;
};

Fields fieldsOf(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return {int(date.year()),
            unsigned(date.month()),
            unsigned(date.day()),
            int(clock.hours().count()),
            int(clock.minutes().count()),
            int(clock.seconds().count()),
            int(clock.subseconds().count())};
}

}  // namespace

std::string iso8601(Time time) {
    const auto f = fieldsOf(time);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", f.year, f.month, f.day, f.hour, f.minute,
                  f.second, f.millisecond);
    return text;
}

Time parseIso8601(const std::string& text) {
    Fields f{};
    int used = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d.%3dZ%n", &f.year, &f.month, &f.day, &f.hour, &f.minute,
                    &f.second, &f.millisecond, &used) != 7 ||
        used != static_cast<int>(text.size()))
        throw std::invalid_argument("not a time stamp: " + text);
    using namespace std::chrono;
    return sys_days(year(f.year) / month(f.month) / day(f.day)) + hours(f.hour) + minutes(f.minute) +
           seconds(f.second) + milliseconds(f.millisecond);
}

std::string amzDate(Time time) {
    const auto f = fieldsOf(time);
    char text[64];
    std::snprintf(text, sizeof text, "%04d%02u%02uT%02d%02d%02dZ", f.year, f.month, f.day, f.hour, f.minute, f.second);
    return text;
}

}  // namespace backlot::sdk
