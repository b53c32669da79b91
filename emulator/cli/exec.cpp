#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <system_error>

#include "emulator/cli/commands.h"
#include "emulator/cli/report.h"
#include "emulator/http/foreground.h"
#include "emulator/server/guard.h"

namespace backlot::cli {
namespace {

constexpr int kNotStarted = 127, kSignalBase = 128;  // as a shell says it

std::map<std::string, std::string> ownEnvironment() {
    std::map<std::string, std::string> variables;
    for (char** entry = environ; *entry; ++entry) {
        const std::string_view text = *entry;
        const auto mark = text.find('=');
        if (mark != std::string_view::npos) variables.emplace(text.substr(0, mark), text.substr(mark + 1));
    }
    return variables;
}

/// Ours, without what would lead to the real AWS, with this emulator's, and with `backlot` itself in reach.
std::map<std::string, std::string> childEnvironment(const Emulator& emulator, const Ready& ready) {
    auto variables = ownEnvironment();
    for (const auto& name : strayVariables()) variables.erase(name);
    for (auto& [name, value] : clientEnvironment(clienteleOf(emulator, ready))) variables[name] = value;
    if (emulator.options().offline)
        for (auto& [name, value] : server::guardEnvironment(programFolder(), emulator.port(), variables["LD_PRELOAD"]))
            variables[name] = value;
    auto& path = variables["PATH"];
    path += (path.empty() ? "" : ":") + programFolder().string();
    return variables;
}

}  // namespace

int exec(const Common& common, const ExecOptions& options, const Rooms& rooms) {
    if (options.command.empty()) {
        print(stderr, "backlot exec: say what to run, after --\n");
        return kUsage;
    }
    const http::Inheritance inheritance;
    std::optional<http::ForegroundProcess> child;
    int status = 0;
    std::vector<http::Leak> leaks;
    const int code = runEmulator(
        "exec", common, options.up, rooms,
        [&](Emulator& emulator, const Ready& ready) {
            sayWarnings(ready);
            if (!common.quiet && !common.json) {
                const Style style = styleOf(stderr);
                std::string apis;
                for (const auto& url : ready.urls) apis += "  api " + url;
                const std::string clock(nameOf(emulator.world().clock().mode()));
                const std::string where = "  " + emulator.endpoint() + apis;
                print(stderr, style.bold("backlot") + " " + kVersion + where + "  clock " + clock + "\n");
            }
            try {
                child.emplace(emulator.io(), inheritance, options.command, childEnvironment(emulator, ready),
                              [&](int ended) {
                                  status = WIFSIGNALED(ended) ? kSignalBase + WTERMSIG(ended) : WEXITSTATUS(ended);
                                  emulator.stop();
                              });
            } catch (const std::system_error& error) {
                print(stderr, "backlot exec: " + std::string(error.what()) + "\n");
                status = kNotStarted;
                emulator.stop();
            }
        },
        [&](const Emulator& emulator) { leaks = emulator.leaks(); });
    const int ended = code != kOk ? code : !leaks.empty() ? kLeaked : status;
    if (!leaks.empty()) {
        print(stderr, "backlot exec: what would have left this machine was refused:\n");
        for (const auto& line : describe(leaks)) print(stderr, "  " + line + "\n");
    }
    if (common.json) {
        Json data = object({{"childStatus", code == kOk ? std::optional(status) : std::nullopt}});
        if (!leaks.empty())
            set(data, "refused", array(leaks, [](const http::Leak& leak) {
                    return object({{"to", leak.to}, {"by", leak.by}});
                }));
        print(stdout, writeJson(envelope("exec", ended == kOk ? kOk : kFailed, std::move(data), {}, nullptr)) + "\n");
    }
    return ended;
}

}  // namespace backlot::cli
