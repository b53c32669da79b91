#include "emulator/services/lambda/runtime.h"

#include <unistd.h>

#include <algorithm>
#include <thread>

#include "emulator/base/log.h"
#include "emulator/services/lambda/errors.h"
#include "emulator/services/lambda/runtime_clients.h"
#include "emulator/world/record.h"

namespace backlot::lambda {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::size_t kLinesAtOnce = 1000, kLogBytesAtOnce = 256 << 10;
constexpr auto kMemoryWatch = 20ms;
constexpr auto kIdleLimit = 5min;  // of wall-clock time, after which a warm instance is let go
constexpr auto kReapEvery = 1min;
constexpr auto kPatience = 1s;  // with an invocation that others wait for under a clock that stands still

std::string firstThatRuns(std::initializer_list<const char*> programs) {
    for (const char* program : programs)
        if (::access(program, X_OK) == 0) return program;
    return {};
}

/// Whether a folder is another one, or lies in it.
bool isIn(const fs::path& folder, const fs::path& other) {
    return !other.empty() &&
           std::mismatch(other.begin(), other.end(), folder.begin(), folder.end()).first == other.end();
}

std::size_t startLimit() { return 2 * std::max(1u, std::thread::hardware_concurrency()); }

template <typename Container>
bool take(Container& from, const std::shared_ptr<Invocation>& invocation) {
    const auto place = std::find(from.begin(), from.end(), invocation);
    if (place == from.end()) return false;
    from.erase(place);
    return true;
}

}  // namespace

std::shared_ptr<const Version> versionFrom(const std::string& account, const std::string& region,
                                           const std::string& name, const Json& config) {
    const Json& shown = *find(config, "public");
    auto version = std::make_shared<Version>();
    version->account = account;
    version->region = region;
    version->name = name;
    version->version = textOr(shown, "Version");
    version->arn = "arn:aws:lambda:" + region + ":" + account + ":function:" + name;
    version->instance = version->arn + ":" + version->version + ":" + textOr(config, "instance");
    version->handler = textOr(shown, "Handler");
    version->runtime = textOr(shown, "Runtime");
    version->language = languageOf(version->runtime);
    version->timeout = std::chrono::seconds(intOr(shown, "Timeout", 3));
    version->memoryMegabytes = static_cast<int>(intOr(shown, "MemorySize", 128));
    if (const Json* size = at(shown, {"EphemeralStorage", "Size"})) version->temporaryMegabytes = size->GetInt();
    if (const Json* variables = at(shown, {"Environment", "Variables"}))
        for (const auto& variable : variables->GetObject())
            version->environment.emplace_back(text(variable.name), text(variable.value));
    if (const Json* sha = at(config, {"code", "sha"})) version->codeSha = text(*sha);
    if (const Json* folder = at(config, {"code", "folder"})) version->codeFolder = text(*folder);
    if (const Json* group = at(shown, {"LoggingConfig", "LogGroup"})) version->logGroup = text(*group);
    if (const Json* format = at(shown, {"LoggingConfig", "LogFormat"})) version->jsonLogs = view(*format) == "JSON";
    if (const Json* mode = at(shown, {"TracingConfig", "Mode"})) version->activeTracing = view(*mode) == "Active";
    return version;
}

Runtime::Runtime(Settings settings) : settings_(std::move(settings)), folders_(*settings_.outside, settings_.scratch) {}
Runtime::~Runtime() { forget(); }

void Runtime::takeSlot(Invocation& invocation, std::optional<std::int64_t> reserved) {
    const int ofFunction = concurrency_[invocation.version->arn];
    const int ofAccount = concurrency_[invocation.version->account + ":" + invocation.version->region];
    if (reserved && ofFunction >= *reserved) throw throttled("ReservedFunctionConcurrentInvocationLimitExceeded");
    if (ofAccount >= kAccountConcurrency) throw throttled("ConcurrentInvocationLimitExceeded");
    occupySlot(invocation);
}

