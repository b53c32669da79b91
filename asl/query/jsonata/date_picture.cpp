#include "asl/query/jsonata/date_picture.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <vector>

#include "asl/query/jsonata/failure.h"
#include "asl/query/jsonata/numerals.h"
#include "asl/query/jsonata/regex.h"
#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

constexpr double kMillisPerDay = 86'400'000;
constexpr std::string_view kDays[] = {"", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};

// Calendar -----------------------------------------------------------------------------------------------------------

std::int64_t floorDivide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// Days from 1970-01-01 in the proleptic Gregorian calendar; months beyond 1 to 12 run into other years.
std::int64_t daysFromCivil(std::int64_t year, std::int64_t month, std::int64_t day) {
    year += floorDivide(month - 1, 12);
    month -= 12 * floorDivide(month - 1, 12);
    // The year begins in March, so that the leap day is its last.
    const std::int64_t y = month <= 2 ? year - 1 : year, era = floorDivide(y, 400), yearOfEra = y - era * 400;
    const std::int64_t dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146'097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719'468;
}

struct Date {
    std::int64_t year;
    int month, day;  // from 1
};

Date civilFromDays(std::int64_t days) {
    days += 719'468;
    const std::int64_t era = floorDivide(days, 146'097), dayOfEra = days - era * 146'097;
    const std::int64_t yearOfEra = (dayOfEra - dayOfEra / 1'460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const std::int64_t dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100),
                       marchMonth = (5 * dayOfYear + 2) / 153;
    const auto month = static_cast<int>(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9);
    return {yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month,
            static_cast<int>(dayOfYear - (153 * marchMonth + 2) / 5 + 1)};
}

/// A moment taken apart. A week belongs to the year and the month that its Thursday is in.
class Moment {
public:
    explicit Moment(double millis) {
        if (!(std::fabs(millis) <= 8.64e15)) throw Failure("D1001").with("value", numberText(millis));
        millis_ = std::trunc(millis);
        days_ = static_cast<std::int64_t>(std::floor(millis_ / kMillisPerDay));
        inDay_ = static_cast<std::int64_t>(millis_ - static_cast<double>(days_) * kMillisPerDay);
        date_ = civilFromDays(days_);
        weekday_ = static_cast<int>(days_ + 3 - 7 * floorDivide(days_ + 3, 7)) + 1;
        thursday_ = civilFromDays(days_ + 4 - weekday_);
    }
    std::int64_t field(char component) const {
        switch (component) {
            case 'Y': return date_.year;
            case 'M': return date_.month;
            case 'D': return date_.day;
            case 'd': return days_ - daysFromCivil(date_.year, 1, 1) + 1;
            case 'F': return weekday_;
            case 'X': return thursday_.year;
            case 'x': return thursday_.month;
            case 'W': return (days_ + 4 - weekday_ - daysFromCivil(thursday_.year, 1, 1)) / 7 + 1;
            case 'w': return (thursday_.day - 1) / 7 + 1;
            case 'H': return inDay_ / 3'600'000;
            case 'h': return (inDay_ / 3'600'000 + 11) % 12 + 1;
            case 'P': return inDay_ / 3'600'000 < 12 ? 0 : 1;
            case 'm': return inDay_ / 60'000 % 60;
            case 's': return inDay_ / 1'000 % 60;
            case 'f': return inDay_ % 1'000;
            default: return 0;
        }
    }

private:
    double millis_;
    std::int64_t days_, inDay_;
    Date date_, thursday_;
    int weekday_;  // 1 is Monday
};

// Pictures -----------------------------------------------------------------------------------------------------------

struct Part {
    std::string literal;  // where component is 0
    char component = 0;
    enum class Names : unsigned char { none, lower, upper, title } names = Names::none;
    bool ordinal = false, traditional = false, isInteger = false;
    IntegerPicture integer;
    std::optional<int> least, most;  // width
    int yearDigits = -1;
};

std::string_view defaultPresentation(char component) {
    switch (component) {
        case 'Y':
        case 'M':
        case 'D':
        case 'd':
        case 'W':
        case 'w':
        case 'X':
        case 'x':
        case 'H':
        case 'h':
        case 'f': return "1";
        case 'F':
        case 'P':
        case 'C':
        case 'E': return "n";
        case 'm':
        case 's': return "01";
        case 'Z':
        case 'z': return "01:01";
        default: return {};
    }
}

std::optional<int> widthOf(std::string_view text) {
    if (text.empty() || text == "*") return std::nullopt;
    return std::clamp(std::atoi(std::string(text).c_str()), 0, 1000);
}

Part marker(std::string text) {
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; });
    Part part;
    if (text.empty()) throw Failure("D3132").withText("value", "");
    part.component = text.front();
    std::string_view presentation = std::string_view(text).substr(1);
    bool hasLeast = false;
    if (const auto comma = presentation.rfind(','); comma != std::string_view::npos) {
        const auto width = presentation.substr(comma + 1);
        presentation = presentation.substr(0, comma);
        const auto dash = width.find('-');
        part.least = widthOf(width.substr(0, dash));
        if (dash != std::string_view::npos) part.most = widthOf(width.substr(dash + 1));
        hasLeast = part.least.has_value();
    }
    char modifier = '\0';
    if (presentation.size() > 1 && std::string_view("atco").find(presentation.back()) != std::string_view::npos) {
        modifier = presentation.back();
        presentation.remove_suffix(1);
    }
    part.ordinal = modifier == 'o';
    part.traditional = modifier == 't';
    if (presentation.empty()) presentation = defaultPresentation(part.component);
    if (presentation.empty()) throw Failure("D3132").withText("value", {&part.component, 1});
    if (presentation.front() == 'n') {
        part.names = Part::Names::lower;
    } else if (presentation.front() == 'N') {
        part.names = presentation.size() > 1 && presentation[1] == 'n' ? Part::Names::title : Part::Names::upper;
    } else if (std::string_view("YMDdFWwXxHhmsf").find(part.component) != std::string_view::npos) {
        part.isInteger = true;
        part.integer =
            integerPicture(modifier == '\0' ? std::string(presentation) : std::string(presentation) + ";" + modifier);
        part.integer.ordinal = part.ordinal;
        if (hasLeast) part.integer.mandatoryDigits = std::max(part.integer.mandatoryDigits, *part.least);
        if (part.component == 'Y') {
            const int digits = part.integer.mandatoryDigits + part.integer.optionalDigits;
            if (part.most)
                part.yearDigits = part.integer.mandatoryDigits = *part.most;
            else if (digits >= 2)
                part.yearDigits = digits;
        }
    } else if (part.component == 'Z' || part.component == 'z') {
        part.integer = integerPicture(presentation);
    }
    if (part.component == 'Z' || part.component == 'z') part.isInteger = false;
    return part;
}

