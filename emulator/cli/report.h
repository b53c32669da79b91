#pragma once
// What a command has to say: lines for people, or with --json one object for programs.

#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/base/time.h"
#include "emulator/cli/commands.h"
#include "emulator/cli/terminal.h"
#include "emulator/http/gate.h"

namespace backlot::cli {

/// Ends a command. `code` is for programs ("NotRunning"), what() and `hint` for people.
struct CommandError : std::runtime_error {
    CommandError(ExitCode exit, std::string code, const std::string& message, std::string hint = {},
                 bool retryable = false)
        : std::runtime_error(message),
          exitCode(exit),
          code(std::move(code)),
          hint(std::move(hint)),
          retryable(retryable) {}
    ExitCode exitCode;
    std::string code, hint;
    bool retryable;
};

class Report {
public:
    Report(std::string command, const Common& common);
    Json data = object();         // of the envelope
    void say(std::string line);   // a line for people, at once
    void note(std::string line);  // the same, but not with --quiet
    void warn(std::string text);
    bool json() const { return common_.json; }
    bool verbose() const { return common_.verbose; }
    const Style& style() const { return style_; }

private:
    friend int report(const std::string&, const Common&, const std::function<ExitCode(Report&)>&);
    void finish(ExitCode code, const CommandError* error);
    std::string command_;
    const Common& common_;
    Style style_;
    std::vector<std::string> warnings_;
};

/// Runs a command: what it throws becomes its error, its report is written at its end. The result is the exit status.
int report(const std::string& command, const Common& common, const std::function<ExitCode(Report&)>& run);

/// {"schemaVersion": 1, "command", "status": "ok" | "failed" | "error", "data", "warnings"[, "error"]}
Json envelope(std::string_view command, ExitCode code, Json data, const std::vector<std::string>& warnings,
              const CommandError* error);

/// "350 ms", "1.5 s", "3 m", "2 h 5 m", "13 d 23 h"
std::string durationText(Duration duration);
/// How far `time` ("2026-01-05T09:00:00.000Z") is from `now`: "in 3 m", "now".
std::string fromNow(std::string_view time, std::string_view now);
/// "1.2 MiB"
std::string sizeText(std::int64_t bytes);

/// Columns as wide as what stands in them. Cells may hold colours; a newline in one does not begin a row.
class Columns {
public:
    explicit Columns(std::vector<std::string> header = {}) {
        if (!header.empty()) row(std::move(header));
    }
    void row(std::vector<std::string> cells);
    std::vector<std::string> lines() const;
    bool empty() const { return rows_.empty(); }

private:
    std::vector<std::vector<std::string>> rows_;
};

/// What was refused to leave this machine: "api.stripe.com:443  2 ×  node, getaddrinfo": each once, in the order they
/// came.
std::vector<std::string> describe(const std::vector<http::Leak>& leaks);

/// One word of a POSIX shell that means this text.
std::string shellWord(std::string_view text);

}  // namespace backlot::cli
