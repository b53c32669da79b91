#include <filesystem>

#include "emulator/base/base64.h"
#include "emulator/base/printable.h"
#include "emulator/cli/client.h"

namespace backlot::cli {
namespace {

/// A file, "-", or the JSON itself.
std::string eventOf(const std::string& given) {
    if (given.empty()) return "{}";
    std::string event = given == "-" || std::filesystem::exists(given) ? readInput(given) : given;
    if (!tryParseJson(event)) {
        const bool looksLikeFile =
            given != "-" && !std::filesystem::exists(given) && given.find_first_of("{[\" ") == std::string::npos;
        throw CommandError(kBadInput, "BadEvent",
                           looksLikeFile ? "there is no file " + given : "the event is not JSON");
    }
    return event;
}

}  // namespace

int invoke(const Common& common, const InvokeOptions& options) {
    return report("invoke", common, [&](Report& report) {
        const Client client(common);
        Json request = object({{"FunctionName", options.function},
                               {"Payload", eventOf(options.event)},
                               {"InvocationType", options.dryRun  ? "DryRun"
                                                  : options.async ? "Event"
                                                                  : "RequestResponse"}});
        if (!options.async && !options.dryRun) set(request, "LogType", "Tail");
        if (!options.qualifier.empty()) set(request, "Qualifier", options.qualifier);
        Json answer = client.call("lambda", "Invoke", request);
        const auto error = optionalText(answer, "FunctionError");
        const std::string payload = textOr(answer, "Payload"),
                          log = base64Decode(textOr(answer, "LogResult")).value_or("");
        if (!report.json() && !options.noLog && !common.quiet) print(stderr, styleOf(stderr).dim(printable(log)));
        auto value = tryParseJson(payload);
        if (!payload.empty())
            report.say(report.style().colour && value ? writePretty(*value)
                                                      : payload);  // a program gets the function's own bytes
        if (options.async) report.note("Accepted.");
        report.data = object({{"statusCode", intOr(answer, "StatusCode", 0)},
                              {"functionError", error},
                              {"executedVersion", optionalText(answer, "ExecutedVersion")},
                              {"payload", value ? std::move(*value) : str(payload)},
                              {"log", log}});
        if (error && !report.json()) print(stderr, styleOf(stderr).red("FunctionError:") + " " + *error + "\n");
        return error ? kFailed : kOk;
    });
}

}  // namespace backlot::cli
