#include "asl/query/jsonata/number_picture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <optional>
#include <vector>

#include "asl/query/jsonata/text.h"

namespace backlot::asl::jsonata {
namespace {

using Text = std::u32string;

/// The characters with a meaning, each replaceable by the caller.
struct Symbols {
    Text decimal = U".", grouping = U",", exponent = U"e", minus = U"-", percent = U"%", perMille = U"\u2030",
         zero = U"0", digit = U"#", pattern = U";", infinity = U"Infinity", nan = U"NaN";

    explicit Symbols(Object* options) {
        if (!options) return;
        const struct {
            std::string_view name;
            Text* symbol;
        } names[] = {{"decimal-separator", &decimal},
                     {"grouping-separator", &grouping},
                     {"exponent-separator", &exponent},
                     {"minus-sign", &minus},
                     {"percent", &percent},
                     {"per-mille", &perMille},
                     {"zero-digit", &zero},
                     {"digit", &digit},
                     {"pattern-separator", &pattern},
                     {"infinity", &infinity},
                     {"NaN", &nan}};
        for (const auto& [name, symbol] : names)
            if (const Value value = options->get(name); value.isString()) *symbol = codePoints(value.text());
        if (zero.empty()) zero = U"0";
    }
    bool isDigit(char32_t c) const { return c >= zero[0] && c <= zero[0] + 9; }
    bool isOptional(char32_t c) const { return digit == Text{c}; }
    bool isActive(char32_t c) const {
        const Text one{c};
        return isDigit(c) || one == decimal || one == exponent || one == grouping || one == digit || one == pattern;
    }
};

struct Parts {
    Text whole, prefix, suffix, active, mantissa, integer, fraction;
    std::optional<Text> exponent;
};

/// How a number is to be written, learnt from one sub-picture.
struct Form {
    Text picture, prefix, suffix;
    std::vector<std::size_t> integerGroups, fractionGroups;  // digits between the separator and the decimal point
    std::size_t regularGroup = 0;
    int minimumInteger = 0, scaling = 0, minimumFraction = 0, maximumFraction = 0, minimumExponent = 0;
};

std::size_t find(const Text& text, const Text& what, std::size_t from = 0) {
    return what.empty() ? Text::npos : text.find(what, from);
}
bool contains(const Text& text, const Text& what) { return find(text, what) != Text::npos; }
bool occursTwice(const Text& text, const Text& what) {
    const auto first = find(text, what);
    return first != Text::npos && find(text, what, first + 1) != Text::npos;
}

Parts split(const Text& picture, const Symbols& symbols) {
    Parts parts{.whole = picture};
    const auto begins = [&](char32_t c) { return symbols.isActive(c) && Text{c} != symbols.exponent; };
    const auto first = std::find_if(picture.begin(), picture.end(), begins);
    const auto last = std::find_if(picture.rbegin(), std::make_reverse_iterator(first), begins).base();
    parts.prefix = Text(picture.begin(), first);
    parts.suffix = Text(last, picture.end());
    parts.active = Text(first, std::max(first, last));
    const auto exponent = find(parts.active, symbols.exponent);
    parts.mantissa = parts.active.substr(0, exponent);
    if (exponent != Text::npos) parts.exponent = parts.active.substr(exponent + symbols.exponent.size());
    const auto point = find(parts.mantissa, symbols.decimal);
    parts.integer = parts.mantissa.substr(0, point);
    if (point != Text::npos) parts.fraction = parts.mantissa.substr(point + symbols.decimal.size());
    return parts;
}

void check(const Parts& parts, const Symbols& symbols) {
    const char* refusal = nullptr;  // of several mistakes the last one counts
    const auto refuseIf = [&](bool wrong, const char* code) {
        if (wrong) refusal = code;
    };
    const auto isDigit = [&](char32_t c) { return symbols.isDigit(c); };
    const bool percent = contains(parts.whole, symbols.percent), perMille = contains(parts.whole, symbols.perMille);
    refuseIf(occursTwice(parts.whole, symbols.decimal), "D3081");
    refuseIf(occursTwice(parts.whole, symbols.percent), "D3082");
    refuseIf(occursTwice(parts.whole, symbols.perMille), "D3083");
    refuseIf(percent && perMille, "D3084");
    refuseIf(std::none_of(parts.mantissa.begin(), parts.mantissa.end(),
                          [&](char32_t c) { return isDigit(c) || symbols.isOptional(c); }),
             "D3085");
    refuseIf(!std::all_of(parts.active.begin(), parts.active.end(), [&](char32_t c) { return symbols.isActive(c); }),
             "D3086");
    if (const auto point = find(parts.whole, symbols.decimal); point != Text::npos) {
        const auto is = [&](std::size_t at) {
            return at < parts.whole.size() && Text{parts.whole[at]} == symbols.grouping;
        };
        refuseIf((point > 0 && is(point - 1)) || is(point + 1), "D3087");
    } else {
        refuseIf(!parts.integer.empty() && Text{parts.integer.back()} == symbols.grouping, "D3088");
    }
    refuseIf(contains(parts.whole, symbols.grouping + symbols.grouping), "D3089");
    if (const auto optional = find(parts.integer, symbols.digit); optional != Text::npos)
        refuseIf(
            std::any_of(parts.integer.begin(), parts.integer.begin() + static_cast<std::ptrdiff_t>(optional), isDigit),
            "D3090");
    if (const auto optional = parts.fraction.rfind(symbols.digit); optional != Text::npos)
        refuseIf(
            std::any_of(parts.fraction.begin() + static_cast<std::ptrdiff_t>(optional), parts.fraction.end(), isDigit),
            "D3091");
    if (parts.exponent) {
        refuseIf(!parts.exponent->empty() && (percent || perMille), "D3092");
        refuseIf(parts.exponent->empty() || !std::all_of(parts.exponent->begin(), parts.exponent->end(), isDigit),
                 "D3093");
    }
    if (refusal) throw Failure(refusal);
}

Form analyse(const Parts& parts, const Symbols& symbols) {
    Form form{.picture = parts.whole, .prefix = parts.prefix, .suffix = parts.suffix};
    const auto isDigit = [&](char32_t c) { return symbols.isDigit(c); };
    const auto counts = [&](char32_t c) { return isDigit(c) || symbols.isOptional(c); };
    for (auto at = find(parts.integer, symbols.grouping); at != Text::npos;
         at = find(parts.integer, symbols.grouping, at + 1))
        form.integerGroups.push_back(static_cast<std::size_t>(
            std::count_if(parts.integer.begin() + static_cast<std::ptrdiff_t>(at), parts.integer.end(), counts)));
    // After the first separator of the fraction JSONata 2.0.6 looks for the others in the integer part.
    for (auto at = find(parts.fraction, symbols.grouping); at != Text::npos;
         at = find(parts.integer, symbols.grouping, at + 1))
        form.fractionGroups.push_back(static_cast<std::size_t>(std::count_if(
            parts.fraction.begin(),
            parts.fraction.begin() + static_cast<std::ptrdiff_t>(std::min(at, parts.fraction.size())), counts)));
    std::size_t step = 0;
    for (const auto position : form.integerGroups) step = std::gcd(step, position);
    for (std::size_t i = 1; step != 0 && i <= form.integerGroups.size(); ++i)
        if (std::find(form.integerGroups.begin(), form.integerGroups.end(), i * step) == form.integerGroups.end())
            step = 0;
    form.regularGroup = step;

    const auto count = [](const Text& text, auto&& test) {
        return static_cast<int>(std::count_if(text.begin(), text.end(), test));
    };
    form.minimumInteger = form.scaling = count(parts.integer, isDigit);
    form.minimumFraction = count(parts.fraction, isDigit);
    form.maximumFraction = count(parts.fraction, counts);
    if (form.minimumInteger == 0 && form.maximumFraction == 0) {
        if (parts.exponent)
            form.minimumFraction = form.maximumFraction = 1;
        else
            form.minimumInteger = 1;
    }
    if (parts.exponent && form.minimumInteger == 0 && contains(parts.integer, symbols.digit)) form.minimumInteger = 1;
    if (form.minimumInteger == 0 && form.minimumFraction == 0) form.minimumFraction = 1;
    if (parts.exponent) form.minimumExponent = count(*parts.exponent, isDigit);
    return form;
}

Text digits(double value, int places, const Symbols& symbols) {
    char buffer[480];
    const int size = std::snprintf(buffer, sizeof buffer, "%.*f", std::min(places, 100), std::fabs(value));
    Text out(buffer, buffer + size);
    for (auto& c : out)
        if (c >= U'0' && c <= U'9') c += symbols.zero[0] - U'0';
    return out;
}

std::string written(double value, const Form& form, const Symbols& symbols) {
    const char32_t zero = symbols.zero[0];
    double mantissa = value;
    if (contains(form.picture, symbols.percent))
        mantissa *= 100;
    else if (contains(form.picture, symbols.perMille))
        mantissa *= 1000;
    if (!std::isfinite(mantissa)) throw Failure("D1001").with("value", "null");
    int exponent = 0;
    if (form.minimumExponent > 0 && mantissa != 0) {
        const double most = std::pow(10, form.scaling), least = std::pow(10, form.scaling - 1);
        for (; std::fabs(mantissa) < least; --exponent) mantissa *= 10;
        for (; std::fabs(mantissa) > most; ++exponent) mantissa /= 10;
    }
    Text text = digits(roundHalfEven(mantissa, form.maximumFraction), form.maximumFraction, symbols);
    if (const auto point = text.find(U'.'); point == Text::npos)
        text += symbols.decimal;
    else
        text.replace(point, 1, symbols.decimal);
    while (!text.empty() && text.front() == zero) text.erase(text.begin());
    while (!text.empty() && text.back() == zero) text.pop_back();
    const auto padded = [&](std::size_t have, int want) {
        return have < static_cast<std::size_t>(want) ? static_cast<std::size_t>(want) - have : 0;
    };
    auto point = find(text, symbols.decimal);
    const auto fraction = text.size() - point - symbols.decimal.size();
    text.append(padded(fraction, form.minimumFraction), zero);
    text.insert(0, padded(point, form.minimumInteger), zero);
    point = find(text, symbols.decimal);
    const auto insertAt = [&](std::size_t at) { text.insert(at, symbols.grouping); };
    if (form.regularGroup > 0) {
        for (auto i = (point > 0 ? point - 1 : 0) / form.regularGroup; i > 0; --i) {
            insertAt(point - i * form.regularGroup);
            point += symbols.grouping.size();
        }
    } else {
        for (const auto position : form.integerGroups) {
            // Beyond the beginning JavaScript's slice() counts from the end of the text.
            const auto before =
                position > point ? text.size() - std::min(text.size(), position - point) : point - position;
            insertAt(before);
            point += symbols.grouping.size();
        }
    }
    point = find(text, symbols.decimal);
    for (const auto position : form.fractionGroups) insertAt(std::min(point + position + 1, text.size()));
    if (!contains(form.picture, symbols.decimal) || point + symbols.decimal.size() == text.size())
        text.erase(text.size() - symbols.decimal.size());
    if (form.minimumExponent > 0) {
        const Text power = digits(exponent, 0, symbols);
        text += symbols.exponent + (exponent < 0 ? symbols.minus : Text()) +
                Text(padded(power.size(), form.minimumExponent), zero) + power;
    }
    return utf8(form.prefix + text + form.suffix);
}

}  // namespace

std::string formatNumber(double value, std::string_view picture, Object* options) {
    const Symbols symbols(options);
    const Text whole = codePoints(picture);
    const auto separator = find(whole, symbols.pattern);
    std::vector<Text> pictures = {whole.substr(0, separator)};
    if (separator != Text::npos) pictures.push_back(whole.substr(separator + symbols.pattern.size()));
    if (pictures.size() == 2 && contains(pictures[1], symbols.pattern)) throw Failure("D3080");
    std::vector<Form> forms;
    for (const auto& each : pictures) {
        const Parts parts = split(each, symbols);
        check(parts, symbols);
        forms.push_back(analyse(parts, symbols));
    }
    if (forms.size() == 1) {
        forms.push_back(forms.front());
        forms.back().prefix = symbols.minus + forms.back().prefix;
    }
    return written(value, forms[value < 0 ? 1 : 0], symbols);
}

double roundHalfEven(double value, int places) {
    // Moving the decimal point in the text keeps 1.005 what it looks like.
    const auto moved = [](double number, int by) {
        if (by == 0) return number;
        const std::string shortest = numberText(number);
        const auto e = shortest.find('e');
        const int exponent = e == std::string::npos ? 0 : std::atoi(shortest.c_str() + e + 1);
        return std::strtod((shortest.substr(0, e) + "e" + std::to_string(exponent + by)).c_str(), nullptr);
    };
    const double scaled = moved(value, places);
    double result = std::floor(scaled + 0.5);
    if (std::fabs(result - scaled) == 0.5 && std::fabs(std::fmod(result, 2)) == 1) result -= 1;
    if (!std::isfinite(result)) return value;
    result = moved(result, -places);
    return result == 0 ? 0 : result;
}

}  // namespace backlot::asl::jsonata
