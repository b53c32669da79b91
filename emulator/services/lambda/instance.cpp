#include "emulator/services/lambda/instance.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "emulator/base/log.h"
#include "emulator/base/process_tree.h"
#include "emulator/base/time.h"

namespace backlot::lambda {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kRuntimePrefix = "/2018-06-01/runtime/";
constexpr std::size_t kLineLimitBytes = 256 * 1024;  // CloudWatch Logs' limit of one event, as it was for years
constexpr auto kInitLimit = 10s;  // Source: AWS Lambda Developer Guide, "Lambda execution environment lifecycle"

Response json(int status, const Json& body) {
    return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = writeJson(body)};
}

Response accepted() { return json(202, object({{"status", "OK"}})); }

Response refused(int status, const char* type, const char* message) {
    return json(status, object({{"errorMessage", message}, {"errorType", type}}));
}

/// A log is text, whatever a handler prints: what is no UTF-8 becomes U+FFFD, byte by byte.
std::string asUtf8(std::string text) {
    std::size_t valid = validUtf8Prefix(text);
    if (valid == text.size()) return text;
    std::string result;
    for (std::string_view rest = text;;) {
        result += rest.substr(0, valid);
        if (valid == rest.size()) return result;
        result += "\xEF\xBF\xBD";
        rest.remove_prefix(valid + 1);
        valid = validUtf8Prefix(rest);
    }
}

/// As Go's os package puts a process's end, and so Lambda does.
std::string howItEnded(int status) {
    if (WIFEXITED(status)) return "exit status " + std::to_string(WEXITSTATUS(status));
    const int number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    switch (number) {
        case SIGABRT: return "signal: aborted";
        case SIGBUS: return "signal: bus error";
        case SIGFPE: return "signal: floating point exception";
        case SIGILL: return "signal: illegal instruction";
        case SIGKILL: return "signal: killed";
        case SIGSEGV: return "signal: segmentation fault";
        case SIGTERM: return "signal: terminated";
        default: return "signal: " + std::to_string(number);
    }
}

