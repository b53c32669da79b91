#include "emulator/base/log.h"

#include <unistd.h>

#include <atomic>

#include "emulator/base/json.h"
#include "emulator/base/time.h"

namespace backlot::log {
namespace {
std::atomic<Level> threshold = Level::warning;
constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
}  // namespace

void setLevel(Level level) { threshold = level; }
bool enabled(Level level) { return level >= threshold; }

void write(Level level, std::string_view message) {
    if (!enabled(level)) return;
    const std::string line =
        writeJson(object(
            {{"time", iso8601Millis(wallClock())}, {"level", kNames[static_cast<int>(level)]}, {"message", message}})) +
        '\n';
    [[maybe_unused]] const auto written =
        ::write(STDERR_FILENO, line.data(), line.size());  // nobody to tell if it fails
}

}  // namespace backlot::log