void Runtime::occupySlot(Invocation& invocation) {
    int& ofFunction = concurrency_[invocation.version->arn];
    int& ofAccount = concurrency_[invocation.version->account + ":" + invocation.version->region];
    ++ofFunction;
    ++ofAccount;
    // std::map's places stay where they are, and forget() leaves this map alone.
    invocation.slot = std::shared_ptr<void>(nullptr, [&ofFunction, &ofAccount](void*) {
        --ofFunction;
        --ofAccount;
    });
}

void Runtime::enqueue(Call& call, const std::shared_ptr<Invocation>& invocation) {
    outlet_ = call.outlet();
    virtualTime_ = call.clockMode() != ClockMode::real;
    if (!virtualTime_) {
        call.afterCommit([this, invocation, generation = std::weak_ptr<int>(generation_)] {
            if (!generation.expired()) assign(invocation);
        });
        return;
    }
    // Whose turn it is is decided in the world's order, not in that of commits, which depends on how fast the machine
    // is.
    announced_.push_back(invocation);
    call.soon(Job{.service = "lambda",
                  .operation = "TakeTurn",
                  .request = object({{"id", invocation->id}}),
                  .label = "turn of " + invocation->version->name});
}

Json Runtime::takeTurn(Call& call, const Fields& request) {
    outlet_ = call.outlet();
    const auto id = request.valueOr("id", "");
    for (auto place = announced_.begin(); place != announced_.end();) {
        const auto invocation = place->lock();
        if (invocation && invocation->id == id) {
            waiting_.push_back(invocation);
            call.ifUndone([this, invocation] {
                if (take(waiting_, invocation)) announced_.push_back(invocation);
            });
        }
        place = !invocation || invocation->id == id ? announced_.erase(place) : std::next(place);
    }
    if (!active_.empty() && !waiting_.empty() && !patience_)
        call.afterCommit([this, generation = std::weak_ptr<int>(generation_)] {
            if (!generation.expired() && !patience_) losePatience();
        });
    // With others on their way the choice waits for them.
    if (!active_.empty() || waiting_.empty() || !announced_.empty()) return object();
    const auto choice = static_cast<std::ptrdiff_t>(call.roll("turn") % waiting_.size());
    const auto invocation = waiting_[static_cast<std::size_t>(choice)];
    waiting_.erase(waiting_.begin() + choice);
    active_.push_back(invocation);
    call.ifUndone([this, invocation] {
        if (take(active_, invocation) || take(paused_, invocation)) waiting_.push_back(invocation);
    });
    call.afterCommit([this, invocation, generation = std::weak_ptr<int>(generation_)] {
        if (generation.expired()) return;
        assign(invocation);
        if (!patience_) losePatience();
    });
    return object();
}

void Runtime::callerWaits(std::uint64_t entry, bool waits) {
    Turns& from = waits ? active_ : paused_;
    const auto place =
        std::find_if(from.begin(), from.end(), [&](const auto& invocation) { return invocation->entry == entry; });
    if (place == from.end()) return;
    const auto invocation = *place;
    from.erase(place);
    (waits ? paused_ : active_).push_back(invocation);
    if (waits && active_.empty() && !waiting_.empty())
        outlet_->submit({.service = "lambda",
                         .operation = "TakeTurn",
                         .request = object(),
                         .account = invocation->version->account,
                         .region = invocation->version->region});
}

/// An invocation that others have waited for all this time may itself be waiting for one of them in a way we cannot
/// see.
void Runtime::losePatience() {
    if (active_.empty() || waiting_.empty()) return;
    patience_ = settings_.outside->after(kPatience, [this, since = active_] {
        patience_.reset();
        if (active_ == since && !waiting_.empty()) {
            const auto entry = active_.front()->entry;
            callerWaits(entry, true);
        }
        losePatience();
    });
}

bool Runtime::runWarm(const std::shared_ptr<Invocation>& invocation) {
    for (auto& instance : instances_)
        if (!instance->gone() && !instance->busy() && instance->version().instance == invocation->version->instance) {
            instance->run(invocation);
            watch();
            return true;
        }
    return false;
}

