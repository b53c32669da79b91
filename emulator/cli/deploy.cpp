// deploy and destroy.

#include <filesystem>

#include "emulator/cli/client.h"
#include "emulator/templates/physical.h"
#include "emulator/templates/plan.h"

namespace backlot::cli {
namespace {

/// A stack is named after the folder of its template, unless somebody says otherwise.
std::string stackOf(const std::string& file) {
    return templates::stackNameOf(std::filesystem::absolute(file).lexically_normal().parent_path().filename().string());
}

void sayOutputs(Report& report) {
    if (const Json* outputs = find(report.data, "outputs"); outputs && outputs->MemberCount()) {
        Columns table;
        for (const auto& member : outputs->GetObject()) table.row({"  " + text(member.name), text(member.value)});
        for (auto& line : table.lines()) report.note(std::move(line));
    }
    if (const Json* urls = find(report.data, "apis"))
        for (const auto& url : urls->GetArray()) report.note("api " + text(url));
}

ExitCode dryRun(Report& report, const DeployOptions& options, const std::string& stack) {
    try {
        const auto plan = templates::makePlan(
            templates::parseTemplate(readInput(options.file), options.file),
            {.stackName = stack,
             .parameters = options.parameters,
             .include = templates::includeFrom(std::filesystem::absolute(options.file).parent_path())},
            options.strict);
        Columns table;
        for (const auto& step : plan.steps)
            table.row({step.logicalId, step.type, options.file + ":" + std::to_string(step.line)});
        for (auto& line : table.lines()) report.say(std::move(line));
        for (const auto& warning : plan.warnings)
            report.warn(options.file + ":" + std::to_string(warning.line) + ": " + warning.logicalId + ": " +
                        warning.problem);
        report.data = object({{"stack", stack}, {"resources", describe(plan)}});
        return kOk;
    } catch (const templates::TemplateError& error) {
        throw CommandError(kBadInput, "BadTemplate", error.what());
    }
}

}  // namespace

int deploy(const Common& common, const DeployOptions& options) {
    return report("deploy", common, [&](Report& report) {
        const std::string stack = options.stack.empty() ? stackOf(options.file) : options.stack;
        if (options.dryRun) return dryRun(report, options, stack);
        readInput(options.file);  // says here that there is no such file: the instance may stand in another folder
        const Client client(common);
        Json parameters = object();
        for (const auto& [name, value] : options.parameters) set(parameters, name, value);
        const auto answer = client.post("deploy",
                                        object({{"template", std::filesystem::absolute(options.file).string()},
                                                {"stack", stack},
                                                {"parameters", std::move(parameters)},
                                                {"strict", options.strict}}),
                                        Client::kPatience, 400);
        if (answer.status == 400)
            throw CommandError(kBadInput, "BadTemplate", textOr(answer.body, "error", "the template was refused"));
        report.data = copy(answer.body);
        set(report.data, "stack", stack);
        if (const Json* warnings = find(answer.body, "warnings"))
            for (const auto& warning : warnings->GetArray()) report.warn(text(warning));
        report.note(report.style().green("deployed ") + stack + ": " +
                    std::to_string(intOr(report.data, "resources", 0)) + " resources");
        sayOutputs(report);
        return kOk;
    });
}

int destroy(const Common& common, const std::string& name) {
    return report("destroy", common, [&](Report& report) {
        const Client client(common);
        const std::string stack =
            std::filesystem::exists(name) && !std::filesystem::is_directory(name) ? stackOf(name) : name;
        const Json found = client.call("cloudformation", "DescribeStackResources",
                                       object({{"StackName", stack}}));  // says so where there is none
        client.call("cloudformation", "DeleteStack", object({{"StackName", stack}}));
        const auto count = find(found, "StackResources")->Size();
        report.data = object({{"stack", stack}, {"resources", count}});
        report.note("destroyed " + stack + ": " + std::to_string(count) + " resources");
        return kOk;
    });
}

}  // namespace backlot::cli
