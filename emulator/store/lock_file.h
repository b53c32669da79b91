#pragma once

namespace backlot {

/// Of a data folder: locked by the one process that has it open, whose number is in it.
inline constexpr const char* kLockFile = "backlot.lock";

}  // namespace backlot
