#pragma once

#include "emulator/services/lambda/functions.h"

namespace backlot::lambda {

/// An alias points at a version and may send a share of the invocations to a second one.
Json createAlias(Call& call, const Fields& request);
Json getAlias(Call& call, const Fields& request);
Json updateAlias(Call& call, const Fields& request);
Json deleteAlias(Call& call, const Fields& request);
Json listAliases(Call& call, const Fields& request);

}  // namespace backlot::lambda
