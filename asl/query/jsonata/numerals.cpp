#include "asl/query/jsonata/numerals.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numeric>

#include "asl/query/jsonata/failure.h"
#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

constexpr std::string_view kFew[] = {"Zero",     "One",     "Two",     "Three",     "Four",     "Five",    "Six",
                                     "Seven",    "Eight",   "Nine",    "Ten",       "Eleven",   "Twelve",  "Thirteen",
                                     "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"};
constexpr std::string_view kOrdinals[] = {"Zeroth",    "First",     "Second",      "Third",      "Fourth",
                                          "Fifth",     "Sixth",     "Seventh",     "Eighth",     "Ninth",
                                          "Tenth",     "Eleventh",  "Twelfth",     "Thirteenth", "Fourteenth",
                                          "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"};
constexpr std::string_view kDecades[] = {"Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"};
constexpr std::string_view kMagnitudes[] = {"Thousand", "Million", "Billion", "Trillion"};

/// The zeros of the scripts' decimal digits.
constexpr char32_t kZeros[] = {0x30,   0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6,
                               0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0,
                               0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620,
                               0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};

struct Roman {
    int value;
    std::string_view letters;
};
constexpr Roman kRoman[] = {{1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
                            {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"}};

// To text

std::string words(double number, bool joined, bool ordinal) {
    if (number <= 19) {
        const auto n = static_cast<std::size_t>(number);
        return std::string(joined ? " and " : "") + std::string(ordinal ? kOrdinals[n] : kFew[n]);
    }
    if (number < 100) {
        const auto tens = static_cast<std::size_t>(number / 10);
        const double rest = std::fmod(number, 10);
        std::string out = std::string(joined ? " and " : "") + std::string(kDecades[tens - 2]);
        if (rest > 0) return out + "-" + words(rest, false, ordinal);
        if (ordinal) {
            out.pop_back();
            out += "ieth";
        }
        return out;
    }
    if (number < 1000) {
        const double rest = std::fmod(number, 100);
        const std::string out =
            (joined ? ", " : "") + std::string(kFew[static_cast<std::size_t>(number / 100)]) + " Hundred";
        if (rest > 0) return out + words(rest, true, ordinal);
        return ordinal ? out + "th" : out;
    }
    // Beyond trillions the magnitudes are said one after the other: ten billion trillion.
    const auto magnitude =
        std::min<std::size_t>(static_cast<std::size_t>(std::floor(std::log10(number) / 3)), std::size(kMagnitudes));
    const double factor = std::pow(10, 3 * static_cast<double>(magnitude));
    const double mantissa = std::floor(number / factor);
    const double rest = number - mantissa * factor;
    const std::string out =
        (joined ? ", " : "") + words(mantissa, false, false) + " " + std::string(kMagnitudes[magnitude - 1]);
    if (rest > 0) return out + words(rest, true, ordinal);
    return ordinal ? out + "th" : out;
}

std::string roman(double number) {
    if (number > 1e6) throw Failure("D1001").with("value", numberText(number));  // a million Ms are no use to anybody
    std::string out;
    auto rest = static_cast<long>(number);
    for (const auto& [value, letters] : kRoman)
        for (; rest >= value; rest -= value) out += letters;
    return out;
}

std::string letters(double number, char first) {
    std::string out;
    for (; number > 0; number = std::floor((number - 1) / 26))
        out += static_cast<char>(first + static_cast<int>(std::fmod(number - 1, 26)));
    std::reverse(out.begin(), out.end());
    return out;
}

std::string ordinalSuffix(std::string_view digits) {
    const bool teen = digits.size() > 1 && digits[digits.size() - 2] == '1';
    if (!teen) {
        switch (digits.back()) {
            case '1': return "st";
            case '2': return "nd";
            case '3': return "rd";
            default: break;
        }
    }
    return "th";
}

/// A separator so many characters from the right. With fewer characters it goes to the front, and JavaScript's substr()
/// with its negative start keeps of the text as many characters as there are too few.
std::u32string separated(const std::u32string& digits, std::size_t right, char32_t separator) {
    if (right <= digits.size())
        return digits.substr(0, digits.size() - right) + separator + digits.substr(digits.size() - right);
    const auto kept = std::min(digits.size(), right - digits.size());
    return separator + digits.substr(digits.size() - kept);
}

std::string decimal(double number, const IntegerPicture& picture) {
    const std::string plain = numberText(number);
    std::u32string digits(plain.begin(), plain.end());
    const auto wanted = static_cast<std::size_t>(std::clamp(picture.mandatoryDigits, 0, 1000));
    if (digits.size() < wanted) digits.insert(0, wanted - digits.size(), U'0');
    if (picture.zero != U'0')
        for (auto& digit : digits)
            if (digit >= U'0' && digit <= U'9') digit += picture.zero - U'0';
    if (picture.regular) {
        const auto step = static_cast<std::size_t>(picture.separators.front().position);
        for (auto at = (digits.size() - 1) / step; at > 0; --at)
            digits.insert(digits.size() - at * step, 1, picture.separators.front().character);
    } else {
        for (auto separator = picture.separators.rbegin(); separator != picture.separators.rend(); ++separator)
            digits = separated(digits, static_cast<std::size_t>(separator->position), separator->character);
    }
    const std::string out = utf8(digits);
    return picture.ordinal ? out + ordinalSuffix(out) : out;
}

// From text

struct Word {
    std::string text;
    double value;
};

const std::vector<Word>& vocabulary() {
    static const std::vector<Word> all = [] {
        std::vector<Word> list;
        for (std::size_t i = 0; i < std::size(kFew); ++i) {
            list.push_back({toLower(kFew[i]), static_cast<double>(i)});
            list.push_back({toLower(kOrdinals[i]), static_cast<double>(i)});
        }
        for (std::size_t i = 0; i < std::size(kDecades); ++i) {
            const std::string word = toLower(kDecades[i]);
            list.push_back({word, 10.0 * static_cast<double>(i + 2)});
            list.push_back({word.substr(0, word.size() - 1) + "ieth", 10.0 * static_cast<double>(i + 2)});
        }
        list.push_back({"hundred", 100});
        list.push_back({"hundredth", 100});
        for (std::size_t i = 0; i < std::size(kMagnitudes); ++i) {
            list.push_back({toLower(kMagnitudes[i]), std::pow(10, 3 * static_cast<double>(i + 1))});
            list.push_back({toLower(kMagnitudes[i]) + "th", std::pow(10, 3 * static_cast<double>(i + 1))});
        }
        // The longer word first, so that "sixth" is not read as "six".
        std::stable_sort(list.begin(), list.end(),
                         [](const Word& a, const Word& b) { return a.text.size() > b.text.size(); });
        return list;
    }();
    return all;
}

double fromWords(std::string_view text) {
    std::vector<double> segments = {0};
    std::string word;
    bool any = false, unknown = false;
    const auto finish = [&] {
        if (word.empty() || word == "and") {
            word.clear();
            return;
        }
        const auto& all = vocabulary();
        const auto found =
            std::find_if(all.begin(), all.end(), [&](const Word& candidate) { return candidate.text == word; });
        word.clear();
        if (found == all.end()) {
            unknown = true;
        } else if (found->value < 100) {
            any = true;
            if (segments.back() >= 1000) segments.push_back(0);
            segments.back() += found->value;
        } else {
            any = true;
            segments.back() *= found->value;
        }
    };
    for (const char c : text) {
        if (c == ',' || c == ' ' || c == '-')
            finish();
        else
            word += c;
    }
    finish();
    if (!any || unknown) return std::numeric_limits<double>::quiet_NaN();
    return std::accumulate(segments.begin(), segments.end(), 0.0);
}

double fromRoman(std::string_view text) {
    double total = 0, largest = 1;
    for (auto letter = text.rbegin(); letter != text.rend(); ++letter) {
        const auto* found = std::find_if(std::begin(kRoman), std::end(kRoman),
                                         [&](const Roman& r) { return r.letters == std::string_view(&*letter, 1); });
        if (found == std::end(kRoman)) return std::numeric_limits<double>::quiet_NaN();
        if (found->value < largest) {
            total -= found->value;
        } else {
            largest = found->value;
            total += found->value;
        }
    }
    return total;
}

double fromLetters(std::string_view text, char first) {
    double total = 0;
    for (const char c : text) total = total * 26 + (c - first + 1);
    return total;
}

double fromDigits(std::string_view text, const IntegerPicture& picture) {
    auto digits = codePoints(text);
    if (picture.ordinal) digits.resize(digits.size() - std::min<std::size_t>(2, digits.size()));
    for (const auto& separator : picture.separators) std::erase(digits, separator.character);
    for (auto& digit : digits)
        if (picture.zero != U'0' && digit >= picture.zero && digit <= picture.zero + 9) digit -= picture.zero - U'0';
    const std::string plain = utf8(digits);
    const auto start = plain.find_first_not_of(" \t\n");
    if (start == std::string::npos) return std::numeric_limits<double>::quiet_NaN();
    const auto sign = plain[start] == '-' || plain[start] == '+' ? 1U : 0U;
    const auto end = std::min(plain.find_first_not_of("0123456789", start + sign), plain.size());
    if (end == start + sign) return std::numeric_limits<double>::quiet_NaN();
    return std::strtod(plain.substr(start, end - start).c_str(), nullptr);
}

/// How many digits apart the separators stand, if they stand evenly and are all alike; else 0.
int evenDistance(const std::vector<IntegerPicture::Separator>& separators) {
    if (separators.empty()) return 0;
    int step = 0;
    for (const auto& separator : separators) {
        if (separator.character != separators.front().character) return 0;
        step = std::gcd(step, separator.position);
    }
    for (int i = 1; i <= static_cast<int>(separators.size()); ++i)
        if (std::none_of(separators.begin(), separators.end(),
                         [&](const auto& each) { return each.position == i * step; }))
            return 0;
    return step;
}

[[noreturn]] void refuse(const IntegerPicture& picture) { throw Failure("D3130").withText("value", picture.token); }

}  // namespace

IntegerPicture integerPicture(std::string_view text) {
    IntegerPicture picture;
    const auto semicolon = text.rfind(';');
    if (semicolon != std::string_view::npos) {
        picture.ordinal = text.substr(semicolon + 1, 1) == "o";
        text = text.substr(0, semicolon);
    }
    using Primary = IntegerPicture::Primary;
    using Case = IntegerPicture::Case;
    static constexpr struct {
        std::string_view text;
        Primary primary;
        Case letterCase;
    } forms[] = {{"A", Primary::letters, Case::upper}, {"a", Primary::letters, Case::lower},
                 {"I", Primary::roman, Case::upper},   {"i", Primary::roman, Case::lower},
                 {"W", Primary::words, Case::upper},   {"w", Primary::words, Case::lower},
                 {"Ww", Primary::words, Case::title}};
    for (const auto& form : forms) {
        if (form.text != text) continue;
        picture.primary = form.primary;
        picture.letterCase = form.letterCase;
        return picture;
    }
    const auto points = codePoints(text);
    int digits = 0;
    bool zeroKnown = false;
    for (auto c = points.rbegin(); c != points.rend(); ++c) {
        const auto* zero =
            std::find_if(std::begin(kZeros), std::end(kZeros), [&](char32_t z) { return *c >= z && *c <= z + 9; });
        if (zero != std::end(kZeros)) {
            ++picture.mandatoryDigits;
            ++digits;
            if (zeroKnown && picture.zero != *zero) throw Failure("D3131");
            picture.zero = *zero;
            zeroKnown = true;
        } else if (*c == U'#') {
            ++picture.optionalDigits;
            ++digits;
        } else {
            picture.separators.push_back({digits, *c});
        }
    }
    if (picture.mandatoryDigits == 0) {
        picture.primary = Primary::unsupported;
        picture.token = text;
    } else if (const int step = evenDistance(picture.separators); step > 0) {
        picture.regular = true;
        picture.separators = {{step, picture.separators.front().character}};
    }
    return picture;
}

std::string formatInteger(double value, const IntegerPicture& picture) {
    const double size = std::fabs(value);
    std::string out;
    const bool upper = picture.letterCase == IntegerPicture::Case::upper;
    switch (picture.primary) {
        case IntegerPicture::Primary::letters: out = letters(size, upper ? 'A' : 'a'); break;
        case IntegerPicture::Primary::roman: out = upper ? toUpper(roman(size)) : roman(size); break;
        case IntegerPicture::Primary::words:
            out = words(size, false, picture.ordinal);
            if (picture.letterCase != IntegerPicture::Case::title) out = upper ? toUpper(out) : toLower(out);
            break;
        case IntegerPicture::Primary::decimal: out = decimal(size, picture); break;
        case IntegerPicture::Primary::unsupported: refuse(picture);
    }
    return value < 0 ? "-" + out : out;
}

double parseInteger(std::string_view text, const IntegerPicture& picture) {
    const bool upper = picture.letterCase == IntegerPicture::Case::upper;
    switch (picture.primary) {
        case IntegerPicture::Primary::letters: return fromLetters(text, upper ? 'A' : 'a');
        case IntegerPicture::Primary::roman: return fromRoman(upper ? toLower(text) : std::string(text));
        case IntegerPicture::Primary::words: return fromWords(toLower(text));
        case IntegerPicture::Primary::decimal: return fromDigits(text, picture);
        case IntegerPicture::Primary::unsupported: break;
    }
    refuse(picture);
}

std::string integerPattern(const IntegerPicture& picture) {
    const bool upper = picture.letterCase == IntegerPicture::Case::upper;
    switch (picture.primary) {
        case IntegerPicture::Primary::letters: return upper ? "[A-Z]+" : "[a-z]+";
        case IntegerPicture::Primary::roman: return upper ? "[MDCLXVI]+" : "[mdclxvi]+";
        case IntegerPicture::Primary::words: {
            std::string out = "(?:";
            for (const auto& word : vocabulary()) out += word.text + "|";
            return out + "and|[\\-, ])+";
        }
        case IntegerPicture::Primary::decimal: {
            std::string out = "[0-9]";
            out += picture.parseWidth > 0 ? "{" + std::to_string(picture.parseWidth) + "}" : "+";
            return picture.ordinal ? out + "(?:th|st|nd|rd)" : out;
        }
        case IntegerPicture::Primary::unsupported: break;
    }
    refuse(picture);
}

}  // namespace backlot::asl::jsonata
