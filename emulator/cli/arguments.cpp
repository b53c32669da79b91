#include "emulator/cli/arguments.h"

#include <algorithm>
#include <cstring>
#include <sstream>

#include "emulator/base/log.h"
#include "emulator/cli/terminal.h"

namespace backlot::cli {

void Grammar::addCommon(CLI::App& command) {
    command.add_flag("--json", common.json, "one JSON object in place of text")->group("Common");
    command.add_flag("-q,--quiet", common.quiet, "print only what was asked for")->group("Common");
    command.add_flag("-v,--verbose", common.verbose, "print more, and log what happens")->group("Common");
}

void addParameters(CLI::App& command, std::map<std::string, std::string>& parameters) {
    command.add_option_function<std::vector<std::string>>(
        "--param",
        [&parameters](const std::vector<std::string>& pairs) {
            for (const auto& pair : pairs) {
                const auto mark = pair.find('=');
                if (mark == std::string::npos || mark == 0)
                    throw CLI::ValidationError("--param", "takes Name=value, not " + pair);
                parameters[pair.substr(0, mark)] = pair.substr(mark + 1);
            }
        },
        "a parameter of the template, Name=value");
}

namespace {

void declareUp(CLI::App& command, UpOptions& options) {
    command.add_option("template,--stack", options.templates,
                       "SAM or CloudFormation templates to deploy; none: an empty world");
    command.add_option("--port", options.port, "port of the AWS endpoint (0: a free one)")->capture_default_str();
    command.add_option("--api-port", options.apiPort, "a port that serves the deployed API alone (0: a free one)");
    command.add_option("--data", options.data, "folder that keeps everything; without it nothing is kept");
    command.add_flag("--durable", options.durable, "a commit is on the disk before its answer");
    command.add_option("--clock", options.clock,
                       "real, virtual or auto; if not given what the data folder was set to last, or real");
    command.add_option("--start", options.start, "where a virtual clock begins (2026-01-05T09:00:00Z)");
    command.add_option("--seed", options.seed, "what ids and dice come from");
    command.add_option("--account", options.account, "account of callers without a 12-digit access key")
        ->capture_default_str();
    command.add_option("--region", options.region, "region of callers who name none")->capture_default_str();
    command
        .add_option("--listen", options.listen,
                    "address to listen on; where others reach it, the control API wants a token")
        ->capture_default_str();
    command.add_option("--token", options.token, "of the control API (else, where it wants one, made anew)")
        ->envname("BACKLOT_TOKEN");
    command.add_option("--allow-host", options.hosts, "further names in Host headers");
    command.add_option("--allow-origin", options.origins, "web origins whose pages may call");
    command.add_option("--stand-in", options.standIns, "Lua files that stand in for outside HTTP services");
    command.add_option("--seed-data", options.seeds, "files or folders with items for tables");
    command.add_flag("--verify-signatures", options.verifySignatures,
                     "check the signature of every request, as AWS does");
    command.add_flag("--enforce-throughput", options.enforceThroughput,
                     "DynamoDB refuses what goes beyond a table's provisioned throughput");
    command.add_flag("--no-sandbox", options.noSandbox, "functions see and may do what you may: for debuggers");
    command
        .add_option("--keep", options.keep,
                    "how much is kept of what has happened: record=50000, logs=32MB, logs-age=14d, executions=5000, "
                    "executions-age=90d, streams=20000")
        ->delimiter(',')
        ->allow_extra_args(false)
        ->envname("BACKLOT_KEEP")
        ->type_name("WHAT=LIMIT");
    command.add_option("--expiry-delay", options.expiryDelay, "how long after its time DynamoDB removes an item")
        ->capture_default_str();
    addParameters(command, options.parameters);
    command.add_flag("--strict", options.strict, "resources that Backlot cannot make are an error");
}

}  // namespace

void addStarting(Grammar& grammar, const std::vector<std::string>& childCommand) {
    const Rooms& rooms = grammar.rooms;
    grammar.add<UpOptions>("up", "Start Backlot, deploy, and serve until stopped.",
                           "backlot up functions/template.yaml --clock virtual --seed 42", declareUp,
                           [&rooms](const Common& common, UpOptions& options) { return up(common, options, rooms); });
    grammar.add<ExecOptions>(
        "exec", "Run a command against an instance of its own: backlot exec [OPTIONS] -- COMMAND…",
        "backlot exec functions/template.yaml --clock virtual -- npm test",
        [&childCommand](CLI::App& command, ExecOptions& options) {
            options.up.port = 0;
            options.command = childCommand;
            declareUp(command, options.up);
            command.add_flag("--offline", options.up.offline,
                             "refuse the command, and functions, calls to other machines; exit status 7");
        },
        [&rooms](const Common& common, ExecOptions& options) { return exec(common, options, rooms); });
}

int runCommandLine(int argc, char** argv, const Rooms& rooms) {
    std::vector<std::string> childCommand;
    if (argc > 1 && std::strcmp(argv[1], "exec") == 0)  // what follows -- is none of ours
        for (int i = 2; i < argc; ++i)
            if (std::strcmp(argv[i], "--") == 0) {
                childCommand.assign(argv + i + 1, argv + argc);
                argc = i;
            }
    CLI::App app("Backlot: a local AWS with time, order, failure and state in your hand.");
    app.set_version_flag("--version", kVersion);
    app.require_subcommand(1);
    app.footer(
        "Exit status: 0 well, 1 it failed, 2 wrong usage, 3 bad template, definition or event, 4 cannot start or "
        "nobody to talk to,\n"
        "5 timed out, 6 a fault of Backlot, 7 exec --offline refused something, 8 the data folder is damaged; else "
        "exec ends as its\n"
        "command did.\nbacklot COMMAND --help shows an example.");
    Grammar grammar{app, rooms};
    addStarting(grammar, childCommand);
    addWorking(grammar);
    addWorld(grammar);
    addOffline(grammar);
    addShell(grammar);
    std::vector<char*> arguments(argv, argv + argc);
    const auto commands = std::as_const(app).get_subcommands([](const CLI::App*) { return true; });
    const auto isCommand = [&](std::string_view word) {
        return std::any_of(commands.begin(), commands.end(),
                           [&](const CLI::App* one) { return one->get_name() == word; });
    };
    if (argc > 1 && argv[1][0] != '-' && !isCommand(argv[1])) {
        static char help[] = "--help", version[] = "--version";
        const std::string_view word = argv[1];
        if (word != "help" && word != "version") {
            print(stderr, "backlot: there is no command " + std::string(word) +
                              "\nRun backlot --help for the commands there are.\n");
            return kUsage;
        }
        arguments.erase(arguments.begin() + 1);  // "help clock" is "clock --help"
        arguments.push_back(word == "help" ? help : version);
    }
    try {
        app.parse(static_cast<int>(arguments.size()), arguments.data());
    } catch (const CLI::ParseError& error) {
        std::ostringstream out, complaint;
        const int status = app.exit(error, out, complaint);
        print(stdout, out.str());
        print(stderr, complaint.str());
        return status == 0 ? kOk : kUsage;
    }
    if (grammar.common.verbose) log::setLevel(log::Level::info);
    return grammar.chosen();
}

}  // namespace backlot::cli
