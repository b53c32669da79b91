#include "emulator/services/lambda/log_buffer.h"

#include <doctest/doctest.h>

#include "emulator/base/json.h"

using namespace backlot;
using namespace backlot::lambda;

namespace {

std::size_t bytesOf(const std::vector<LogLine>& lines) {
    std::size_t bytes = 0;
    for (const auto& line : lines) bytes += line.text.size();
    return bytes;
}

}  // namespace

TEST_CASE("what an invocation prints is kept in order") {
    LogBuffer buffer;
    for (const char* text : {"first\n", "second\n"}) buffer.add({1, text});
    const auto lines = buffer.take(false);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].text == "first\n");
    CHECK(lines[1].text == "second\n");
    CHECK(buffer.take(false).empty());
}

TEST_CASE("of a flood the first and the last lines are kept, and what was dropped between is said") {
    LogBuffer buffer;
    constexpr int kLines = 1'000'000;
    std::size_t printed = 0;
    for (int i = 0; i < kLines; ++i) {
        const std::string text = "line " + std::to_string(i) + "\n";
        printed += text.size();
        buffer.add({i, text});
    }
    const auto lines = buffer.take(false);
    CHECK(bytesOf(lines) < 5u << 20);
    CHECK(lines.front().text == "line 0\n");
    CHECK(lines.back().text == "line 999999\n");
    std::size_t at = 0;
    while (at < lines.size() && !lines[at].text.starts_with("LOGS DROPPED")) ++at;
    REQUIRE(at < lines.size());
    const std::string lost = "Lines: " + std::to_string(kLines - (lines.size() - 1)) +
                             "\tBytes: " + std::to_string(printed - (bytesOf(lines) - lines[at].text.size()));
    CHECK(lines[at].text.find(lost) != std::string::npos);
    CHECK(lines[at].millis == lines[at + 1].millis);  // in its place
}

TEST_CASE("in JSON logs the drop is an event of the platform") {
    LogBuffer buffer;
    for (int i = 0; i < 200; ++i) buffer.add({1767603600000, std::string(100'000, 'x') + "\n"});
    std::string notice;
    for (const auto& line : buffer.take(true))
        if (line.text.find("logsDropped") != std::string::npos) notice = line.text;
    const Json event = parseJson(notice);
    CHECK(textOr(event, "type") == "platform.logsDropped");
    CHECK(textOr(event, "time") == "2026-01-05T09:00:00.000Z");
    CHECK(intOr(*find(event, "record"), "droppedRecords", 0) > 100);
}