std::shared_ptr<BusyHold> Runtime::holdOf(const Invocation& invocation) {
    return outlet_->hold("invocation", invocation.id, "runs " + invocation.version->name);
}

void Runtime::assign(const std::shared_ptr<Invocation>& invocation) {
    if (!invocation->hold) {
        invocation->hold = holdOf(*invocation);
        invocation->assigned = std::chrono::steady_clock::now();
    }
    if (runWarm(invocation)) return;
    if (!virtualTime_ && startingCount() >= startLimit()) {
        backlog_.push_back(invocation);
        return;
    }
    startInstance(invocation);
}

std::size_t Runtime::startingCount() const {
    return starting_ +
           static_cast<std::size_t>(std::count_if(instances_.begin(), instances_.end(),
                                                  [](const auto& instance) { return instance->starting(); }));
}

void Runtime::startInstance(const std::shared_ptr<Invocation>& invocation) {
    if (invocation->version->codeSha.empty()) return launch(invocation, invocation->version->codeFolder);
    ++starting_;
    folders_.provide(
        invocation->version->codeSha, std::exchange(invocation->zip, nullptr),
        [this, invocation, generation = std::weak_ptr<int>(generation_)](const std::filesystem::path& folder) {
            if (generation.expired()) return;
            --starting_;
            launch(invocation, folder);
        });
}

Launch Runtime::launchOf(const Version& version, const std::filesystem::path& folder) {
    std::error_code ignored;
    Launch launch{.taskRoot = fs::weakly_canonical(folder, ignored)};
    const bool found = !folder.empty() && fs::is_directory(folder, ignored) &&
                       !isIn(launch.taskRoot, fs::weakly_canonical(settings_.data, ignored));
    launch.runtime =
        version.language == Language::provided ? settings_.bootstrap.parent_path() : folders_.root() / "runtime";
    if (!settings_.sandbox || !settings_.outside->ownFileSystem()) launch.temporary = folders_.temporary();
    if (settings_.sandbox) {
        launch.confinement = Confinement{.task = launch.taskRoot.string(),
                                         .runtime = launch.runtime.string(),
                                         .temporary = launch.temporary.string(),
                                         .temporaryBytes = static_cast<std::uint64_t>(version.temporaryMegabytes) << 20,
                                         .hidden = {folders_.root().string()}};
        for (const auto& hidden : {settings_.data, fs::temp_directory_path(ignored)})
            if (!hidden.empty()) launch.confinement->hidden.push_back(fs::weakly_canonical(hidden, ignored).string());
    }
    if (found)
        chooseCommand(version, launch);
    else
        launch.problem = "The function's code is not there: " +
                         (folder.empty() ? std::string("it could not be unpacked") : folder.string());
    return launch;
}

/// What runs the function, by the paths that the process itself sees.
void Runtime::chooseCommand(const Version& version, Launch& launch) {
    std::error_code ignored;
    const fs::path seenRuntime = launch.temporary.empty() ? fs::path("/var/runtime") : launch.runtime;
    switch (version.language) {
        case Language::provided: {
            // Handlers in C++ need no bootstrap of their own: Backlot's loads lib<name>.so for a handler
            // "name.function".
            const auto library = "lib" + version.handler.substr(0, version.handler.find('.')) + ".so";
            const bool ours =
                fs::exists(launch.taskRoot / library, ignored) || fs::exists(launch.runtime / library, ignored);
            if (fs::is_regular_file(launch.taskRoot / "bootstrap", ignored))
                launch.command = {launch.seenTaskRoot() + "/bootstrap"};
            else if (ours)
                launch.command = {(seenRuntime / settings_.bootstrap.filename()).string()};
            else
                launch.problem = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]";
            return;
        }
        case Language::python: {
            const std::string program = firstThatRuns({"/usr/bin/python3", "/usr/local/bin/python3"});
            folders_.runtimeClient("python.py", pythonRuntime());
            if (program.empty())
                launch.problem = "This machine has no python3 (/usr/bin/python3), which Backlot runs " +
                                 version.runtime + " functions with";
            else
                launch.command = {program, (seenRuntime / "python.py").string()};
            break;
        }
        case Language::node: {
            const std::string program = firstThatRuns({"/usr/bin/node", "/usr/local/bin/node", "/usr/bin/nodejs"});
            folders_.runtimeClient("node.mjs", nodeRuntime());
            if (program.empty())
                launch.problem = "This machine has no node (/usr/bin/node), which Backlot runs " + version.runtime +
                                 " functions with";
            else
                launch.command = {program, (seenRuntime / "node.mjs").string()};
            break;
        }
    }
    const auto wrapper = std::find_if(version.environment.begin(), version.environment.end(),
                                      [](const auto& each) { return each.first == "AWS_LAMBDA_EXEC_WRAPPER"; });
    if (wrapper != version.environment.end() && !launch.command.empty()) {
        // By way of a shell, so that a wrapper that is not there is exit status 127 as on AWS.
        std::vector<std::string> wrapped{"/bin/sh", "-c", "exec \"$0\" \"$@\"", wrapper->second};
        wrapped.insert(wrapped.end(), launch.command.begin(), launch.command.end());
        launch.command = std::move(wrapped);
    }
}

