#include "emulator/base/pattern_condition.h"

#include <arpa/inet.h>
#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include "emulator/base/text.h"

namespace backlot {
namespace {

/// The character at `at` and the offset behind it; a byte that is no UTF-8 stands for itself.
char32_t decode(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    char32_t code = more == 3 ? lead & 0x07 : more == 2 ? lead & 0x0F : more == 1 ? lead & 0x1F : lead;
    for (int i = 0; i < more && at < text.size(); ++i)
        code = (code << 6) | (static_cast<unsigned char>(text[at++]) & 0x3F);
    return code;
}

char32_t lower(char32_t code) {
    if (code < 0x80) return code >= 'A' && code <= 'Z' ? code + 32 : code;
    static const locale_t unicode =
        newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);  // null where the system lacks it: ASCII only
    return unicode ? static_cast<char32_t>(towlower_l(static_cast<wint_t>(code), unicode)) : code;
}

/// The length of the longest start of `text` that equals `folded`, or nothing.
std::optional<std::size_t> foldedPrefix(std::string_view folded, std::string_view text) {
    std::size_t i = 0, j = 0;
    while (i < folded.size()) {
        if (j >= text.size()) return std::nullopt;
        if (decode(folded, i) != lower(decode(text, j))) return std::nullopt;
    }
    return j;
}

bool foldedSuffix(std::string_view folded, std::string_view text) {
    // Step back as many characters as the suffix has, then compare forward.
    const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
    const auto characters = std::count_if(folded.begin(), folded.end(), [&](char c) { return !continues(c); });
    std::size_t at = text.size();
    for (std::ptrdiff_t i = 0; i < characters; ++i) {
        if (at == 0) return false;
        do --at;
        while (at > 0 && continues(text[at]));
    }
    return equalsFolded(folded, text.substr(at));
}

PatternNumber numberOf(const Json& value) {
    if (value.IsInt64()) {
        const std::int64_t whole = value.GetInt64();
        const auto rounded = static_cast<double>(whole);
        const bool exact = std::abs(rounded) < 9.2e18 && static_cast<std::int64_t>(rounded) == whole;
        return {rounded, exact, exact ? std::string() : std::to_string(whole)};
    }
    if (value.IsUint64()) {
        const std::uint64_t whole = value.GetUint64();
        const auto rounded = static_cast<double>(whole);
        const bool exact = rounded < 1.8e19 && static_cast<std::uint64_t>(rounded) == whole;
        return {rounded, exact, exact ? std::string() : std::to_string(whole)};
    }
    return {value.GetDouble(), true, {}};
}

bool same(const PatternNumber& a, const PatternNumber& b) {
    if (a.exact && b.exact) return a.value == b.value;
    return !a.exact && !b.exact && a.text == b.text;
}

bool holds(const std::vector<std::string>& sorted, std::string_view text) {
    if (sorted.size() == 1) return sorted.front() == text;
    return std::binary_search(sorted.begin(), sorted.end(), text);
}

}  // namespace

bool Wildcard::matches(std::string_view text) const {
    const std::string& first = parts_.front();
    if (parts_.size() == 1) return text == first;
    const std::string& last = parts_.back();
    if (text.size() < first.size() + last.size() || !text.starts_with(first) || !text.ends_with(last)) return false;
    text = text.substr(first.size(), text.size() - first.size() - last.size());
    for (std::size_t i = 1; i + 1 < parts_.size(); ++i) {
        const std::string& part = parts_[i];
        // memmem searches in linear time, which std::string_view::find does not promise.
        const void* at = memmem(text.data(), text.size(), part.data(), part.size());
        if (!at) return false;
        text.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(at) - text.data()) + part.size());
    }
    return true;
}

std::optional<std::pair<std::array<unsigned char, 16>, int>> parseIpAddress(std::string_view text) {
    char buffer[INET6_ADDRSTRLEN + 1];
    if (text.size() >= sizeof buffer) return std::nullopt;
    std::memcpy(buffer, text.data(), text.size());
    buffer[text.size()] = '\0';
    if (std::strlen(buffer) != text.size()) return std::nullopt;
    std::pair<std::array<unsigned char, 16>, int> result{{}, 4};
    if (inet_pton(AF_INET, buffer, result.first.data()) == 1) return result;
    result.second = 16;
    if (inet_pton(AF_INET6, buffer, result.first.data()) == 1) return result;
    return std::nullopt;
}

bool Cidr::contains(std::string_view address) const {
    const auto parsed = parseIpAddress(address);
    if (!parsed || parsed->second != bytes) return false;
    for (int i = 0; i < bytes; ++i) {
        const int wanted = std::clamp(bits - i * 8, 0, 8);
        const auto mask = static_cast<unsigned char>(0xFF00 >> wanted);
        if ((parsed->first[static_cast<std::size_t>(i)] ^ network[static_cast<std::size_t>(i)]) & mask) return false;
    }
    return true;
}

