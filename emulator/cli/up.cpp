#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>

#include "emulator/base/hash.h"
#include "emulator/base/log.h"
#include "emulator/cli/commands.h"
#include "emulator/cli/deployment.h"
#include "emulator/cli/report.h"
#include "emulator/harness/stand_ins.h"
#include "emulator/http/addresses.h"

namespace backlot::cli {

namespace {

/// "null" is every sandboxed frame of every page, "*" is nobody's origin.
std::string requireOrigin(const std::string& origin) {
    const auto scheme = origin.find("://");
    const bool plain = scheme != std::string::npos && scheme > 0 && origin.size() > scheme + 3 &&
                       origin.find_first_of("/?#*@ ", scheme + 3) == std::string::npos;
    if (!plain) throw std::invalid_argument("--allow-origin is an origin such as http://localhost:3000, not " + origin);
    return origin;
}

/// 128 bits that nobody can guess, whatever the seed of the world.
std::string newToken() {
    std::random_device device;
    std::string token;
    for (int i = 0; i < 4; ++i) appendHex(token, device(), 8);
    return token;
}

}  // namespace

EmulatorOptions emulatorOptions(const UpOptions& options) {
    EmulatorOptions result;
    result.world.clock = clockModeNamed(options.clock);
    if (!result.world.clock && !options.clock.empty()) throw std::invalid_argument("--clock is real, virtual or auto");
    if (!options.start.empty()) {
        result.world.start = parseIso8601(options.start);
        if (!result.world.start) throw std::invalid_argument("--start is a time such as 2026-01-05T09:00:00Z");
    }
    if (options.durable && options.data.empty()) throw std::invalid_argument("--durable needs --data");
    if (options.account.size() != 12 || options.account.find_first_not_of("0123456789") != std::string::npos)
        throw std::invalid_argument("--account is 12 digits");
    result.world.seed = options.seed;
    result.world.store.folder = options.data;
    result.world.store.durable = options.durable;
    result.address = options.listen;
    result.port = options.port;
    result.apiPort = options.apiPort;
    result.account = options.account;
    result.region = options.region;
    result.hosts = options.hosts;
    for (const auto& origin : options.origins) result.origins.push_back(requireOrigin(origin));
    result.offline = options.offline;
    result.token = options.token;
    if (!http::isLoopback(options.listen)) {
        const auto own = http::addressesOf(options.listen);
        result.hosts.insert(result.hosts.end(), own.begin(), own.end());
        if (result.token.empty()) result.token = newToken();
    }
    result.verifySignatures = options.verifySignatures;
    result.enforceThroughput = options.enforceThroughput;
    result.sandbox = !options.noSandbox;
    for (const auto& setting : options.keep) change(result.retention, setting);
    result.world.recordEntries = result.retention.recordEntries;
    const auto delay = parseDuration(options.expiryDelay);
    if (!delay) throw std::invalid_argument("--expiry-delay is a duration such as 3s or 500ms");
    result.expiryDelay = *delay;
    return result;
}

namespace {

constexpr std::chrono::seconds kSettlingLimit{30};
constexpr std::size_t kDueLooked = 100;

std::string busyText(const std::vector<BusyItem>& items) {
    std::string text;
    for (const auto& item : items)
        text +=
            (text.empty() ? "" : ", ") + item.kind + " " + item.id + (item.why.empty() ? "" : " (" + item.why + ")");
    return text;
}

/// Templates one after the other, then seeds, then what these have caused (deliveries of streams, events, custom
/// triggers), then onReady: each step is called when the one before it is done.
class Preparation : public std::enable_shared_from_this<Preparation> {
public:
    Preparation(Emulator& emulator, const UpOptions& options, std::map<std::string, std::string> parameters,
                std::function<void(Ready)> onReady, std::function<void(ExitCode, std::string)> onFailure)
        : emulator_(emulator),
          options_(options),
          parameters_(std::move(parameters)),
          onReady_(std::move(onReady)),
          onFailure_(std::move(onFailure)) {}

