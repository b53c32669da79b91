#pragma once
// The command line's grammar, in parts: each adds its commands.

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>

#include "emulator/cli/commands.h"

namespace backlot::cli {

struct Grammar {
    CLI::App& app;
    const Rooms& rooms;
    Common common = {};
    std::function<int()> chosen = {};  // the command that the line names

    /// A command with options of its own type: `declare` names them, `run` is called once they are parsed.
    template <typename Options>
    CLI::App* add(CLI::App& parent, const std::string& name, const std::string& what, const std::string& example,
                  const std::function<void(CLI::App&, Options&)>& declare,
                  std::function<int(const Common&, Options&)> run) {
        CLI::App* command = parent.add_subcommand(name, what);
        command->footer("Example:\n  " + example);
        auto options = std::make_shared<Options>();
        declare(*command, *options);
        addCommon(*command);
        command->callback(
            [this, options, run = std::move(run)] { chosen = [this, options, run] { return run(common, *options); }; });
        return command;
    }
    template <typename Options>
    CLI::App* add(const std::string& name, const std::string& what, const std::string& example,
                  const std::function<void(CLI::App&, Options&)>& declare,
                  std::function<int(const Common&, Options&)> run) {
        return add<Options>(app, name, what, example, declare, std::move(run));
    }
    void addCommon(CLI::App& command);
};

/// Name=value pairs of a repeatable option.
void addParameters(CLI::App& command, std::map<std::string, std::string>& parameters);

void addStarting(Grammar& grammar, const std::vector<std::string>& childCommand);  // up, exec
void addWorking(Grammar& grammar);  // env, deploy, destroy, invoke, logs, inbox
void addWorld(Grammar& grammar);    // idle, clock, reset, snapshot, status, executions, trace, record, down
void addOffline(Grammar& grammar);  // operations, asl
void addShell(Grammar& grammar);    // completion, manual

}  // namespace backlot::cli
