#include "emulator/cli/report.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "emulator/base/aws_error.h"

namespace backlot::cli {
namespace {

const char* statusOf(ExitCode code, bool error) { return error ? "error" : code == kOk ? "ok" : "failed"; }

std::string twoUnits(std::int64_t count, std::int64_t part, const char* unit, const char* partUnit) {
    std::string text = std::to_string(count) + " " + unit;
    if (part) text += " " + std::to_string(part) + " " + partUnit;
    return text;
}

/// GitHub Actions shows such a line as an annotation.
void annotate(const std::string& message) {
    if (!std::getenv("GITHUB_ACTIONS")) return;
    std::string line;
    for (const char c : message) line += c == '%' ? "%25" : c == '\n' ? "%0A" : std::string(1, c);
    print(stdout, "::error::" + line + "\n");
}

}  // namespace

Report::Report(std::string command, const Common& common)
    : command_(std::move(command)), common_(common), style_(common.json ? Style{} : styleOf(stdout)) {}

void Report::say(std::string line) {
    if (common_.json) return;
    print(stdout, line += '\n');
}

void Report::note(std::string line) {
    if (!common_.quiet) say(std::move(line));
}

void Report::warn(std::string text) {
    if (!common_.json) print(stderr, styleOf(stderr).yellow("warning:") + " " + text + "\n");
    warnings_.push_back(std::move(text));
}

void Report::finish(ExitCode code, const CommandError* error) {
    if (common_.json) {
        print(stdout, writeJson(envelope(command_, code, std::move(data), warnings_, error)) + "\n");
    } else if (error) {
        std::fflush(stdout);
        const Style style = styleOf(stderr);
        print(stderr, style.red("backlot " + command_ + ":") + " " + error->what() + "\n");
        if (!error->hint.empty()) print(stderr, "  " + error->hint + "\n");
        annotate(error->what());
    }
    std::fflush(stdout);
}

int report(const std::string& command, const Common& common, const std::function<ExitCode(Report&)>& run) {
    Report report(command, common);
    ExitCode code = kFault;
    try {
        code = run(report);
        report.finish(code, nullptr);
    } catch (const CommandError& error) {
        code = error.exitCode;
        report.finish(code, &error);
    } catch (const AwsError& error) {
        const CommandError told(code = kFailed, error.code(), error.code() + ": " + error.message());
        report.finish(code, &told);
    } catch (const std::exception& error) {
        const CommandError told(code = kFault, "Fault", error.what());
        report.finish(code, &told);
    }
    return code;
}

Json envelope(std::string_view command, ExitCode code, Json data, const std::vector<std::string>& warnings,
              const CommandError* error) {
    Json result = object({{"schemaVersion", 1},
                          {"command", command},
                          {"status", statusOf(code, error)},
                          {"exitCode", static_cast<int>(code)},
                          {"data", std::move(data)},
                          {"warnings", array(warnings)}});
    if (error)
        set(result, "error",
            object({{"code", error->code},
                    {"message", error->what()},
                    {"retryable", error->retryable},
                    {"hint", error->hint.empty() ? std::nullopt : std::optional(error->hint)}}));
    return result;
}

std::string readInput(const std::string& file) {
    std::ifstream opened;
    if (file != "-") opened.open(file, std::ios::binary);
    std::istream& in = file == "-" ? std::cin : opened;
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(file, ignored))
        throw CommandError(kBadInput, "NoSuchFile", "cannot read " + file);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string durationText(Duration duration) {
    using namespace std::chrono;
    const auto micros = duration.count();
    if (micros < 0) return "-" + durationText(-duration);
    char text[32];
    if (micros < 1'000'000) {
        std::snprintf(text, sizeof text, micros % 1000 && micros < 100'000 ? "%.1f ms" : "%.0f ms",
                      static_cast<double>(micros) / 1e3);
        return text;
    }
    if (micros < 60'000'000) {
        std::snprintf(text, sizeof text, "%.3g s", static_cast<double>(micros) / 1e6);
        return text;
    }
    const auto s = duration_cast<seconds>(duration).count();
    if (s < 3600) return twoUnits(s / 60, s % 60, "m", "s");
    if (s < 86400) return twoUnits(s / 3600, s % 3600 / 60, "h", "m");
    return twoUnits(s / 86400, s % 86400 / 3600, "d", "h");
}

std::string fromNow(std::string_view time, std::string_view now) {
    const auto then = parseIso8601(time), here = parseIso8601(now);
    if (!then || !here) return std::string(time);
    return *then <= *here ? "now" : "in " + durationText(*then - *here);
}

std::string sizeText(std::int64_t bytes) {
    if (bytes < 1024) return std::to_string(bytes) + " B";
    char text[32];
    const double kib = static_cast<double>(bytes) / 1024;
    std::snprintf(text, sizeof text, kib < 1024 ? "%.1f KiB" : "%.1f MiB", kib < 1024 ? kib : kib / 1024);
    return text;
}

void Columns::row(std::vector<std::string> cells) {
    for (auto& cell : cells)
        for (auto at = cell.find('\n'); at != std::string::npos; at = cell.find('\n', at)) cell.replace(at, 1, "\\n");
    rows_.push_back(std::move(cells));
}

std::vector<std::string> Columns::lines() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i == widths.size()) widths.push_back(0);
            widths[i] = std::max(widths[i], widthOf(row[i]));
        }
    std::vector<std::string> result;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += i + 1 == row.size() ? row[i] : padded(row[i], widths[i] + 2);
        while (line.ends_with(' ')) line.pop_back();
        result.push_back(std::move(line));
    }
    return result;
}

std::vector<std::string> describe(const std::vector<http::Leak>& leaks) {
    struct Kind {
        http::Leak leak;
        std::size_t times = 0;
    };
    std::vector<Kind> kinds;
    for (const auto& leak : leaks) {
        const auto same = [&](const Kind& kind) { return kind.leak.to == leak.to && kind.leak.by == leak.by; };
        const auto known = std::find_if(kinds.begin(), kinds.end(), same);
        if (known == kinds.end())
            kinds.push_back({leak, 1});
        else
            ++known->times;
    }
    Columns table;
    for (const auto& kind : kinds) table.row({kind.leak.to, std::to_string(kind.times) + " ×", kind.leak.by});
    return table.lines();
}

std::string shellWord(std::string_view text) {
    const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return std::isalnum(c) || std::string_view("_-./:@%+=,").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (plain) return std::string(text);
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
    return word + "'";
}

}  // namespace backlot::cli