    void begin() {
        const World& world = emulator_.world();
        for (const auto& item : world.due(kDueLooked)) goesOn_ |= !item.background && item.due <= world.now();
        next();
    }

private:
    void next() {
        if (at_ == options_.templates.size()) return seed();
        const std::string file = options_.templates[at_++];
        emulator_.setStage("deploying " + file);
        deployTemplate(emulator_, {.file = file, .stack = {}, .parameters = parameters_, .strict = options_.strict},
                       [self = shared_from_this(), file](Deployed deployed) {
                           if (!deployed.error.empty()) return self->onFailure_(kBadInput, deployed.error);
                           self->ready_.warnings.insert(self->ready_.warnings.end(), deployed.warnings.begin(),
                                                        deployed.warnings.end());
                           self->ready_.lines.push_back("deployed " + file + ": " + std::to_string(deployed.resources) +
                                                        " resources");
                           for (const auto& [name, value] : deployed.outputs)
                               self->ready_.lines.push_back("  " + name + " = " + value);
                           self->ready_.outputs.insert(self->ready_.outputs.end(), deployed.outputs.begin(),
                                                       deployed.outputs.end());
                           self->ready_.urls.insert(self->ready_.urls.end(), deployed.urls.begin(),
                                                    deployed.urls.end());
                           self->next();
                       });
    }

    void seed() {
        if (options_.seeds.empty()) return settle();
        emulator_.setStage("seeding");
        try {
            loadSeeds(emulator_, options_.seeds,
                      [self = shared_from_this()](std::size_t items, const std::string& error) {
                          if (!error.empty()) return self->onFailure_(kBadInput, error);
                          self->ready_.lines.push_back("seeded " + std::to_string(items) + " items");
                          self->settle();
                      });
        } catch (const std::runtime_error& error) {
            onFailure_(kBadInput, error.what());
        }
    }

    /// What an earlier run left to do is not waited for: it goes on beside.
    void settle() {
        if (goesOn_) return onReady_(ready_);
        emulator_.setStage("settling");
        emulator_.world().whenIdle(kSettlingLimit, [self = shared_from_this()](const std::vector<BusyItem>& busy) {
            if (!busy.empty())
                self->ready_.warnings.push_back("after " + std::to_string(kSettlingLimit.count()) +
                                                " s the deployment has not settled; still busy: " + busyText(busy));
            self->onReady_(self->ready_);
        });
    }