void Runtime::launch(const std::shared_ptr<Invocation>& invocation, const std::filesystem::path& folder) {
    Instance::Events events{
        .ended =
            [this](Instance& instance, std::shared_ptr<Invocation> ended) {
                const std::string id = ended->id;
                ended->wallMicros = std::chrono::duration_cast<std::chrono::microseconds>(
                                        std::chrono::steady_clock::now() - ended->assigned)
                                        .count();
                ended_[id] = std::move(ended);
                report(*ended_[id]);
                if (instance.gone()) retire(instance);
                serveBacklog();
            },
        .ready = [this](Instance&) { serveBacklog(); },
        .now = [this] { return outlet_->now(); },
        .virtualTime = virtualTime_,
    };
    instances_.push_back(
        std::make_unique<Instance>(settings_, launchOf(*invocation->version, folder), invocation, std::move(events)));
    watch();
    if (!reaper_) reap();
}

void Runtime::report(const Invocation& invocation) {
    const Version& version = *invocation.version;
    outlet_->submit({.service = "lambda",
                     .operation = "InvocationEnded",
                     .request = object({{"id", invocation.id}}),
                     .account = version.account,
                     .region = version.region,
                     .cause = Cause{.entry = invocation.entry, .trace = invocation.trace}});
}

/// Gives what waits for an instance to those that are free, or starts one more.
void Runtime::serveBacklog() {
    for (std::size_t left = backlog_.size(); left > 0; --left) {
        const auto invocation = backlog_.front();
        backlog_.pop_front();
        if (runWarm(invocation)) continue;
        if (startingCount() < startLimit())
            startInstance(invocation);
        else
            backlog_.push_back(invocation);
    }
}

/// Instances are never destroyed inside their own callbacks.
void Runtime::retire(Instance& instance) {
    const auto place =
        std::find_if(instances_.begin(), instances_.end(), [&](const auto& each) { return each.get() == &instance; });
    if (place == instances_.end()) return;
    retired_.splice(retired_.end(), instances_, place);
    funeral_ = settings_.outside->after(0ms, [this] { retired_.clear(); });
}

void Runtime::retireOlder(Call& call, const std::string& arn, const std::string& version, const std::string& keep) {
    call.afterCommit([this, prefix = arn + ":" + (version.empty() ? "" : version + ":"), keep,
                      generation = std::weak_ptr<int>(generation_)] {
        if (generation.expired()) return;
        std::vector<Instance*> idle;
        for (auto& instance : instances_) {
            if (!instance->version().instance.starts_with(prefix) || instance->version().instance == keep) continue;
            if (instance->busy())
                instance->retireAfterwards();
            else
                idle.push_back(instance.get());
        }
        for (Instance* instance : idle) retire(*instance);
    });
}

