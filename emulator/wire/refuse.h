#pragma once
// Ends a request on the wire.

#include <string>

#include "emulator/wire/protocol.h"

namespace backlot::wire {

/// With the words' own message where none is given. Throws Refusal.
[[noreturn]] void refuse(const Target& target, const ErrorWords& words, std::string message = {});
/// A body that cannot be read, by the protocol's name for it. Throws Refusal.
[[noreturn]] void refuseSerialization(const Target& target, std::string message);

}  // namespace backlot::wire
