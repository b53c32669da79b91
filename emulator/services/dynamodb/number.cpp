#include "emulator/services/dynamodb/number.h"

#include <algorithm>
#include <vector>

#include "emulator/services/dynamodb/errors.h"

namespace backlot::dynamodb {
namespace {

constexpr long kLargestExponent = 126;    // 0.999… × 10^126
constexpr long kSmallestExponent = -129;  // 0.1 × 10^-129
constexpr int kHighest = 101;
constexpr char kNegativeEnd = 102;
constexpr std::size_t kMostPairs = 19;      // of a negative number with an end
constexpr long kExponentClamp = 1'000'000;  // beyond, the result is the same error

bool isDigit(char c) { return c >= '0' && c <= '9'; }

AwsError notANumber(std::string_view text) {
    return validation(text.empty() ? "The parameter cannot be converted to a numeric value"
                                   : "The parameter cannot be converted to a numeric value: " + std::string(text));
}

}  // namespace

void Number::normalizeAndCheck(const std::uint8_t* digits, int count, long exponent, bool negative) {
    while (count > 0 && *digits == 0) ++digits, --count, --exponent;
    while (count > 0 && digits[count - 1] == 0) --count;
    if (count == 0) {
        *this = Number();
        return;
    }
    if (count > kDigitLimit) throw validation("Attempting to store more than 38 significant digits in a Number");
    if (exponent > kLargestExponent)
        throw validation("Number overflow. Attempting to store a number with magnitude larger than supported range");
    if (exponent < kSmallestExponent)
        throw validation("Number underflow. Attempting to store a number with magnitude smaller than supported range");
    negative_ = negative;
    exponent_ = static_cast<std::int16_t>(exponent);
    count_ = static_cast<std::uint8_t>(count);
    std::copy_n(digits, count, digits_.begin());
}

Number Number::parse(std::string_view text) {
    std::size_t at = 0;
    const bool negative = !text.empty() && text[0] == '-';
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) ++at;

    // At most this many digits are kept after leading zeros; whatever not-zero comes later only counts as too many.
    std::uint8_t kept[kDigitLimit + 2];
    int count = 0;
    long exponent = 0;
    bool any = false, point = false, tooMany = false;
    for (; at < text.size() && (isDigit(text[at]) || (text[at] == '.' && !point)); ++at) {
        if (text[at] == '.') {
            point = true;
            continue;
        }
        any = true;
        const auto digit = static_cast<std::uint8_t>(text[at] - '0');
        if (count == 0 && digit == 0) {
            if (point) --exponent;
            continue;
        }
        if (!point) ++exponent;
        if (count < kDigitLimit)
            kept[count++] = digit;
        else if (digit != 0)
            tooMany = true;
    }
    if (!any) throw notANumber(text);
    if (at < text.size()) {
        if (text[at] != 'e' && text[at] != 'E') throw notANumber(text);
        ++at;
        const bool down = at < text.size() && text[at] == '-';
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        if (at == text.size()) throw notANumber(text);
        long power = 0;
        for (; at < text.size(); ++at) {
            if (!isDigit(text[at])) throw notANumber(text);
            power = std::min(power * 10 + (text[at] - '0'), kExponentClamp);
        }
        exponent += down ? -power : power;
    }
    if (tooMany) throw validation("Attempting to store more than 38 significant digits in a Number");
    Number result;
    result.normalizeAndCheck(kept, count, exponent, negative);
    return result;
}

std::string Number::text() const {
    if (isZero()) return "0";
    std::string out;
    if (negative_) out += '-';
    if (exponent_ <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-exponent_), '0');
    }
    for (int i = 0; i < count_; ++i) {
        if (i == exponent_ && i > 0) out += '.';
        out += static_cast<char>('0' + digits_[static_cast<std::size_t>(i)]);
    }
    if (exponent_ > count_) out.append(static_cast<std::size_t>(exponent_ - count_), '0');
    return out;
}

// Positive: 0xC0 + E, then each pair of digits + 1. Negative: the complement of the first byte, then 101 - pair and a
// closing 102, so that a longer one sorts lower (the longest has no place for it and needs none). Zero: 0x80 alone.
// These are the bytes that AWS hashes for the order of a Scan.
std::string Number::key() const {
    if (isZero()) return "\x80";
    const bool odd = exponent_ % 2 != 0;
    const int hundreds = (exponent_ + (odd ? 1 : 0)) / 2;  // odd exponents are rounded up: the first pair is 0d
    std::string out;
    out.reserve(22);
    out += static_cast<char>(negative_ ? 0x3F - hundreds : 0xC0 + hundreds);
    const auto digit = [&](int i) { return i >= 0 && i < count_ ? digits_[static_cast<std::size_t>(i)] : 0; };
    for (int i = odd ? -1 : 0; i < count_; i += 2) {
        const int pair = digit(i) * 10 + digit(i + 1);
        out += static_cast<char>(negative_ ? kHighest - pair : pair + 1);
    }
    if (negative_ && out.size() <= kMostPairs) out += kNegativeEnd;
    return out;
}

Number Number::fromKey(std::string_view key) {
    Number number;
    const auto first = static_cast<unsigned char>(key.at(0));
    if (key.size() == 1) return number;
    number.negative_ = first < 0x80;
    const int hundreds = number.negative_ ? 0x3F - first : first - 0xC0;
    const std::size_t end = key.size() - (number.negative_ && key.back() == kNegativeEnd ? 1 : 0);
    std::uint8_t digits[2 * kDigitLimit + 4];
    int count = 0;
    for (std::size_t i = 1; i < end && count < 2 * kDigitLimit + 2; ++i) {
        const auto byte = static_cast<unsigned char>(key[i]);
        const int pair = number.negative_ ? kHighest - byte : byte - 1;
        digits[count++] = static_cast<std::uint8_t>(pair / 10);
        digits[count++] = static_cast<std::uint8_t>(pair % 10);
    }
    number.normalizeAndCheck(digits, count, 2L * hundreds, number.negative_);
    return number;
}

Number Number::negated() const {
    Number result = *this;
    if (!isZero()) result.negative_ = !negative_;
    return result;
}

Number Number::plus(const Number& other) const {
    if (isZero()) return other;
    if (other.isZero()) return *this;
    // One signed cell for each power of ten that either number or a carry may reach.
    const int top = std::max(exponent_, other.exponent_) + 1;
    const int bottom = std::min(exponent_ - count_, other.exponent_ - other.count_);
    std::vector<int> cells(static_cast<std::size_t>(top - bottom), 0);
    const auto add = [&](const Number& number) {
        for (int i = 0; i < number.count_; ++i) {
            const int digit = number.digits_[static_cast<std::size_t>(i)];
            cells[static_cast<std::size_t>(top - number.exponent_ + i)] += number.negative_ ? -digit : digit;
        }
    };
    add(*this);
    add(other);
    const auto firstNotZero = std::find_if(cells.begin(), cells.end(), [](int cell) { return cell != 0; });
    if (firstNotZero == cells.end()) return {};
    const bool negative = *firstNotZero < 0;
    std::vector<std::uint8_t> digits(cells.size());
    int carry = 0;
    for (std::size_t i = cells.size(); i-- > 0;) {
        int cell = (negative ? -cells[i] : cells[i]) + carry;
        carry = 0;
        if (cell < 0) cell += 10, carry = -1;
        if (cell > 9) cell -= 10, carry = 1;
        digits[i] = static_cast<std::uint8_t>(cell);
    }
    Number result;
    result.normalizeAndCheck(digits.data(), static_cast<int>(digits.size()), top, negative);
    return result;
}

}  // namespace backlot::dynamodb