/// While an invocation runs its memory is looked at now and then: a limit on address space would stop node, which
/// reserves far more than it uses, and would look like another failure than AWS's.
void Runtime::watch() {
    if (watch_) return;
    watch_ = settings_.outside->after(kMemoryWatch, [this] {
        watch_.reset();
        bool busy = false;
        for (auto& instance : instances_) {
            instance->checkMemory();
            busy |= instance->busy();
        }
        if (busy) watch();
    });
}

void Runtime::reap() {
    reaper_ = settings_.outside->after(kReapEvery, [this] {
        reaper_.reset();
        const auto now = std::chrono::steady_clock::now();
        instances_.remove_if([&](const auto& instance) {
            return instance->gone() ||
                   (!instance->busy() && !instance->starting() && now - instance->idleSince() > kIdleLimit);
        });
        if (!instances_.empty()) reap();
    });
}

/// Stores some more lines; false where others are left, for which it asks to be called again: a long log is no reason
/// for anybody else to wait.
bool Runtime::storeLog(Call& call, const std::shared_ptr<Invocation>& invocation) {
    const Version& version = *invocation->version;
    Json events(rapidjson::kArrayType);
    std::size_t next = invocation->logStored, bytes = 0;
    for (; next < invocation->log.size() && next - invocation->logStored < kLinesAtOnce && bytes < kLogBytesAtOnce;
         ++next) {
        const LogLine& line = invocation->log[next];
        bytes += line.text.size();
        push(events, object({{"timestamp", line.millis}, {"message", line.text}}));
    }
    try {
        call.invoke("logs", "AppendLogs",
                    object({{"logGroupName", version.logGroup},
                            {"logStreamName", invocation->logStream},
                            {"events", std::move(events)}}));
    } catch (const AwsError& error) {  // a fault, or no logs service: the invocation went as it went
        log::warning("the log of " + version.name + " is lost: " + error.message());
        return true;
    }
    if (next == invocation->log.size()) return true;
    call.afterCommit([this, invocation, next, generation = std::weak_ptr<int>(generation_)] {
        if (generation.expired()) return;
        invocation->logStored = next;
        report(*invocation);
    });
    return false;
}

Json Runtime::invocationEnded(Call& call, const Fields& request) {
    const auto found = ended_.find(request.text("id"));
    if (found == ended_.end()) return object();
    const auto invocation = found->second;
    if (!storeLog(call, invocation)) return object();
    ended_.erase(found);
    const Version& version = *invocation->version;
    call.addReserved(
        {.sequence = invocation->entry,
         .parent = invocation->parent,
         .trace = invocation->trace,
         .kind = "invocation",
         .service = "lambda",
         .operation = "Invocation",
         .resource = version.name,
         .account = version.account,
         .region = version.region,
         .start = invocation->start,
         .end = call.now,
         .wallMicros = invocation->wallMicros,
         .error = invocation->functionError,
         .detail = object(
             {{"requestId", invocation->id}, {"version", version.version}, {"logStream", invocation->logStream}})});
    call.about(version.name);
    invocation->slot.reset();
    invocation->hold.reset();
    call.signal(invocation->topic());
    Turns* const turns = take(active_, invocation) ? &active_ : take(paused_, invocation) ? &paused_ : nullptr;
    call.ifUndone([this, invocation, turns] {  // it is reported again
        ended_[invocation->id] = invocation;
        occupySlot(*invocation);
        invocation->hold = holdOf(*invocation);
        if (turns) turns->push_back(invocation);
    });
    if (virtualTime_ && !waiting_.empty())
        call.soon(Job{.service = "lambda", .operation = "TakeTurn", .request = object(), .label = "next turn"});
    return object();
}

void Runtime::forget() {
    generation_ = std::make_shared<int>(0);
    starting_ = 0;
    watch_.reset();
    reaper_.reset();
    funeral_.reset();
    patience_.reset();
    outlet_.reset();  // the next invocation tells it; the world itself may be going
    instances_.clear();
    retired_.clear();
    backlog_.clear();
    announced_.clear();
    waiting_.clear();
    active_.clear();
    paused_.clear();
    ended_.clear();
}

}  // namespace backlot::lambda
