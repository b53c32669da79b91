#include "emulator/base/time.h"

#include <cmath>

namespace backlot {
namespace {

using namespace std::chrono;

struct Civil {
    int year;
    unsigned month, day;
    int hour, minute, second, millis;
    unsigned weekday;
};

Civil civil(Time time) {
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<milliseconds>(time - day));
    return {int(date.year()),
            unsigned(date.month()),
            unsigned(date.day()),
            int(clock.hours().count()),
            int(clock.minutes().count()),
            int(clock.seconds().count()),
            int(clock.subseconds().count()),
            weekday(day).c_encoding()};
}

/// Appends `value` in `width` digits. (printf's formats are a tenth of what a small request costs.)
void padded(std::string& out, int value, int width) {
    char digits[12];
    for (int i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
    out.append(digits, static_cast<std::size_t>(width));
}

void appendDate(std::string& out, const Civil& c) {
    padded(out, c.year, 4);
    padded(out += '-', static_cast<int>(c.month), 2);
    padded(out += '-', static_cast<int>(c.day), 2);
}

void appendClock(std::string& out, const Civil& c) {
    padded(out, c.hour, 2);
    padded(out += ':', c.minute, 2);
    padded(out += ':', c.second, 2);
}

/// Reads exactly `count` digits off the front of `text`.
std::optional<int> digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

}  // namespace

std::string iso8601Millis(Time time) {
    const Civil c = civil(time);
    std::string out;
    out.reserve(24);
    appendDate(out, c);
    appendClock(out += 'T', c);
    padded(out += '.', c.millis, 3);
    return out += 'Z';
}

std::string iso8601Seconds(Time time) {
    const Civil c = civil(time);
    std::string out;
    out.reserve(20);
    appendDate(out, c);
    appendClock(out += 'T', c);
    return out += 'Z';
}

std::string httpDate(Time time) {
    static constexpr const char* kDays[] = {"Sun, ", "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, "};
    static constexpr const char* kMonths[] = {" Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ",
                                              " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec "};
    const Civil c = civil(time);
    std::string out;
    out.reserve(29);
    padded(out += kDays[c.weekday], static_cast<int>(c.day), 2);
    padded(out += kMonths[c.month - 1], c.year, 4);
    appendClock(out += ' ', c);
    return out += " GMT";
}

std::optional<Time> parseIso8601(std::string_view text) {
    const auto y = digits(text, 4);
    if (!y || !take(text, '-')) return std::nullopt;
    const auto mo = digits(text, 2);
    if (!mo || !take(text, '-')) return std::nullopt;
    const auto d = digits(text, 2);
    if (!d || !(take(text, 'T') || take(text, 't'))) return std::nullopt;
    const auto h = digits(text, 2);
    if (!h || !take(text, ':')) return std::nullopt;
    const auto mi = digits(text, 2);
    if (!mi) return std::nullopt;
    int s = 0;
    std::int64_t micros = 0;
    if (take(text, ':')) {
        const auto seconds = digits(text, 2);
        if (!seconds) return std::nullopt;
        s = *seconds;
        if (take(text, '.')) {
            std::int64_t scale = 100000;
            if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
            while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
                micros += (text.front() - '0') * scale;
                scale /= 10;
                text.remove_prefix(1);
            }
        }
    }
    int offsetMinutes = 0;
    if (!(take(text, 'Z') || take(text, 'z'))) {
        const int sign = take(text, '+') ? 1 : take(text, '-') ? -1 : 0;
        if (!sign) return std::nullopt;
        const auto oh = digits(text, 2);
        if (!oh) return std::nullopt;
        take(text, ':');
        const auto om = digits(text, 2);
        if (!om || *oh > 23 || *om > 59) return std::nullopt;
        offsetMinutes = sign * (*oh * 60 + *om);
    }
    const year_month_day date{year{*y}, month{unsigned(*mo)}, day{unsigned(*d)}};
    if (!text.empty() || !date.ok() || *h > 24 || *mi > 59 || s > 60) return std::nullopt;
    return Time(sys_days(date).time_since_epoch() + hours(*h) + minutes(*mi - offsetMinutes) + seconds(s) +
                microseconds(micros));
}

Json epochSeconds(Time time) { return Json(static_cast<double>(epochMillis(time)) / 1000.0); }
std::int64_t epochMillis(Time time) { return floor<milliseconds>(time).time_since_epoch().count(); }
std::int64_t wholeSeconds(Time time) { return floor<seconds>(time).time_since_epoch().count(); }
Time fromMillis(std::int64_t millis) { return Time(milliseconds(millis)); }
Time fromSeconds(double value) { return Time(microseconds(std::llround(value * 1e6))); }
Time wallClock() { return floor<microseconds>(system_clock::now()); }

std::optional<Duration> parseDuration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    double total = 0;
    while (!text.empty()) {
        std::size_t i = 0;
        while (i < text.size() && ((text[i] >= '0' && text[i] <= '9') || text[i] == '.')) ++i;
        if (i == 0 || i > 15) return std::nullopt;
        const double value = std::strtod(std::string(text.substr(0, i)).c_str(), nullptr);
        text.remove_prefix(i);
        i = 0;
        while (i < text.size() && text[i] >= 'a' && text[i] <= 'z') ++i;
        const auto unit = text.substr(0, i);
        const double scale = unit == "ms"                  ? 1e-3
                             : unit == "s" || unit.empty() ? 1
                             : unit == "m"                 ? 60
                             : unit == "h"                 ? 3600
                             : unit == "d"                 ? 86400
                                                           : 0;
        if (scale == 0) return std::nullopt;
        total += value * scale;
        text.remove_prefix(i);
    }
    if (total > 1e11) return std::nullopt;  // some 3,000 years: beyond it microseconds overflow
    return microseconds(std::llround(total * 1e6));
}

}  // namespace backlot
