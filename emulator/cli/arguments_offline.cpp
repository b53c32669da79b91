// The commands that need no running instance.

#include "emulator/cli/arguments.h"

namespace backlot::cli {

void addOffline(Grammar& grammar) {
    const Rooms& rooms = grammar.rooms;
    grammar.add<OperationsOptions>(
        "operations", "The operations that Backlot answers to.", "backlot operations --markdown",
        [](CLI::App& command, OperationsOptions& options) {
            command.add_option("service", options.service, "only those of one service");
            command.add_flag("--markdown", options.markdown, "as a Markdown table");
            command.add_flag("--ignored", options.ignored,
                             "the members of requests that operations pass over, and why");
        },
        [&rooms](const Common& common, OperationsOptions& options) { return operations(common, options, rooms); });

    grammar.add<std::string>(
        "verify",
        "Read a data folder or a snapshot from end to end: exit status 8 and what is damaged, where something is.",
        "backlot verify ./data",
        [](CLI::App& command, std::string& path) {
            command.add_option("path", path, "a data folder that no process has open, or a snapshot")->required();
        },
        verify);
    grammar.add<std::string>(
        "compact", "Give back to the disk what a data folder's file has free.", "backlot compact ./data",
        [](CLI::App& command, std::string& folder) {
            command.add_option("folder", folder, "a data folder that no process has open")->required();
        },
        compact);
    grammar.add<SalvageOptions>(
        "salvage", "Save what is whole of a damaged data folder or snapshot into a new folder, and say what is lost.",
        "backlot salvage ./data ./data.salvaged",
        [](CLI::App& command, SalvageOptions& options) {
            command.add_option("from", options.from, "a data folder that no process has open, or a snapshot")
                ->required();
            command.add_option("into", options.into, "a new folder (else FROM.salvaged)");
        },
        salvage);

    CLI::App& asl = *grammar.app.add_subcommand("asl", "Check, run and draw state machines without a server.");
    asl.require_subcommand(1);
    asl.footer("Example:\n  backlot asl validate functions/checkout.asl.json");
    grammar.add<AslOptions>(
        asl, "validate", "Check definitions: every finding with its line and column.",
        "backlot asl validate functions/checkout.asl.json",
        [](CLI::App& command, AslOptions& options) {
            command.add_option("file", options.files, "definitions; - for standard input")->required();
            command.add_flag("--express", options.express, "as Express state machines");
        },
        aslValidate);
    grammar.add<AslOptions>(
        asl, "run", "Run a definition here: tasks answer from mocks, waits take no time.",
        "backlot asl run functions/checkout.asl.json --input '{\"orderId\": \"ORDER#1\"}' --mock mocks.json",
        [](CLI::App& command, AslOptions& options) {
            command.add_option("file", options.files, "the definition; - for standard input")->required()->expected(1);
            command.add_option("--input", options.input, "JSON or a file")->capture_default_str();
            command.add_option("--mock", options.mock,
                               "a file: state → {\"Return\": …}, {\"Throw\": {\"Error\", \"Cause\"}}, or an array of "
                               "these, one an attempt");
            command.add_option("--test-case", options.testCase,
                               "Machine#Case, where the file is one of Step Functions Local's");
            command.add_option("--name", options.name, "the execution's name")->capture_default_str();
            command.add_option("--seed", options.seed, "of jitter and ids")->capture_default_str();
            command.add_flag("--history", options.history, "print every event");
            command.add_flag("--express", options.express, "as an Express state machine");
        },
        aslRun);
    grammar.add<AslOptions>(
        asl, "graph", "Print the definition as a Mermaid diagram or an SVG.",
        "backlot asl graph functions/checkout.asl.json --svg > checkout.svg",
        [](CLI::App& command, AslOptions& options) {
            command.add_option("file", options.files, "the definition; - for standard input")->required()->expected(1);
            command.add_flag("--svg", options.svg, "an SVG document instead of Mermaid");
            command.add_flag("--express", options.express, "as an Express state machine");
        },
        aslGraph);
}

}  // namespace backlot::cli
