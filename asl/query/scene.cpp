#include "asl/query/scene.h"

#include "asl/dice.h"
#include "emulator/base/hash.h"

namespace backlot::asl {

double randomNumber(Dice& dice) { return static_cast<double>(dice.next() >> 11) * 0x1.0p-53; }

std::string randomUuid(Dice& dice) {
    std::string bytes;
    for (int half = 0; half < 2; ++half)
        for (auto bits = dice.next(), i = std::uint64_t{0}; i < 8; ++i, bits >>= 8)
            bytes += static_cast<char>(bits & 0xff);
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
    const std::string digits = hex(bytes);
    std::string out;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
        out += digits[i];
    }
    return out;
}

}  // namespace backlot::asl
