#include "emulator/wire/cbor.h"

#include <bit>
#include <cmath>
#include <limits>

namespace backlot::wire {
namespace {

using Major = CborHead::Major;

constexpr std::uint8_t kOneByte = 24, kEightBytes = 27, kUnknownLength = 31;
constexpr std::uint8_t kHalf = 25, kSingle = 26, kDouble = 27;
constexpr char kBreak = '\xff';

double half(std::uint64_t bits) {
    const int exponent = static_cast<int>(bits >> 10 & 0x1f);
    const double mantissa = static_cast<double>(bits & 0x3ff);
    const double value = exponent == 0    ? std::ldexp(mantissa, -24)
                         : exponent != 31 ? std::ldexp(mantissa + 1024, exponent - 25)
                         : mantissa == 0  ? std::numeric_limits<double>::infinity()
                                          : std::numeric_limits<double>::quiet_NaN();
    return bits & 0x8000 ? -value : value;
}

}  // namespace

std::string_view CborReader::take(std::uint64_t size) {
    if (size > rest_.size()) throw CborError("ends too early");
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
}

CborHead CborReader::head() {
    const auto first = static_cast<std::uint8_t>(take(1)[0]);
    CborHead head{static_cast<Major>(first >> 5), static_cast<std::uint8_t>(first & 0x1f), {}};
    if (head.info < kOneByte) {
        head.argument = head.info;
    } else if (head.info <= kEightBytes) {
        std::uint64_t number = 0;
        for (const char c : take(std::uint64_t{1} << (head.info - kOneByte)))
            number = number << 8 | static_cast<std::uint8_t>(c);
        head.argument = number;
    } else if (head.info != kUnknownLength || head.major < Major::bytes || head.major > Major::map) {
        throw CborError("has an unknown form");
    }
    return head;
}

bool CborReader::takeBreak() {
    if (rest_.empty()) throw CborError("ends too early");
    if (rest_.front() != kBreak) return false;
    rest_.remove_prefix(1);
    return true;
}

std::string CborReader::string(const CborHead& head) {
    if (head.argument) return std::string(take(*head.argument));
    std::string joined;
    while (!takeBreak()) {
        const CborHead part = this->head();
        if (part.major != head.major || !part.argument) throw CborError("a text has a part that is none");
        joined += take(*part.argument);
    }
    return joined;
}

double CborReader::floating(const CborHead& head) const {
    switch (head.info) {
        case kHalf: return half(*head.argument);
        case kSingle: return std::bit_cast<float>(static_cast<std::uint32_t>(*head.argument));
        case kDouble: return std::bit_cast<double>(*head.argument);
        default: throw CborError("has an unknown simple value");
    }
}

std::optional<std::uint64_t> CborReader::count(const CborHead& head) const {
    if (head.argument && *head.argument > rest_.size()) throw CborError("ends too early");
    return head.argument;
}

void CborWriter::bigEndian(std::uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out_ += static_cast<char>(value >> shift & 0xff);
}

void CborWriter::head(Major major, std::uint64_t argument) {
    const auto first = [&](std::uint8_t info) {
        out_ += static_cast<char>(static_cast<std::uint8_t>(major) << 5 | info);
    };
    if (argument < kOneByte) return first(static_cast<std::uint8_t>(argument));
    int power = 0;
    while (power < 3 && argument >> (8 << power) != 0) ++power;
    first(static_cast<std::uint8_t>(kOneByte + power));
    bigEndian(argument, 1 << power);
}

void CborWriter::integer(std::int64_t value) {
    if (value >= 0)
        head(Major::unsignedInteger, static_cast<std::uint64_t>(value));
    else
        head(Major::negativeInteger, static_cast<std::uint64_t>(-(value + 1)));
}

void CborWriter::text(std::string_view value) {
    head(Major::text, value.size());
    out_ += value;
}

void CborWriter::bytes(std::string_view value) {
    head(Major::bytes, value.size());
    out_ += value;
}

void CborWriter::single(float value) {
    out_ += static_cast<char>(0xe0 | kSingle);
    bigEndian(std::bit_cast<std::uint32_t>(value), 4);
}

void CborWriter::real(double value) {
    out_ += static_cast<char>(0xe0 | kDouble);
    bigEndian(std::bit_cast<std::uint64_t>(value), 8);
}

}  // namespace backlot::wire