std::string foldCase(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t begin = i;
        const char32_t code = decode(text, i);
        const char32_t folded = lower(code);
        if (folded == code)
            out += text.substr(begin, i - begin);
        else
            appendUtf8(out, folded);
    }
    return out;
}

bool equalsFolded(std::string_view folded, std::string_view text) {
    const auto length = foldedPrefix(folded, text);
    return length && *length == text.size();
}

PatternNumber patternNumber(std::string_view written) {
    PatternNumber number;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), number.value);
    if (error != std::errc() || end != written.data() + written.size()) return {0, false, std::string(written)};
    // A double tells 15 digits apart for certain and 17 at most: what is written longer may mean another number.
    std::size_t digits = 0;
    bool begun = false;
    std::size_t zeros = 0;
    for (const char c : written) {
        if (c == 'e' || c == 'E') break;
        if (c < '0' || c > '9') continue;
        begun = begun || c != '0';
        if (!begun) continue;
        zeros = c == '0' ? zeros + 1 : 0;
        ++digits;
    }
    digits -= zeros;
    number.exact = digits <= 17;
    if (digits > 15 && written.find_first_of(".eE") == std::string_view::npos) {
        number.exact =
            std::abs(number.value) < 9.2e18 && std::to_string(static_cast<std::int64_t>(number.value)) == written;
    }
    if (!number.exact) number.text = written;
    return number;
}

bool NumericRange::contains(double value) const {
    if (hasLow && !(withLow ? value >= low : value > low)) return false;
    return !hasHigh || (withHigh ? value <= high : value < high);
}

bool PatternCondition::matches(const Json& scalar) const {
    const auto anyText = [&](auto&& hits) {
        if (!scalar.IsString()) return false;
        const std::string_view text = view(scalar);
        return std::any_of(texts.begin(), texts.end(), [&](const std::string& wanted) { return hits(wanted, text); });
    };
    const auto anyNumber = [&] {
        if (!scalar.IsNumber()) return false;
        const PatternNumber value = numberOf(scalar);
        return std::any_of(numbers.begin(), numbers.end(),
                           [&](const PatternNumber& wanted) { return same(wanted, value); });
    };
    const auto anyWildcard = [&] {
        return scalar.IsString() && std::any_of(wildcards.begin(), wildcards.end(),
                                                [&](const Wildcard& wanted) { return wanted.matches(view(scalar)); });
    };
    const auto starts = [](std::string_view wanted, std::string_view text) { return text.starts_with(wanted); };
    const auto ends = [](std::string_view wanted, std::string_view text) { return text.ends_with(wanted); };
    switch (kind) {
        case Kind::text: return scalar.IsString() && holds(texts, view(scalar));
        case Kind::number: return anyNumber();
        case Kind::literalTrue: return scalar.IsTrue();
        case Kind::literalFalse: return scalar.IsFalse();
        case Kind::literalNull: return scalar.IsNull();
        case Kind::prefix: return anyText(starts);
        case Kind::suffix: return anyText(ends);
        case Kind::prefixFolded:
            return anyText(
                [](std::string_view wanted, std::string_view text) { return foldedPrefix(wanted, text).has_value(); });
        case Kind::suffixFolded: return anyText(foldedSuffix);
        case Kind::equalsFolded:
            return anyText(
                [](std::string_view wanted, std::string_view text) { return backlot::equalsFolded(wanted, text); });
        case Kind::wildcard: return anyWildcard();
        case Kind::numeric: {
            if (!scalar.IsNumber()) return false;
            const PatternNumber value = numberOf(scalar);
            return value.exact && range.contains(value.value);
        }
        case Kind::cidr:
            // AWS compares addresses and numbers in one encoding, so the network of all addresses takes in every
            // number, too.
            if (network.bytes == 4 && network.bits == 0 &&
                (scalar.IsNumber() || (scalar.IsString() && parseIpAddress(view(scalar)))))
                return true;
            return scalar.IsString() && network.contains(view(scalar));
        case Kind::exists: return true;
        case Kind::absent: return false;
        case Kind::butTexts: return !(scalar.IsString() && holds(texts, view(scalar)));
        case Kind::butNumbers: return !anyNumber();
        case Kind::butPrefixes: return !anyText(starts);
        case Kind::butSuffixes: return !anyText(ends);
        case Kind::butFolded:
            return !anyText(
                [](std::string_view wanted, std::string_view text) { return backlot::equalsFolded(wanted, text); });
        case Kind::butWildcards: return !anyWildcard();
    }
    return false;
}

}  // namespace backlot