std::vector<Part> analysed(std::string_view picture) {
    std::vector<Part> parts;
    const auto literal = [&](std::string_view text) {
        std::string plain;
        for (std::size_t i = 0; i < text.size(); ++i) {
            plain += text[i];
            if (text.substr(i, 2) == "]]") ++i;
        }
        if (!plain.empty()) parts.push_back({.literal = plain});
    };
    std::size_t start = 0, at = 0;
    while (at < picture.size()) {
        if (picture[at] != '[') {
            ++at;
            continue;
        }
        if (picture.substr(at, 2) == "[[") {
            literal(picture.substr(start, at - start));
            literal("[");
            at += 2;
            start = at;
            continue;
        }
        literal(picture.substr(start, at - start));
        const auto close = picture.find(']', at);
        if (close == std::string_view::npos) throw Failure("D3135");
        Part part = marker(std::string(picture.substr(at + 1, close - at - 1)));
        // Two numbers without anything between them: the first one has as many digits as its picture, if that shows
        // several.
        if (part.isInteger && !parts.empty() && parts.back().isInteger) {
            auto& before = parts.back().integer;
            const int digits = before.mandatoryDigits + before.optionalDigits;
            before.parseWidth = digits >= 2 ? digits : 0;
        }
        parts.push_back(std::move(part));
        start = at = close + 1;
    }
    literal(picture.substr(start));
    return parts;
}

