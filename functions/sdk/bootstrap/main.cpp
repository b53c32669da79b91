// bootstrap: a custom Lambda runtime for handlers in C++ (Runtime: provided.al2023), on Backlot and on AWS alike.
// It loads the library that Handler names and passes events to it. It links nothing that it does not need itself:
// a function's cold start is this program's start.

#include <dlfcn.h>
#include <unistd.h>

#include <charconv>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "functions/sdk/abi.h"
#include "functions/sdk/bootstrap/runtime_client.h"
#include "functions/sdk/errors.h"
#include "functions/sdk/json.h"

namespace {

using namespace backlot::sdk;

std::string setting(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string ownFolder() {
    char path[PATH_MAX];
    const auto size = readlink("/proc/self/exe", path, sizeof path);
    const std::string text(path, size > 0 ? static_cast<std::size_t>(size) : 0);
    return text.substr(0, text.rfind('/'));
}

/// `Handler: user.login` is backlot_handler_login in libuser.so, in the task's folder or beside this program.
LambdaHandler load(const std::string& handler) {
    const auto dot = handler.find('.');
    if (dot == 0 || dot == std::string::npos || handler.find('/') != std::string::npos)
        throw LambdaError("Runtime.InvalidHandler", "Handler must be LIBRARY.FUNCTION, not \"" + handler + "\"");
    const auto file = "/lib" + handler.substr(0, dot) + ".so";
    auto path = setting("LAMBDA_TASK_ROOT") + file;
    if (access(path.c_str(), F_OK) != 0) path = ownFolder() + file;
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) throw LambdaError("Runtime.ImportModuleError", dlerror());
    const auto symbol = "backlot_handler_" + handler.substr(dot + 1);
    void* function = dlsym(library, symbol.c_str());
    if (!function) throw LambdaError("Runtime.HandlerNotFound", path + " does not export " + symbol);
    return reinterpret_cast<LambdaHandler>(function);
}

template <typename Integer>
Integer integer(std::string_view text, Integer otherwise) {
    std::from_chars(text.data(), text.data() + text.size(), otherwise);
    return otherwise;
}

void serve(RuntimeClient& runtime, LambdaHandler handler) {
    for (;;) {
        const auto event = runtime.next();
        if (event.status != 200) throw ConnectionError("the runtime API answered " + std::to_string(event.status));
        const auto header = [&](std::string_view name) { return std::string(event.headers.get(name)); };
        const auto requestId = header("Lambda-Runtime-Aws-Request-Id");
        const auto functionArn = header("Lambda-Runtime-Invoked-Function-Arn");
        const auto traceId = header("Lambda-Runtime-Trace-Id");
        // Where programs look for it that know nothing of this runtime (the X-Ray SDKs).
        setenv("_X_AMZN_TRACE_ID", traceId.c_str(), 1);
        const LambdaInvocation invocation{
            .payload = event.body.data(),
            .payloadSize = event.body.size(),
            .requestId = requestId.c_str(),
            .functionArn = functionArn.c_str(),
            .traceId = traceId.c_str(),
            .deadlineMs = integer<std::int64_t>(header("Lambda-Runtime-Deadline-Ms"), 0),
            .backlotTimeMs = integer<std::int64_t>(header("Lambda-Runtime-Backlot-Time"), -1),
            .backlotSeed = integer<std::uint64_t>(header("Lambda-Runtime-Backlot-Seed"), 0),
        };
        LambdaAnswer answer{};
        handler(&invocation, &answer);
        std::fflush(nullptr);  // what was printed belongs to this invocation's log
        const std::string_view payload(answer.payload, answer.payloadSize);
        if (answer.errorType)
            runtime.fail(requestId, answer.errorType, payload);
        else
            runtime.respond(requestId, payload);
        if (answer.release) answer.release(answer.owner);
    }
}

}  // namespace

int main() {
    try {
        RuntimeClient runtime(setting("AWS_LAMBDA_RUNTIME_API"));
        LambdaHandler handler = nullptr;
        try {
            handler = load(setting("_HANDLER"));
        } catch (const LambdaError& error) {
            std::fprintf(stderr, "%s: %s\n", error.type().c_str(), error.what());
            runtime.failInit(
                error.type(),
                writeJson(
                    object({{"errorMessage", error.what()}, {"errorType", error.type()}, {"stackTrace", list()}})));
            return 1;
        }
        serve(runtime, handler);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bootstrap: %s\n", error.what());
        return 1;
    }
}