std::size_t residentBytes(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::size_t total = 0, resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

constexpr std::size_t kMostLookedAt = 128;  // processes: who has more of them is not to keep the world from its work

constexpr unsigned kWholeLookEvery =
    10;  // looks at a function's memory; the others pass over what its threads have started

std::size_t residentBytes(const std::vector<int>& pids) {
    std::size_t bytes = 0;
    for (const int pid : pids) bytes += residentBytes(pid);
    return bytes;
}

/// Without counting twice what they share; slower.
std::size_t proportionalBytes(const std::vector<int>& pids) {
    std::size_t kilobytes = 0;
    for (const int pid : pids) {
        std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
        for (std::string line; std::getline(file, line);)
            if (line.starts_with("Pss:")) kilobytes += std::strtoull(line.c_str() + 4, nullptr, 10);
    }
    return kilobytes << 10;
}

std::string number(const char* format, double value) {
    char text[48];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

}  // namespace

std::string Invocation::logTail() const {
    std::string tail;
    for (auto line = log.rbegin(); line != log.rend() && tail.size() < 4096; ++line) tail.insert(0, line->text);
    if (tail.size() > 4096) tail.erase(0, tail.size() - 4096);
    return tail;
}

Instance::Instance(const Settings& settings, Launch launch, std::shared_ptr<Invocation> first, Events events)
    : outside_(*settings.outside),
      version_(first->version),
      launch_(std::move(launch)),
      events_(std::move(events)),
      logStream_(first->streamName),
      began_(std::chrono::steady_clock::now()) {
    current_ = std::move(first);
    start(settings);
}

Instance::~Instance() {
    std::error_code ignored;
    process_.reset();
    if (!launch_.temporary.empty()) std::filesystem::remove_all(launch_.temporary, ignored);
}

void Instance::start(const Settings& settings) {
    // The first invocation's own time runs once the process has asked for it; until then it has the time for starting.
    // Differs: AWS starts a slow process once more, now within the function's time-out, before it gives up.
    deadline_ =
        outside_.after(std::max<std::chrono::milliseconds>(kInitLimit, version_->timeout), [this] { timedOut(); });
    if (launch_.command.empty()) {
        // Never inside the constructor: nobody has the instance yet.
        deadline_ = outside_.after(0ms, [this] { notStarted(launch_.problem); });
        return;
    }
    try {
        listening_ = outside_.listen(
            0, [this](Request request, Respond respond) { serve(std::move(request), std::move(respond)); });
        process_ = outside_.spawn({.command = launch_.command,
                                   .environment = environment(settings, listening_.port),
                                   .folder = launch_.seenTaskRoot(),
                                   .confinement = launch_.confinement,
                                   .onOutput = [this](std::string_view text) { output(text); },
                                   .onExit = [this](int status) { exited(status); },
                                   .onNotStarted = [this](const std::string& problem) { notStarted(problem); }});
    } catch (const std::exception& error) {
        const std::string problem = error.what();
        deadline_ = outside_.after(0ms, [this, problem] { notStarted(problem); });
    }
}

std::map<std::string, std::string> Instance::environment(const Settings& settings, std::uint16_t port) const {
    const std::string root = launch_.seenTaskRoot(), temporary = launch_.seenTemporary();
    std::map<std::string, std::string> result{
        {"PATH", "/usr/local/bin:/usr/bin:/bin:/opt/bin"},
        {"LD_LIBRARY_PATH", root + ":" + root + "/lib"},
        {"LANG", "en_US.UTF-8"},
        {"TZ", ":UTC"},
        {"HOME", temporary},
        {"TMPDIR", temporary},
        {"AWS_EC2_METADATA_DISABLED", "true"},
        {"AWS_ENDPOINT_URL", settings.endpoint},
        {"PYTHONDONTWRITEBYTECODE", "1"},
    };
    if (version_->language == Language::node) result["NODE_PATH"] = root + "/node_modules";
    for (const auto& [name, value] : version_->environment) result[name] = value;
    // What follows is Lambda's to say.
    const std::pair<const char*, std::string> fixed[] = {
        {"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + std::to_string(port)},
        {"AWS_LAMBDA_FUNCTION_NAME", version_->name},
        {"AWS_LAMBDA_FUNCTION_VERSION", version_->version},
        {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(version_->memoryMegabytes)},
        {"AWS_LAMBDA_LOG_GROUP_NAME", version_->logGroup},
        {"AWS_LAMBDA_LOG_STREAM_NAME", logStream_},
        {"AWS_LAMBDA_LOG_FORMAT", version_->jsonLogs ? "JSON" : "Text"},
        {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
        {"AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR"},
        {"_HANDLER", version_->handler},
        {"LAMBDA_TASK_ROOT", root},
        {"AWS_REGION", version_->region},
        {"AWS_DEFAULT_REGION", version_->region},
        {"AWS_ACCESS_KEY_ID", version_->account},  // twelve digits: the account that calls
        {"AWS_SECRET_ACCESS_KEY", "test"},
    };
    for (const auto& [name, value] : fixed) result[name] = value;
    for (const auto& [name, value] : settings.guard) result[name] = value;
    if (version_->language != Language::provided) result["AWS_EXECUTION_ENV"] = "AWS_Lambda_" + version_->runtime;
    return result;
}

void Instance::run(std::shared_ptr<Invocation> invocation) {
    current_ = std::move(invocation);
    handed_ = false;
    if (waiting_) hand();
    // Else the process has not come back yet from its last one; it has the function's time for that, too.
    else
        deadline_ = outside_.after(version_->timeout, [this] { timedOut(); });
}

void Instance::serve(Request request, Respond respond) {
    if (gone_) return respond(refused(403, "InvalidStateTransition", "The instance is stopping."));
    const std::string_view path = request.path();
    if (request.peer != peer_) {  // once a connection
        if (process_ && !process_->owns(request.peer, listening_.port))
            return respond(refused(403, "AccessDenied", "This is the Runtime API of another function."));
        peer_ = request.peer;
    }
    if (path == "/ping") return respond({.status = 200, .body = "pong"});
    if (path.starts_with("/2020-01-01/") || path.starts_with("/2022-07-01/") || path.starts_with("/2020-08-15/"))
        return respond(refused(403, "Extension.NotSupported",
                               "Backlot does not support Lambda extensions, telemetry or logs subscriptions."));
    if (!path.starts_with(kRuntimePrefix))
        return respond(refused(404, "InvalidPath", "Not a path of the Runtime API."));
    const std::string_view rest = path.substr(kRuntimePrefix.size());
    if (rest == "invocation/next" && request.method == "GET") return next(std::move(respond));
    if (rest == "init/error" && request.method == "POST") return initFailed(request, respond);
    if (rest.starts_with("invocation/") && request.method == "POST") {
        const std::string_view call = rest.substr(std::string_view("invocation/").size());
        const auto slash = call.find('/');
        const std::string_view what = slash == std::string_view::npos ? std::string_view() : call.substr(slash + 1);
        if (what == "response" || what == "error")
            return answered(request, call.substr(0, slash), what == "error", respond);
    }
    respond(refused(404, "InvalidPath", "Not a path of the Runtime API."));
}

void Instance::next(Respond respond) {
    waiting_ = std::move(respond);
    if (!ready_) {
        ready_ = true;
        initDuration_ =
            std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_);
        events_.ready(*this);
    }
    if (current_ && !handed_) hand();
}

/// Gives the present invocation to the process, which has asked for it.
void Instance::hand() {
    handed_ = true;
    handedAt_ = std::chrono::steady_clock::now();
    deadline_ = outside_.after(version_->timeout, [this] { timedOut(); });
    writeStart();
    char parent[17];
    std::snprintf(parent, sizeof parent, "%016llx", static_cast<unsigned long long>(current_->entry));
    const auto deadline = epochMillis(wallClock()) + std::chrono::milliseconds(version_->timeout).count();
    Response response{
        .headers = {{"Content-Type", "application/json"},
                    {"Lambda-Runtime-Aws-Request-Id", current_->id},
                    {"Lambda-Runtime-Deadline-Ms", std::to_string(deadline)},
                    {"Lambda-Runtime-Invoked-Function-Arn", current_->invokedArn},
                    {"Lambda-Runtime-Trace-Id", "Root=" + current_->trace + ";Parent=" + parent + ";Sampled=1"},
                    {"Lambda-Runtime-Backlot-Time", std::to_string(epochMillis(events_.now()))},
                    {"Lambda-Runtime-Backlot-Seed", std::to_string(current_->seed)}},
        .body = current_->payload};
    if (events_.virtualTime)
        response.headers.add("Lambda-Runtime-Backlot-Still", "1");  // that time is the time until it answers
    if (!current_->clientContext.empty())
        response.headers.add("Lambda-Runtime-Client-Context", current_->clientContext);
    std::exchange(waiting_, nullptr)(std::move(response));
}

void Instance::answered(const Request& request, std::string_view id, bool failed, const Respond& respond) {
    if (!current_ || !handed_ || id != current_->id)
        return respond(refused(400, "InvalidRequestID", "Invalid request ID"));
    if (!failed && request.body.size() > kPayloadLimitBytes) {
        respond(refused(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (6291556 bytes)."));
        const Json error =
            object({{"errorType", "Function.ResponseSizeTooLarge"},
                    {"errorMessage", "Response payload size exceeded maximum allowed payload size (6291556 bytes)."}});
        return finish("Unhandled", writeJson(error), false, "Function.ResponseSizeTooLarge");
    }
    respond(accepted());
    if (process_) process_->flushOutput();  // what it printed before it answered belongs to this invocation
    if (failed) {
        std::string type(request.headers.get("Lambda-Runtime-Function-Error-Type"));
        if (type.empty()) type = "Runtime.Unknown";
        finish("Unhandled", request.body.empty() ? writeJson(object({{"errorType", type}})) : request.body, false,
               type);
    } else {
        finish({}, request.body, false);
    }
}

void Instance::initFailed(const Request& request, const Respond& respond) {
    if (ready_)
        return respond(refused(403, "InvalidStateTransition", "Transition from Ready to InitError is not allowed."));
    respond(accepted());
    if (process_) process_->flushOutput();
    std::string type(request.headers.get("Lambda-Runtime-Function-Error-Type"));
    if (type.empty()) type = "Runtime.Unknown";
    finish("Unhandled", request.body.empty() ? writeJson(object({{"errorType", type}})) : request.body, true, type);
}

void Instance::output(std::string_view text) {
    while (!text.empty()) {
        const auto newline = text.find('\n');
        const auto size =
            std::min(newline == std::string_view::npos ? text.size() : newline + 1, kLineLimitBytes - partial_.size());
        partial_ += text.substr(0, size);
        text.remove_prefix(size);
        if (partial_.back() == '\n' || partial_.size() == kLineLimitBytes) line(std::exchange(partial_, {}));
    }
}

void Instance::line(std::string text) {
    // Before the first invocation, or after one has answered, it goes with the next.
    LogBuffer& log = current_ && handed_ ? current_->printed : initLog_;
    log.add({epochMillis(events_.now()), asUtf8(std::move(text))});
}

void Instance::exited(int status) {
    if (gone_) return;
    const std::string how = howItEnded(status);
    if (!current_) {  // between invocations: nobody notices, the next one starts another
        gone_ = true;
        listening_.listener.reset();
        return;
    }
    if (outOfMemory_ || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)) {
        return finish("Unhandled", failure("Runtime.OutOfMemory", "Runtime exited with error: signal: killed"), true,
                      "Runtime.OutOfMemory");
    }
    const bool silent = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    finish("Unhandled",
           failure("Runtime.ExitError",
                   silent ? "Runtime exited without providing a reason" : "Runtime exited with error: " + how),
           true, "Runtime.ExitError");
}

void Instance::notStarted(const std::string& problem) {
    if (gone_ || !current_) return;
    finish("Unhandled", failure("Runtime.InvalidEntrypoint", problem), true, "Runtime.InvalidEntrypoint");
}

void Instance::timedOut() {
    if (!current_) return;
    if (process_) process_->flushOutput();
    const std::string message =
        "Task timed out after " + number("%.2f", static_cast<double>(version_->timeout.count())) + " seconds";
    const std::string result = failure("Sandbox.Timedout", message);
    if (!handed_) writeStart();
    handed_ = true;
    line(iso8601Millis(events_.now()) + " " + current_->id + " " + message + "\n\n");
    finish("Unhandled", result, true, "timeout");
}

std::string Instance::failure(std::string_view type, std::string_view message) const {
    return writeJson(object(
        {{"errorType", type}, {"errorMessage", "RequestId: " + current_->id + " Error: " + std::string(message)}}));
}

void Instance::finish(std::string functionError, std::string result, bool goes, std::string_view status) {
    deadline_.reset();
    if (!handed_) {
        handed_ = true;
        handedAt_ = std::chrono::steady_clock::now();
        writeStart();
    }
    if (!partial_.empty()) line(std::exchange(partial_, {}));
    if (goes && (status.starts_with("Runtime.")))
        if (const auto error = tryParseJson(result))
            line(textOr(*error, "errorMessage") + "\n" + std::string(status) + "\n");
    writeReport(status);
    const auto ended = std::exchange(current_, nullptr);
    handed_ = false;
    ended->log = ended->printed.take(version_->jsonLogs);
    ended->functionError = std::move(functionError);
    ended->result = result.empty() ? "null" : std::move(result);
    ended->logStream = logStream_;
    ended->ended = true;
    idleSince_ = std::chrono::steady_clock::now();
    if (goes || outdated_) {
        gone_ = true;
        if (process_) process_->kill();
        waiting_ = nullptr;
    }
    events_.ended(*this, ended);
}

void Instance::checkMemory() {
    if (!process_ || gone_ || !current_) return;
    const std::size_t limit = static_cast<std::size_t>(version_->memoryMegabytes) << 20;
    const auto threads = ++looks_ % kWholeLookEvery == 0 ? Threads::all : Threads::first;
    const auto pids = processesOf(process_->pid(), kMostLookedAt, threads);
    std::size_t bytes = residentBytes(pids);
    if (bytes > limit && pids.size() > 1) bytes = proportionalBytes(pids);
    peakBytes_ = std::max(peakBytes_, bytes);
    if (bytes <= limit) return;
    outOfMemory_ = true;
    process_->kill();
}

void Instance::writeStart() {
    const bool jsonLogs = version_->jsonLogs;
    const auto before = initLog_.take(jsonLogs);
    if (firstReport_ && !jsonLogs) line("INIT_START Runtime Version: backlot:" + version_->runtime + "\n");
    for (const auto& entry : before) current_->printed.add(entry);
    if (jsonLogs)
        line(writeJson(object({{"time", iso8601Millis(events_.now())},
                               {"type", "platform.start"},
                               {"record", object({{"requestId", current_->id}, {"version", version_->version}})}})) +
             "\n");
    else
        line("START RequestId: " + current_->id + " Version: " + version_->version + "\n");
}

/// Differs: where the clock stands still the durations are those of the world's clock and no memory is told, since the
/// machine's would differ from run to run.
void Instance::writeReport(std::string_view status) {
    using Millis = std::chrono::duration<double, std::milli>;
    const double wall = Millis(std::chrono::steady_clock::now() - handedAt_).count();
    const double duration = events_.virtualTime ? Millis(events_.now() - current_->start).count() : wall;
    const double init = events_.virtualTime ? 0 : Millis(initDuration_).count();
    const auto billed = static_cast<long>(std::max(1.0, std::ceil(duration + (firstReport_ ? init : 0))));
    std::size_t used = 0;
    if (!events_.virtualTime && process_) used = std::max(peakBytes_, residentBytes(process_->pid())) >> 20;
    if (version_->jsonLogs) {
        Json metrics = object({{"durationMs", duration},
                               {"billedDurationMs", billed},
                               {"memorySizeMB", version_->memoryMegabytes},
                               {"maxMemoryUsedMB", used}});
        if (firstReport_) set(metrics, "initDurationMs", init);
        line(writeJson(object({{"time", iso8601Millis(events_.now())},
                               {"type", "platform.report"},
                               {"record", object({{"requestId", current_->id},
                                                  {"metrics", std::move(metrics)},
                                                  {"status", status.empty()        ? "success"
                                                             : status == "timeout" ? "timeout"
                                                                                   : "error"}})}})) +
             "\n");
    } else {
        line("END RequestId: " + current_->id + "\n");
        std::string report = "REPORT RequestId: " + current_->id + "\tDuration: " + number("%.2f", duration) +
                             " ms\tBilled Duration: " + std::to_string(billed) +
                             " ms\tMemory Size: " + std::to_string(version_->memoryMegabytes) +
                             " MB\tMax Memory Used: " + std::to_string(used) + " MB\t";
        if (firstReport_) report += "Init Duration: " + number("%.2f", init) + " ms\t";
        if (status == "timeout")
            report += "Status: timeout";
        else if (status.starts_with("Runtime.") || status.starts_with("Sandbox."))
            report += "Status: error\tError Type: " + std::string(status);
        line(report + "\n");
    }
    firstReport_ = false;
}

}  // namespace backlot::lambda
