#pragma once

#include <string_view>

namespace backlot::log {

enum class Level { debug, info, warning, error };

/// What is below it is dropped; starts at `warning`.
void setLevel(Level level);
bool enabled(Level level);

/// One line of JSON on standard error: {"time","level","message"}. Control characters in `message` are escaped.
void write(Level level, std::string_view message);

inline void debug(std::string_view message) { write(Level::debug, message); }
inline void info(std::string_view message) { write(Level::info, message); }
inline void warning(std::string_view message) { write(Level::warning, message); }
inline void error(std::string_view message) { write(Level::error, message); }

}  // namespace backlot::log
