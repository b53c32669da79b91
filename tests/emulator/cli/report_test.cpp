#include "emulator/cli/report.h"

#include <doctest/doctest.h>

using namespace backlot;
using namespace backlot::cli;
using namespace std::chrono_literals;

TEST_CASE("a duration is told in its two largest units") {
    CHECK(durationText(0us) == "0 ms");
    CHECK(durationText(250us) == "0.2 ms");
    CHECK(durationText(1500us) == "1.5 ms");
    CHECK(durationText(30ms) == "30 ms");
    CHECK(durationText(1500ms) == "1.5 s");
    CHECK(durationText(30s) == "30 s");
    CHECK(durationText(3min) == "3 m");
    CHECK(durationText(125min) == "2 h 5 m");
    CHECK(durationText(24h * 13 + 23h) == "13 d 23 h");
    CHECK(durationText(-3s) == "-3 s");
}

TEST_CASE("a timer is told by how far it lies ahead of the world's clock") {
    CHECK(fromNow("2026-01-05T09:03:00.000Z", "2026-01-05T09:00:00.000Z") == "in 3 m");
    CHECK(fromNow("2026-01-05T09:00:00.000Z", "2026-01-05T09:00:00.000Z") == "now");
    CHECK(fromNow("soon", "2026-01-05T09:00:00.000Z") == "soon");
}

TEST_CASE("columns are as wide as what stands in them, colours and UTF-8 not counted") {
    cli::Columns table({"name", "calls"});
    table.row({Style{true}.red("Bestände"), "12"});
    table.row({"a", ""});
    const auto lines = table.lines();
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == "name      calls");
    CHECK(shown(lines[1]) == "\033[31mBestände\033[0m  12");
    CHECK(lines[2] == "a");
}

TEST_CASE("a newline in a column begins no row") {
    cli::Columns table;
    table.row({"jimmy@example.com", "paid\n9  boss@example.com  fired"});
    CHECK(table.lines() == std::vector<std::string>{"jimmy@example.com  paid\\n9  boss@example.com  fired"});
}

TEST_CASE("a word for the shell is quoted where the shell would read more into it") {
    CHECK(shellWord("http://127.0.0.1:4566") == "http://127.0.0.1:4566");
    CHECK(shellWord("") == "''");
    CHECK(shellWord("it's $HOME") == "'it'\\''s $HOME'");
}

TEST_CASE("sizes are told in binary units") {
    CHECK(sizeText(512) == "512 B");
    CHECK(sizeText(1536) == "1.5 KiB");
    CHECK(sizeText(3 * 1024 * 1024) == "3.0 MiB");
}

TEST_CASE("the envelope of a command tells its status, and an error by its code") {
    const Json well = envelope("idle", kOk, object({{"idle", true}}), {}, nullptr);
    CHECK(writeJson(well) ==
          R"({"schemaVersion":1,"command":"idle","status":"ok","exitCode":0,"data":{"idle":true},"warnings":[]})");
    CHECK(textOr(envelope("invoke", kFailed, object(), {}, nullptr), "status") == "failed");
    const CommandError error(kCannotStart, "NotRunning", "no Backlot is running at http://127.0.0.1:4566", "Start one.",
                             true);
    const Json failed = envelope("idle", kCannotStart, object(), {"odd"}, &error);
    CHECK(textOr(failed, "status") == "error");
    CHECK(intOr(failed, "exitCode", -1) == 4);
    CHECK(
        writeJson(*find(failed, "error")) ==
        R"({"code":"NotRunning","message":"no Backlot is running at http://127.0.0.1:4566","retryable":true,"hint":"Start one."})");
}

TEST_CASE("what a command throws becomes its exit status") {
    const Common quiet{.json = false, .quiet = true, .verbose = false, .endpoint = {}};
    CHECK(report("test", quiet, [](Report&) { return kTimedOut; }) == kTimedOut);
    CHECK(report("test", quiet, [](Report&) -> ExitCode { throw CommandError(kBadInput, "Bad", "bad"); }) == kBadInput);
    CHECK(report("test", quiet, [](Report&) -> ExitCode { throw std::runtime_error("a bug"); }) == kFault);
}

TEST_CASE("refused calls are told once each, with how often") {
    const http::Leak stripe{"api.stripe.com:443", "node, getaddrinfo"}, other{"10.0.0.7:80", "curl, connect"};
    const auto lines = describe({stripe, other, stripe});
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == "api.stripe.com:443  2 ×  node, getaddrinfo");
    CHECK(lines[1] == "10.0.0.7:80         1 ×  curl, connect");
}
