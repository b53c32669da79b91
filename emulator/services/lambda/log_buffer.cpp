#include "emulator/services/lambda/log_buffer.h"

#include <iterator>
#include <utility>

#include "emulator/base/json.h"
#include "emulator/base/time.h"

namespace backlot::lambda {
namespace {

constexpr std::size_t kFirstBytes = 4 << 20, kLastBytes = 64 << 10;
constexpr std::size_t kLineOverheadBytes = 26;  // Source: Amazon CloudWatch Logs API Reference, PutLogEvents

std::size_t counted(const LogLine& line) { return line.text.size() + kLineOverheadBytes; }

}  // namespace

void LogBuffer::add(LogLine line) {
    const std::size_t bytes = counted(line);
    if (last_.empty() && firstBytes_ + bytes <= kFirstBytes) {
        firstBytes_ += bytes;
        first_.push_back(std::move(line));
        return;
    }
    lastBytes_ += bytes;
    last_.push_back(std::move(line));
    while (lastBytes_ > kLastBytes && last_.size() > 1) {
        lastBytes_ -= counted(last_.front());
        ++droppedLines_;
        droppedBytes_ += last_.front().text.size();
        last_.pop_front();
    }
}

std::vector<LogLine> LogBuffer::take(bool json) {
    std::vector<LogLine> lines = std::move(first_);
    if (droppedLines_ > 0) {
        LogLine notice{last_.front().millis, {}};
        if (json)
            notice.text =
                writeJson(object({{"time", iso8601Millis(fromMillis(notice.millis))},
                                  {"type", "platform.logsDropped"},
                                  {"record", object({{"reason", "The invocation printed more than is kept of one."},
                                                     {"droppedRecords", droppedLines_},
                                                     {"droppedBytes", droppedBytes_}})}})) +
                "\n";
        else
            notice.text = "LOGS DROPPED Lines: " + std::to_string(droppedLines_) +
                          "\tBytes: " + std::to_string(droppedBytes_) +
                          "\tBacklot keeps the first 4 MiB and the last 64 KiB of what an invocation prints.\n";
        lines.push_back(std::move(notice));
    }
    lines.insert(lines.end(), std::make_move_iterator(last_.begin()), std::make_move_iterator(last_.end()));
    *this = LogBuffer();
    return lines;
}

}  // namespace backlot::lambda
