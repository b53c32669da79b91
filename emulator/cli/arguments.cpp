#include <CLI/CLI.hpp>

#include "emulator/base/log.h"
#include "emulator/cli/commands.h"

namespace backlot::cli {

int runCommandLine(int argc, char** argv, const JoinServices& join) {
    CLI::App app("Backlot: a local AWS with time, order, failure and state in your hand.");
    app.set_version_flag("--version", kVersion);
    app.require_subcommand(1);
    Common common;
    std::function<int()> chosen;

    UpOptions upOptions;
    auto* upCommand = app.add_subcommand("up", "Start Backlot.\nExample: backlot up functions/template.yaml --clock virtual --seed 42");
    upCommand->add_option("template", upOptions.templates, "SAM or CloudFormation templates to deploy; none: an empty world");
    upCommand->add_option("--port", upOptions.port, "port of the AWS endpoint (0: a free one)")->capture_default_str();
    upCommand->add_option("--api-port", upOptions.apiPort, "a port that serves the deployed API alone (0: a free one)");
    upCommand->add_option("--data", upOptions.data, "folder that keeps everything; without it nothing is kept");
    upCommand->add_flag("--durable", upOptions.durable, "a commit is on the disk before its answer");
    upCommand->add_option("--clock", upOptions.clock, "real, virtual or auto")->capture_default_str();
    upCommand->add_option("--start", upOptions.start, "where a virtual clock begins (2026-01-05T09:00:00Z)");
    upCommand->add_option("--seed", upOptions.seed, "what ids and dice come from");
    upCommand->add_option("--account", upOptions.account, "account of callers without a 12-digit access key")->capture_default_str();
    upCommand->add_option("--region", upOptions.region, "region of callers who name none")->capture_default_str();
    upCommand->add_option("--listen", upOptions.listen, "address to listen on")->capture_default_str();
    upCommand->add_option("--allow-host", upOptions.hosts, "further names in Host headers");
    upCommand->add_option("--allow-origin", upOptions.origins, "web origins whose pages may call");
    upCommand->add_option("--stand-in", upOptions.standIns, "Lua files that stand in for outside HTTP services");
    upCommand->add_option("--seed-data", upOptions.seeds, "files or folders with items for tables");
    std::vector<std::string> parameters;
    upCommand->add_option("--param", parameters, "a template's parameter, Name=value");
    upCommand->add_flag("--strict", upOptions.strict, "resources that Backlot cannot make are an error");
    upCommand->add_flag("-q,--quiet", common.quiet, "print only what was asked for");
    upCommand->add_flag("-v,--verbose", common.verbose, "log what happens");
    upCommand->callback([&] { chosen = [&] { return up(common, upOptions, join); }; });

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kOk : kUsage;
    }
    for (const auto& parameter : parameters) {
        const auto mark = parameter.find('=');
        if (mark == std::string::npos) {
            std::fprintf(stderr, "--param takes Name=value, not %s\n", parameter.c_str());
            return kUsage;
        }
        upOptions.parameters[parameter.substr(0, mark)] = parameter.substr(mark + 1);
    }
    if (common.verbose) log::setLevel(log::Level::info);
    return chosen();
}

}  // namespace backlot::cli
