#pragma once

#include <string>
#include <string_view>

#include "asl/query/jsonata/value.h"

namespace backlot::asl::jsonata {

/// $formatNumber: XPath's format-number. `options` replaces the special characters by name ("decimal-separator", …);
/// null where there are none. Throws Failure (D3080 to D3093).  Source: XPath Functions 3.1, 4.7.
std::string formatNumber(double value, std::string_view picture, Object* options);

/// Rounds half to even at so many decimal places (negative: tens, hundreds, …), in decimal, not in binary.
double roundHalfEven(double value, int places);

}  // namespace backlot::asl::jsonata
