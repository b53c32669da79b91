// asl validate, asl run, asl graph.

#include <cstdlib>
#include <filesystem>
#include <map>

#include "asl/language/drawing.h"
#include "emulator/cli/asl_run.h"
#include "emulator/cli/report.h"

namespace backlot::cli {
namespace {

asl::CompileOptions compileOptions(const AslOptions& options) {
    return {.type = options.express ? asl::MachineType::express : asl::MachineType::standard};
}

Json describe(const asl::Diagnostic& found, const std::string& file) {
    return object({{"file", file},
                   {"line", found.line},
                   {"column", found.column},
                   {"severity", found.severity == asl::Severity::error ? "ERROR" : "WARNING"},
                   {"code", found.code},
                   {"message", found.message},
                   {"location", found.location.empty() ? std::nullopt : std::optional(found.location)}});
}

std::string place(const std::string& file, const asl::Diagnostic& found) {
    return file + (found.line ? ":" + std::to_string(found.line) + ":" + std::to_string(found.column) : "");
}

void sayFindings(Report& report, const std::string& file, const std::vector<asl::Diagnostic>& findings) {
    const Style& style = report.style();
    for (const auto& found : findings) {
        const bool error = found.severity == asl::Severity::error;
        if (std::getenv("GITHUB_ACTIONS"))
            report.say(std::string("::") + (error ? "error" : "warning") + " file=" + file + ",line=" +
                       std::to_string(found.line) + ",col=" + std::to_string(found.column) + "::" + found.message);
        report.say(style.bold(place(file, found)) + ": " + (error ? style.red("error") : style.yellow("warning")) +
                   ": " + found.message +
                   style.dim("  " + (found.location.empty() ? "" : found.location + "  ") + found.code));
    }
}

/// The machine, or the end of the command with every finding said.
asl::Compiled compileFile(Report& report, const AslOptions& options) {
    const std::string& file = options.files.front();
    auto compiled = asl::compile(readInput(file), compileOptions(options));
    if (compiled.machine) return compiled;
    sayFindings(report, file, compiled.diagnostics);
    report.data = object(
        {{"diagnostics", array(compiled.diagnostics, [&](const auto& found) { return describe(found, file); })}});
    throw CommandError(kBadInput, "InvalidDefinition", file + " is no valid state machine");
}

asl::Payload inputOf(const std::string& given) {
    std::string text = given == "-" || std::filesystem::exists(given) ? readInput(given) : given;
    if (!tryParseJson(text)) throw CommandError(kBadInput, "BadInput", "--input is neither a file nor JSON");
    return asl::Payload(std::move(text));
}

Mocks mocksOf(const AslOptions& options) {
    if (options.mock.empty()) return {};
    try {
        return Mocks::parse(parseJson(readInput(options.mock)), options.testCase);
    } catch (const JsonError& error) {
        throw CommandError(kBadInput, "BadMock",
                           options.mock + ": " + error.what() + " (byte " + std::to_string(error.offset) + ")");
    } catch (const std::invalid_argument& error) {
        throw CommandError(kBadInput, "BadMock", options.mock + ": " + error.what());
    }
}

std::string detailOf(const Json& event, std::initializer_list<std::string_view> names) {
    for (const auto& member : event.GetObject())
        if (member.value.IsObject())
            for (const auto name : names)
                if (const Json* value = find(member.value, name); value && value->IsString()) return text(*value);
    return "";
}

/// The way through the states: "+2.000  processPayment  Task", failures and retries under it.
void sayWay(Report& report, const AslRunResult& run, bool everything) {
    const Style& style = report.style();
    Columns table;
    for (const auto& event : run.history) {
        const Json json = toJson(event);
        const std::string type = textOr(json, "type");
        char at[32];
        std::snprintf(at, sizeof at, "+%.3f", static_cast<double>((event.timestamp - run.start).count()) / 1e6);
        if (everything) {
            const std::string name = detailOf(json, {"name"});
            table.row({std::to_string(event.id), style.dim(at), type,
                       name.empty() ? detailOf(json, {"error", "input", "output", "parameters"}) : name});
        } else if (type.ends_with("StateEntered")) {
            table.row({style.dim(at), style.bold(detailOf(json, {"name"})),
                       style.dim(type.substr(0, type.size() - std::string_view("StateEntered").size()))});
        } else if (type.ends_with("Failed") && type != "ExecutionFailed") {
            table.row({style.dim(at), "  " + style.red("✗ " + detailOf(json, {"error"})), detailOf(json, {"cause"})});
        }
    }
    for (auto& line : table.lines()) report.note(std::move(line));
}

}  // namespace

int aslValidate(const Common& common, const AslOptions& options) {
    return report("asl validate", common, [&](Report& report) {
        Json findings(rapidjson::kArrayType);
        bool valid = true;
        for (const auto& file : options.files) {
            const auto compiled = asl::compile(readInput(file), compileOptions(options));
            sayFindings(report, file, compiled.diagnostics);
            for (const auto& found : compiled.diagnostics) push(findings, describe(found, file));
            if (compiled.machine)
                report.note(report.style().green("ok") + "  " + file + "  " +
                            std::to_string(compiled.machine->states.size()) + " states");
            else
                valid = false;
        }
        report.data = object({{"valid", valid}, {"diagnostics", std::move(findings)}});
        return valid ? kOk : kBadInput;
    });
}

int aslRun(const Common& common, const AslOptions& options) {
    return report("asl run", common, [&](Report& report) {
        const auto compiled = compileFile(report, options);
        const Time start = fromSeconds(1'767'603'600);  // 2026-01-05T09:00:00Z: the same bytes again
        const auto run =
            runMachine(compiled.machine, options.name, inputOf(options.input), mocksOf(options), options.seed, start);
        sayWay(report, run, options.history);
        report.data = object({{"status", nameOf(run.status)},
                              {"error", run.error},
                              {"cause", run.cause},
                              {"seconds", std::chrono::duration<double>(run.end - run.start).count()},
                              {"history", array(run.history, [](const auto& event) { return toJson(event); })}});
        if (!run.waitsFor.empty())
            throw CommandError(kBadInput, "NoMock", run.waitsFor,
                               "Give --mock FILE with {\"STATE\": {\"Return\": …}}.");
        if (run.status == asl::ExecutionStatus::running)
            throw CommandError(kFailed, "Stuck", "the execution waits for something that never comes");
        const Style& style = report.style();
        const bool succeeded = run.status == asl::ExecutionStatus::succeeded;
        const std::string title = std::string(nameOf(run.status)) + (run.error ? " " + *run.error : "");
        report.note((succeeded ? style.green(title) : style.red(title)) +
                    style.dim("  after " + durationText(run.end - run.start)));
        if (run.cause) report.note(*run.cause);
        if (succeeded) {
            set(report.data, "output", copy(run.output.json()));
            report.say(style.colour ? writePretty(run.output.json()) : run.output.text());
        }
        return succeeded ? kOk : kFailed;
    });
}

int aslGraph(const Common& common, const AslOptions& options) {
    return report("asl graph", common, [&](Report& report) {
        const auto compiled = compileFile(report, options);
        std::string text = options.svg ? asl::svg(*compiled.machine) : asl::mermaid(*compiled.machine);
        while (text.ends_with('\n')) text.pop_back();
        report.say(text);
        report.data = object({{options.svg ? "svg" : "mermaid", text}});
        return kOk;
    });
}

}  // namespace backlot::cli