    Emulator& emulator_;
    const UpOptions& options_;
    std::map<std::string, std::string> parameters_;
    std::function<void(Ready)> onReady_;
    std::function<void(ExitCode, std::string)> onFailure_;
    std::size_t at_ = 0;
    bool goesOn_ = false;
    Ready ready_;
};

/// A template's parameter that takes a stand-in's address is named after it: "stripe" → StripeApiBase.
std::string parameterOf(const std::string& standIn) {
    std::string name = standIn + "ApiBase";
    if (name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
    return name;
}

}  // namespace

/// What stand-ins may ask for by env(): the environment's variables that are meant for them.
static std::map<std::string, std::string> environmentSettings() {
    std::map<std::string, std::string> settings;
    for (const char* name :
         {"STRIPE_WEBHOOK_URL", "STRIPE_WEBHOOK_SECRET", "RAZORPAY_WEBHOOK_URL", "RAZORPAY_WEBHOOK_SECRET"})
        if (const char* value = std::getenv(name)) settings[name] = value;
    return settings;
}

int runEmulator(const char* command, const Common& common, const UpOptions& options, const Rooms& rooms,
                const std::function<void(Emulator&, const Ready&)>& onReady,
                const std::function<void(const Emulator&)>& onEnd) {
    const auto complain = [&](ExitCode code, const std::string& problem) {
        return report(command, common, [&](Report&) -> ExitCode {
            throw CommandError(code,
                               code == kDamaged       ? "Damaged"
                               : code == kCannotStart ? "CannotStart"
                               : code == kUsage       ? "Usage"
                                                      : "BadInput",
                               problem);
        });
    };
    EmulatorOptions wanted;
    try {
        wanted = emulatorOptions(options);
    } catch (const std::invalid_argument& error) {
        return complain(kUsage, error.what());
    }
    std::optional<Emulator> emulator;
    std::optional<harness::StandIns> standIns;
    auto parameters = options.parameters;
    std::map<std::string, std::string> standInUrls;
    try {
        Rooms all = rooms;
        all.push_back({.join = [&](const Materials& around) {
            const std::vector<std::filesystem::path> files(options.standIns.begin(), options.standIns.end());
            standIns.emplace(around.world, around.outside, files, environmentSettings());
            if (!standIns->empty()) around.world.add(standIns->service());
        }});
        emulator.emplace(std::move(wanted), all);
        joinDeployment(*emulator);
        standInUrls = standIns->listen(options.port == 0);
        for (const auto& [name, url] : standInUrls) parameters.emplace(parameterOf(name), url);
    } catch (const DamageError& error) {
        return complain(kDamaged, error.what());
    } catch (const std::runtime_error& error) {  // StoreError too
        return complain(kCannotStart, error.what());
    }
    Json& info = emulator->control().info;
    set(info, "account", options.account);
    set(info, "region", options.region);
    int code = kOk;
    auto preparation = std::make_shared<Preparation>(
        *emulator, options, std::move(parameters),
        [&](Ready ready) {
            ready.standIns = standInUrls;
            if (!http::isLoopback(options.listen))
                ready.warnings.insert(ready.warnings.begin(),
                                      "listening on " + options.listen + ": whoever reaches this machine " +
                                          "there can call AWS's operations, and so run code here");
            set(info, "standIns", copy(*find(ready.json(), "standIns")));
            emulator->setStage("ready");
            onReady(*emulator, ready);
        },
        [&](ExitCode failure, const std::string& problem) {
            code = complain(failure, problem);
            emulator->stop();
        });
    // In the loop, which takes signals: who stops us right after `Ready.` gets a clean stop.
    const Held begin = emulator->outside().after(std::chrono::milliseconds(0), [preparation] { preparation->begin(); });
    try {
        emulator->run();
    } catch (const DamageError& error) {  // in what the world itself lives by: its jobs, its clock
        return complain(kDamaged, error.what());
    }
    if (onEnd) onEnd(*emulator);
    return code;
}

Json Ready::json() const {
    Json services = object(), values = object();
    for (const auto& [name, url] : standIns) set(services, name, url);
    for (const auto& [name, value] : outputs) set(values, name, value);
    return object({{"apis", array(urls)}, {"standIns", std::move(services)}, {"outputs", std::move(values)}});
}

Clientele clienteleOf(const Emulator& emulator, const Ready& ready) {
    const EmulatorOptions& options = emulator.options();
    return {.endpoint = emulator.endpoint(),
            .account = options.account,
            .region = options.region,
            .token = options.token,
            .apis = ready.urls,
            .standIns = ready.standIns};
}

void sayWarnings(const Ready& ready) {
    for (const auto& warning : ready.warnings) print(stderr, styleOf(stderr).yellow("warning:") + " " + warning + "\n");
}

int up(const Common& common, const UpOptions& options, const Rooms& rooms) {
    return runEmulator("up", common, options, rooms, [&](Emulator& emulator, const Ready& ready) {
        const std::string& token = emulator.options().token;
        const auto variables = clientEnvironment(clienteleOf(emulator, ready));
        const std::string clock(nameOf(emulator.world().clock().mode()));
        if (common.json) {  // one line, once it is ready
            Json data = ready.json(), environment = object();
            for (const auto& [name, value] : variables) set(environment, name, value);
            set(data, "endpoint", emulator.endpoint());
            set(data, "apiEndpoint", emulator.apiEndpoint());
            if (!token.empty()) set(data, "token", token);
            set(data, "clock", clock);
            set(data, "now", iso8601Millis(emulator.world().now()));
            set(data, "environment", std::move(environment));
            print(stdout, writeJson(envelope("up", kOk, std::move(data), ready.warnings, nullptr)) + "\n");
            std::fflush(stdout);
            return;
        }
        const Style style = styleOf(stdout);
        sayWarnings(ready);
        if (!common.quiet) {
            print(stdout,
                  style.bold("backlot") + " " + kVersion + "  " + emulator.endpoint() + "  clock " + clock + "\n");
            for (const auto& line : ready.lines) print(stdout, line + "\n");
            for (const auto& url : ready.urls) print(stdout, "api " + url + "\n");
            if (!emulator.apiEndpoint().empty()) print(stdout, "api alone " + emulator.apiEndpoint() + "\n");
            if (!token.empty()) print(stdout, "token of the control API " + token + "\n");
            std::string line = "export";
            for (const auto& [name, value] : variables) line += " " + name + "=" + shellWord(value);
            print(stdout, line + "\n");
        }
        print(stdout, "Ready.\n");
        std::fflush(stdout);
    });
}

}  // namespace backlot::cli
