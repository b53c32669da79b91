#pragma once

#include "emulator/services/sns/topic.h"

namespace backlot::sns {

/// To a topic, or to a phone number.
/// Throws InvalidParameterException, InvalidParameterValueException, NotFoundException.
Json publish(Sns& sns, Call& call, const Fields& request);
Json publishBatch(Sns& sns, Call& call, const Fields& request);

}  // namespace backlot::sns
