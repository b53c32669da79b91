#pragma once

#include <string>

#include "emulator/base/json.h"
#include "emulator/wire/model.h"

namespace backlot::wire {

/// A whole event stream as one body: `events` is a list of objects with one member each, {"PayloadChunk": {"Payload":
/// bytes}}.
/// Source: the application/vnd.amazon.eventstream format of AWS's documentation.
std::string writeEventStream(const Model& model, const Shape& stream, const Json& events);

}  // namespace backlot::wire
