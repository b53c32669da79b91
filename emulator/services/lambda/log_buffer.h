#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace backlot::lambda {

/// One line of an invocation's log.
struct LogLine {
    std::int64_t millis = 0;  // of the world's clock
    std::string text;         // with its newline
};

/// What an invocation prints, within bounds: the first 4 MiB and the last 64 KiB of it, counted as CloudWatch Logs
/// counts (each line and 26 bytes). A line in place of what lay between says how much that was.
/// Differs: on AWS what is kept of a flood depends on how fast the logs are taken.
class LogBuffer {
public:
    void add(LogLine line);
    /// Everything that is kept, in order; the buffer is empty then. `json`: the line about what was dropped is in the
    /// form of JSON logs.  Source: AWS Lambda Developer Guide, "Lambda Telemetry API Event schema reference",
    /// platform.logsDropped.
    std::vector<LogLine> take(bool json);

private:
    std::vector<LogLine> first_;
    std::deque<LogLine> last_;
    std::size_t firstBytes_ = 0, lastBytes_ = 0;
    std::uint64_t droppedLines_ = 0, droppedBytes_ = 0;
};

}  // namespace backlot::lambda
