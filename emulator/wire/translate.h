#pragma once

#include "emulator/base/json.h"
#include "emulator/wire/model.h"

namespace backlot::wire {

// JSON bodies of REST services name some members otherwise than the API (locationName), and write some times as text.
// Inside the program members have the API's names and times are numbers.

/// Leaves what it does not understand as it is: check() will say what is wrong with it.
Json fromWire(const Model& model, std::uint16_t shape, Json value);
/// Makes of a body that was decoded what operations may count on. Members that the model does not know are taken away,
/// as AWS does (operations have members of their own that only callers inside may use), and so are those that are null,
/// which is to say missing; what is to be an integer has no decimals: those are cut off, as by Jackson.
void settle(const Model& model, std::uint16_t shape, Json& value);
/// Only the members that travel in the body.
Json toWire(const Model& model, std::uint16_t shape, const Json& value);

}  // namespace backlot::wire
