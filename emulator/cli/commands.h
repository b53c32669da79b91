#pragma once
// Every command as a plain function; arguments.cpp alone knows the command line's grammar.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/cli/instance.h"

namespace backlot::cli {

/// What a command's end means to scripts.
enum ExitCode : int {
    kOk = 0,
    kFailed = 1,        // an assertion or the thing asked for failed
    kUsage = 2,
    kBadInput = 3,      // template, definition or settings
    kCannotStart = 4,   // port or data folder
    kTimedOut = 5,      // waiting for idle
    kFault = 6,         // the emulator itself
};

/// What every command takes.
struct Common {
    bool json = false, quiet = false, verbose = false;
    std::string endpoint;   // of the instance to talk to; empty: $BACKLOT_ENDPOINT, $AWS_ENDPOINT_URL, else the default port
};

struct UpOptions {
    std::vector<std::string> templates;
    std::map<std::string, std::string> parameters;   // of the templates
    std::vector<std::string> standIns;               // Lua files of outside HTTP services
    std::vector<std::string> seeds;                  // folders or files with items
    std::uint16_t port = 4566;
    std::optional<std::uint16_t> apiPort;
    std::string data, clock = "real", start, account = "000000000000", region = "us-east-1", listen = "127.0.0.1";
    std::optional<std::uint64_t> seed;
    bool durable = false, strict = false;
    std::vector<std::string> hosts, origins;
};

int up(const Common& common, const UpOptions& options, const JoinServices& join);

/// Starts what the options ask for and makes it ready: stand-ins, templates, seeds. `onReady` is called on the world's
/// thread once it is; the result is the exit code of what went wrong, or of `run` having ended.
struct Ready {
    std::vector<std::string> urls, lines;   // of the deployed APIs; for people
};
int runInstance(const char* command, const Common& common, const UpOptions& options, const JoinServices& join,
                const std::function<void(Instance&, const Ready&)>& onReady);

/// What `up` and `exec` start: options checked and turned into the instance's. Throws std::invalid_argument.
InstanceOptions instanceOptions(const UpOptions& options);

/// The environment of a client that is to use this instance, and not the real AWS.
std::map<std::string, std::string> clientEnvironment(const std::string& endpoint, const std::string& account, const std::string& region);

/// Parses the command line and runs its command.
int runCommandLine(int argc, char** argv, const JoinServices& join);

}  // namespace backlot::cli
