#pragma once

#include "emulator/base/service_description.h"
#include "emulator/wire/model.h"

namespace backlot::wire {

/// Throws AwsError (SerializationException) at the first value, in the order of the text, that has not the JSON type of
/// its shape. JSON null counts as missing.  Source: texts that AWS's services were seen to answer; they differ by the
/// reader a service has.
void checkTypes(const JsonManners& manners, const Model& model, const Shape& input, const Json& value);

}  // namespace backlot::wire