[[noreturn]] void refuseName(char component) { throw Failure("D3133").withText("value", {&component, 1}); }

std::string zoneText(const Part& part, int hours, int minutes) {
    const int offset = hours * 100 + minutes;
    std::string out;
    if (part.integer.regular) {
        out = formatInteger(offset, part.integer);
    } else {
        const int digits = part.integer.mandatoryDigits;
        if (digits == 1 || digits == 2) {
            out = formatInteger(hours, part.integer);
            if (minutes != 0) out += ":" + formatInteger(minutes, integerPicture("00"));
        } else if (digits == 3 || digits == 4) {
            out = formatInteger(offset, part.integer);
        } else {
            throw Failure("D3134").with("value", std::to_string(digits));
        }
    }
    if (offset >= 0) out = "+" + out;
    if (part.component == 'z') out = "GMT" + out;
    return offset == 0 && part.traditional ? "Z" : out;
}

std::string nameText(const Part& part, const Moment& moment) {
    std::string name;
    if (part.component == 'M' || part.component == 'x')
        name = kMonths[moment.field(part.component) - 1];
    else if (part.component == 'F')
        name = kDays[moment.field('F')];
    else
        refuseName(part.component);
    if (part.names == Part::Names::lower) name = toLower(name);
    if (part.names == Part::Names::upper) name = toUpper(name);
    if (part.most && static_cast<std::size_t>(*part.most) < name.size())
        name.resize(static_cast<std::size_t>(*part.most));
    return name;
}

std::string partText(const Part& part, const Moment& moment, int zoneHours, int zoneMinutes) {
    switch (part.component) {
        case 0: return part.literal;
        case 'Z':
        case 'z': return zoneText(part, zoneHours, zoneMinutes);
        case 'P': {
            const std::string half = moment.field('P') == 0 ? "am" : "pm";
            return part.names == Part::Names::upper ? toUpper(half) : half;
        }
        case 'C':
        case 'E': return "ISO";
        default: break;
    }
    if (part.names != Part::Names::none && part.component != 'f') return nameText(part, moment);
    auto value = moment.field(part.component);
    if (part.component == 'Y' && part.yearDigits >= 0 && part.yearDigits < 18) {
        std::int64_t wrap = 1;
        for (int i = 0; i < part.yearDigits; ++i) wrap *= 10;
        value %= wrap;
    }
    return formatInteger(static_cast<double>(value), part.integer);
}

// Reading ------------------------------------------------------------------------------------------------------------

