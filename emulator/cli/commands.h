#pragma once
// Every command as a plain function; arguments*.cpp alone know the command line's grammar. What each returns is the
// exit status.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/server/emulator.h"

namespace backlot::cli {

using namespace server;  // what the commands start, and talk about

/// What a command's end means to scripts. `exec` ends as its child did, with 127 where that could not be started.
enum ExitCode : int {
    kOk = 0,
    kFailed = 1,  // an assertion or the thing asked for failed
    kUsage = 2,
    kBadInput = 3,     // template, definition or settings
    kCannotStart = 4,  // port or data folder; nobody to talk to
    kTimedOut = 5,     // waiting for idle
    kFault = 6,        // the emulator itself
    kLeaked = 7,       // exec --offline: something tried to reach another machine
    kDamaged = 8,      // the data folder: damage::kStatus
};

/// What every command takes.
struct Common {
    bool json = false, quiet = false, verbose = false;
    std::string
        endpoint;  // of the emulator to talk to; empty: $BACKLOT_ENDPOINT, $AWS_ENDPOINT_URL, else the default port
    std::string token;  // of its control API
};

// --- commands that start an emulator
// -------------------------------------------------------------------------------------

struct UpOptions {
    std::vector<std::string> templates;
    std::map<std::string, std::string> parameters;  // of the templates
    std::vector<std::string> standIns;              // Lua files of outside HTTP services
    std::vector<std::string> seeds;                 // folders or files with items
    std::uint16_t port = 4566;
    std::optional<std::uint16_t> apiPort;
    std::string data, clock, start, account = "000000000000", region = "us-east-1", listen = "127.0.0.1";
    std::string token;  // of the control API; empty: made anew where one is wanted
    std::optional<std::uint64_t> seed;
    bool offline = false;  // exec only
    bool durable = false, strict = false, verifySignatures = false, enforceThroughput = false, noSandbox = false;
    std::vector<std::string> keep;  // "logs=256MB"
    std::string expiryDelay = "3s";
    std::vector<std::string> hosts, origins;
};

int up(const Common& common, const UpOptions& options, const Rooms& rooms);

struct ExecOptions {
    UpOptions up;  // `offline` too: what would leave this machine is refused, and the exit status is kLeaked
    std::vector<std::string> command;
};
/// Starts an emulator on a free port, makes it ready, runs the command with the environment of its clients, stops the
/// emulator.
int exec(const Common& common, const ExecOptions& options, const Rooms& rooms);

/// Starts what the options ask for and makes it ready: stand-ins, templates, seeds. `onReady` is called on the world's
/// thread once it is, `onEnd` when it has stopped; the result is the exit code of what went wrong, or of `run` having
/// ended.
struct Ready {
    std::vector<std::string> urls, lines;         // of the deployed APIs; for people
    std::map<std::string, std::string> standIns;  // name → "http://127.0.0.1:12111"
    std::vector<std::string> warnings;
    std::vector<std::pair<std::string, std::string>> outputs;
    Json json() const;  // {"apis", "standIns", "outputs"}
};
void sayWarnings(const Ready& ready);
int runEmulator(const char* command, const Common& common, const UpOptions& options, const Rooms& rooms,
                const std::function<void(Emulator&, const Ready&)>& onReady,
                const std::function<void(const Emulator&)>& onEnd = {});

/// What `up` and `exec` start: options checked and turned into the emulator's. Throws std::invalid_argument.
EmulatorOptions emulatorOptions(const UpOptions& options);

/// An emulator, as its clients need to know it.
struct Clientele {
    std::string endpoint, account, region, token = {};
    std::vector<std::string> apis = {};
    std::map<std::string, std::string> standIns = {};
};
/// The environment of a client that is to use it, and not the real AWS. `apis` gives API_URL: the first one.
std::map<std::string, std::string> clientEnvironment(const Clientele& of);
Clientele clienteleOf(const Emulator& emulator, const Ready& ready);
/// Variables that would lead a client past it.
const std::vector<std::string>& strayVariables();

// --- commands that talk to a running one
// ----------------------------------------------------------------------------------

struct EnvOptions {
    std::string shell = "bash";  // bash, fish, pwsh, dotenv, github
};
int env(const Common& common, const EnvOptions& options);

struct DeployOptions {
    std::string file, stack;  // empty stack: named after the template's folder
    std::map<std::string, std::string> parameters;
    bool strict = false, dryRun = false;
};
int deploy(const Common& common, const DeployOptions& options);
/// A stack's name, or the template it was deployed from.
int destroy(const Common& common, const std::string& stack);

struct InvokeOptions {
    std::string function, event;  // a file, "-" or JSON; empty: {}
    std::string qualifier;
    bool async = false, dryRun = false, noLog = false;
};
int invoke(const Common& common, const InvokeOptions& options);

struct LogsOptions {
    std::vector<std::string> names;  // functions or log groups; none: all
    std::string filter, since;       // a filter pattern; "5m"
    bool follow = false;
    int tail = 0;  // the last so many lines; 0: all
};
int logs(const Common& common, const LogsOptions& options);

struct IdleOptions {
    std::string timeout = "30s";
};
int idle(const Common& common, const IdleOptions& options);

/// `action`: show, advance, set, next, mode; `value` is its operand.
int clock(const Common& common, const std::string& action, const std::string& value);

int reset(const Common& common);
int down(const Common& common);

struct SnapshotOptions {
    std::string action, name, file;  // save, load, list, delete
};
int snapshot(const Common& common, const SnapshotOptions& options);

struct TraceOptions {
    std::string which = "last";  // last, a trace's id, or part of a resource's name (an order, an execution)
    bool list = false, all = false;
    int limit = 20;
};
int trace(const Common& common, const TraceOptions& options);

struct RecordOptions {
    std::uint64_t since = 0;
    std::string service, trace;
    int limit = 100;
};
int record(const Common& common, const RecordOptions& options);

struct InboxOptions {
    std::string action = "list";  // list, show, wait, clear
    std::string to, subject, id;
    std::string timeout = "30s";
};
int inbox(const Common& common, const InboxOptions& options);

int executions(const Common& common, const std::string& status);
int status(const Common& common);

// --- commands that need none
// ----------------------------------------------------------------------------------------------

struct OperationsOptions {
    std::string service;  // empty: all
    bool markdown = false;
    bool ignored = false;  // what of requests is passed over, in place of the operations
};
/// What Backlot answers to, from the services' own tables.
int operations(const Common& common, const OperationsOptions& options, const Rooms& rooms);

/// Reads a data folder or a snapshot from end to end, and says what of it is damaged.
int verify(const Common& common, const std::string& path);
int compact(const Common& common, const std::string& folder);

struct SalvageOptions {
    std::string from, into;  // a data folder or a snapshot; a new folder, empty: named after it
};
/// Writes what is whole of it into a new data folder.
int salvage(const Common& common, const SalvageOptions& options);

struct AslOptions {
    std::vector<std::string> files;
    bool express = false;
    std::string input = "{}", mock, testCase, name = "run";
    std::uint64_t seed = 1;
    bool history = false, svg = false;
};
int aslValidate(const Common& common, const AslOptions& options);
int aslRun(const Common& common, const AslOptions& options);
int aslGraph(const Common& common, const AslOptions& options);

/// Parses the command line and runs its command.
int runCommandLine(int argc, char** argv, const Rooms& rooms);

/// The text of a file; "-" is standard input. Throws CommandError (bad input).
std::string readInput(const std::string& file);

}  // namespace backlot::cli
