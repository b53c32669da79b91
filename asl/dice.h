#pragma once

#include <cstdint>

namespace backlot::asl {

/// Randomness is handed in. Same dice, same bytes.
class Dice {
public:
    virtual ~Dice() = default;
    virtual std::uint64_t next() = 0;  ///< 64 even bits
};

}  // namespace backlot::asl