std::string escaped(std::string_view literal) {
    std::string out;
    for (const char c : literal) {
        if (std::string_view(".*+?^${}()|[]\\").find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

std::string patternOf(const Part& part) {
    if (part.component == 0) return escaped(part.literal);
    if (part.component == 'Z' || part.component == 'z') {
        std::string out = part.component == 'z' ? "GMT" : "";
        out += "[-+][0-9]+";
        if (part.integer.regular) {
            std::string separator;
            appendUtf8(separator, part.integer.separators.front().character);
            out += escaped(separator) + "[0-9]+";
        }
        return out;
    }
    if (part.isInteger) return integerPattern(part.integer);
    if (std::string_view("MxFP").find(part.component) == std::string_view::npos) refuseName(part.component);
    return "[a-zA-Z]+";
}

/// The number a name stands for; nothing where it is none.
std::optional<double> namedValue(const Part& part, std::string_view text) {
    const auto matches = [&](std::string_view name) {
        return (part.most ? name.substr(0, static_cast<std::size_t>(*part.most)) : name) == text;
    };
    if (part.component == 'P') {
        if (text == "am" || text == "AM") return 0;
        if (text == "pm" || text == "PM") return 1;
    } else if (part.component == 'F') {
        for (std::size_t i = 1; i < std::size(kDays); ++i)
            if (matches(kDays[i])) return static_cast<double>(i);
    } else {
        for (std::size_t i = 0; i < std::size(kMonths); ++i)
            if (matches(kMonths[i])) return static_cast<double>(i + 1);
    }
    return std::nullopt;
}

double zoneMinutes(const Part& part, std::string_view text) {
    if (part.component == 'z') text.remove_prefix(3);
    const auto number = [](std::string_view digits) { return std::strtod(std::string(digits).c_str(), nullptr); };
    if (part.integer.regular) {
        std::string separator;
        appendUtf8(separator, part.integer.separators.front().character);
        const auto at = text.find(separator);
        return number(text.substr(0, at)) * 60 + number(text.substr(at + separator.size()));
    }
    if (text.size() <= 3) return number(text) * 60;
    return number(text.substr(0, 3)) * 60 + number(text.substr(3));
}

/// Whether all components that were read belong to this kind of date or time, and at least one does. As in JSONata, one
/// that is zero counts as not read.
bool fits(std::string_view kind, std::string_view all, const std::map<char, double>& read) {
    bool any = false;
    for (const char component : all) {
        const auto found = read.find(component);
        if (found == read.end() || found->second == 0 || std::isnan(found->second)) continue;
        if (kind.find(component) == std::string_view::npos) return false;
        any = true;
    }
    return any;
}

double utcMillis(double year, double month, double day, double hours, double minutes, double seconds, double millis) {
    if (year >= 0 && year <= 99) year += 1900;  // as JavaScript's Date.UTC does
    if (!(std::fabs(year) < 1e6 && std::fabs(month) < 1e6 && std::fabs(day) < 1e9))
        throw Failure("D1001").with("value", numberText(year));
    const auto days = daysFromCivil(static_cast<std::int64_t>(year), static_cast<std::int64_t>(month), 1) +
                      static_cast<std::int64_t>(day) - 1;
    return static_cast<double>(days) * kMillisPerDay + hours * 3'600'000 + minutes * 60'000 + seconds * 1'000 + millis;
}

}  // namespace

std::string formatDateTime(double millis, std::optional<std::string_view> picture,
                           std::optional<std::string_view> zone) {
    int hours = 0, minutes = 0;
    if (zone) {
        const int offset = std::clamp(std::atoi(std::string(*zone).c_str()), -9999, 9999);
        hours =
            static_cast<int>(std::floor(offset / 100.0));  // so "-0530" is six hours less thirty minutes, as in JSONata
        minutes = offset % 100;
    }
    const Moment moment(millis + (60.0 * hours + minutes) * 60'000);
    std::string out;
    for (const auto& part : analysed(picture.value_or("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]")))
        out += partText(part, moment, hours, minutes);
    return out;
}

std::optional<double> parseDateTime(std::string_view text, std::string_view picture, double nowMillis) {
    const auto parts = analysed(picture);
    std::string pattern = "^";
    for (const auto& part : parts) pattern += "(" + patternOf(part) + ")";
    const auto found = Regex::compile(pattern + "$", "i", -1)->find(text, 0);
    if (!found) return std::nullopt;

    std::map<char, double> read;
    double zone = 0;
    bool any = false;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto& part = parts[i];
        const auto value = found->groups[i].value_or("");
        if (part.component == 0) continue;
        if (part.component == 'Z' || part.component == 'z') {
            zone = zoneMinutes(part, value);
            read[part.component] = zone;
        } else if (part.isInteger) {
            read[part.component] = parseInteger(value, part.integer);
        } else if (const auto named = namedValue(part, value)) {
            read[part.component] = *named;
        } else {
            read.erase(part.component);  // a name that is none takes back what was read before
        }
        any = true;
    }
    if (!any) return std::nullopt;

    constexpr std::string_view dates = "YXMxWwdD", times = "PHhmsf";
    const bool byMonth = fits("YMD", dates, read), byDayOfYear = !byMonth && fits("Yd", dates, read);
    const bool byWeekOfMonth = fits("Xxw", dates, read), byWeek = !byWeekOfMonth && fits("XW", dates, read);
    const bool halfDays = !fits("Hmsf", times, read) && fits("Phmsf", times, read);
    std::string order = byDayOfYear ? "YD" : byWeekOfMonth ? "XxwF" : byWeek ? "XWF" : "YMD";
    order += halfDays ? "Phmsf" : "Hmsf";
    const Moment now(nowMillis);
    bool began = false, ended = false;
    for (const char component : order) {
        if (read.contains(component)) {
            began = true;
            if (ended) throw Failure("D3136");
        } else if (began) {
            read[component] = component == 'M' || component == 'D' || component == 'd' ? 1 : 0;
            ended = true;
        } else {
            read[component] = component == 'P' ? 0 : static_cast<double>(now.field(component));
        }
    }
    if (byWeekOfMonth || byWeek) throw Failure("D3136");
    double hours = read['H'];
    if (halfDays) hours = (read['h'] == 12 ? 0 : read['h']) + (read['P'] == 1 ? 12 : 0);
    double month = read['M'], day = read['D'];
    if (byDayOfYear) {
        month = 1;
        day = read['d'];
    } else if (!(month > 0)) {
        month = 1;
    }
    return utcMillis(read['Y'], month, day, hours, read['m'], read['s'], std::floor(read['f'])) - zone * 60'000;
}

std::optional<double> parseIsoTimestamp(std::string_view text) {
    // JSONata's own test lets parts repeat; what does is no date all the same.
    static const auto accepted = Regex::compile(
        R"(^\d{4}(-[01]\d)*(-[0-3]\d)*(T[0-2]\d:[0-5]\d:[0-5]\d)*(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?$)", "", -1);
    static const auto shape =
        Regex::compile(R"(^(\d{4})(-\d\d)?(-\d\d)?(T\d\d:\d\d:\d\d)?(\.\d+)?([+-]\d\d:?\d\d|Z)?$)", "", -1);
    if (!accepted->find(text, 0)) throw Failure("D3110").withText("value", text);
    const auto found = shape->find(text, 0);
    if (!found) return std::nullopt;
    const auto number = [](std::string_view digits) { return std::strtod(std::string(digits).c_str(), nullptr); };
    const auto& groups = found->groups;
    const double month = groups[1] ? number(groups[1]->substr(1)) : 1,
                 day = groups[2] ? number(groups[2]->substr(1)) : 1;
    if (month < 1 || month > 12 || day < 1 || day > 31 || (groups[2] && !groups[1])) return std::nullopt;
    double hours = 0, minutes = 0, seconds = 0;
    if (groups[3]) {
        hours = number(groups[3]->substr(1, 2));
        minutes = number(groups[3]->substr(4, 2));
        seconds = number(groups[3]->substr(7, 2));
    }
    if (hours > 24 || (hours == 24 && (minutes > 0 || seconds > 0)) || (groups[4] && !groups[3])) return std::nullopt;
    const double fraction = groups[4] ? std::floor(number("0" + std::string(*groups[4])) * 1000 + 1e-9) : 0;
    double zone = 0;
    if (groups[5] && *groups[5] != "Z") {
        zone = number(groups[5]->substr(1, 2)) * 60 + number(groups[5]->substr(groups[5]->size() - 2));
        if (groups[5]->front() == '-') zone = -zone;
    }
    const auto days =
        daysFromCivil(static_cast<std::int64_t>(number(*groups[0])), static_cast<std::int64_t>(month), 1) +
        static_cast<std::int64_t>(day) - 1;
    return static_cast<double>(days) * kMillisPerDay + hours * 3'600'000 + minutes * 60'000 + seconds * 1'000 +
           fraction - zone * 60'000;
}

}  // namespace backlot::asl::jsonata
