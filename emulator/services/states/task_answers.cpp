#include "emulator/services/states/task_answers.h"

#include <algorithm>
#include <map>

#include "emulator/services/states/http_task.h"
#include "emulator/services/states/integrations.h"
#include "emulator/services/states/runner.h"

namespace backlot::states {
namespace {

asl::TaskFailed failed(asl::AttemptId attempt, std::string error, std::string cause) {
    return {attempt, std::move(error), std::move(cause)};
}

/// The headers of the exchange, in AWS's order: by name once as lists, once as texts.
class HttpMetadata {
public:
    void add(std::string name, std::string value, bool listed = true) {
        if (listed)
            set(all_, name, list({value}));
        else
            set(all_, name, value);
        plain_[std::move(name)] = std::move(value);
    }
    Json take() {
        Json plain = object();
        for (auto& [name, value] : plain_) set(plain, name, std::move(value));
        return object(
            {{"AllHttpHeaders", std::move(all_)}, {"HttpHeaders", std::move(plain)}, {"HttpStatusCode", 200}});
    }

private:
    struct IgnoringCase {
        bool operator()(const std::string& a, const std::string& b) const {
            return std::lexicographical_compare(
                a.begin(), a.end(), b.begin(), b.end(),
                [](unsigned char x, unsigned char y) { return std::tolower(x) < std::tolower(y); });
        }
    };
    Json all_ = object();
    std::map<std::string, std::string, IgnoringCase> plain_;
};

/// As long as SNS's answer would be.
std::size_t publishAnswerBytes(const Json& output) {
    std::size_t bytes = std::string_view(
                            "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\n  <PublishResult>\n "
                            " </PublishResult>\n  <ResponseMetadata>\n"
                            "    <RequestId></RequestId>\n  </ResponseMetadata>\n</PublishResponse>\n")
                            .size() +
                        36;
    for (const auto& member : output.GetObject())
        bytes += std::string_view("    <></>\n").size() + 2 * member.name.GetStringLength() +
                 (member.value.IsString() ? member.value.GetStringLength() : 0);
    return bytes;
}

/// SdkHttpMetadata and SdkResponseMetadata. Source: recorded executions.
void addMetadata(Call& call, TaskHeaders kind, Json& output, std::size_t bodyBytes) {
    if (kind == TaskHeaders::none) return;
    const std::string requestId = call.uuid("request"), length = std::to_string(bodyBytes), date = httpDate(call.now);
    HttpMetadata metadata;
    if (kind == TaskHeaders::checked) {
        metadata.add("Server", "Server");
        metadata.add("Connection", "keep-alive");
        metadata.add("x-amzn-RequestId", requestId);
        metadata.add("x-amz-crc32", std::to_string(call.roll("crc") & 0xffffffffu));
        metadata.add("Content-Length", length);
        metadata.add("Date", date);
        metadata.add("Content-Type", "application/x-amz-json-1.0");
    } else if (kind == TaskHeaders::invocation) {
        const std::string version = textOr(output, "ExecutedVersion", "$LATEST");
        if (const auto log = optionalText(output, "LogResult")) metadata.add("X-Amz-Log-Result", *log);
        metadata.add("X-Amz-Executed-Version", version);
        metadata.add("x-amzn-Remapped-Content-Length", "0");
        metadata.add("Connection", "keep-alive");
        metadata.add("x-amzn-RequestId", requestId);
        metadata.add("Content-Length", length);
        metadata.add("Date", date);
        metadata.add("X-Amzn-Trace-Id",
                     "root=" + call.cause.trace + ";parent=" + call.hexId("segment", 16) + ";sampled=0");
        metadata.add("Content-Type", "application/json");
    } else {
        metadata.add("x-amzn-RequestId", requestId);
        metadata.add("connection", "keep-alive");
        metadata.add("Content-Length", length);
        metadata.add("Date", date);
        metadata.add("Content-Type", kind == TaskHeaders::query ? "text/xml" : "application/x-amz-json-1.0");
    }
    set(output, "SdkHttpMetadata", metadata.take());
    set(output, "SdkResponseMetadata", object({{"RequestId", requestId}}));
}

/// Lambda's answer to the optimised integration, or to a plain function ARN.
asl::Event lambdaAnswer(Call& call, asl::AttemptId attempt, const Json& output, bool plainArn) {
    const std::string payload = textOr(output, "Payload", "null");
    if (find(output, "FunctionError")) {
        const auto error = tryParseJson(payload);
        const auto type = error ? optionalText(*error, "errorType") : std::nullopt;
        if (type) return failed(attempt, *type, payload);
        return failed(
            attempt, "Lambda.Unknown",
            "The cause could not be determined because Lambda did not return an error type. Returned payload: " +
                payload);
    }
    if (plainArn) return asl::TaskSucceeded{attempt, asl::Payload(payload.empty() ? std::string("null") : payload)};
    Json result = object({{"ExecutedVersion", textOr(output, "ExecutedVersion", "$LATEST")}});
    auto parsed = tryParseJson(payload);
    if (parsed)
        set(result, "Payload", std::move(*parsed));
    else if (!payload.empty())
        set(result, "Payload", payload);
    if (const auto log = optionalText(output, "LogResult")) set(result, "LogResult", *log);
    addMetadata(call, TaskHeaders::invocation, result, payload.size());
    set(result, "StatusCode", intOr(output, "StatusCode", 200));
    return asl::TaskSucceeded{attempt, asl::Payload(std::move(result))};
}

/// StartExecution's answer as the AWS SDK for Java 1 shows it: dates in milliseconds.
Json executionOutput(const Json& output) {
    return object({{"ExecutionArn", textOr(output, "executionArn")},
                   {"StartDate", static_cast<std::int64_t>(find(output, "startDate")->GetDouble() * 1000)}});
}

asl::Event optimisedAnswer(Call& call, asl::AttemptId attempt, const ServiceDescription& service, Json output) {
    if (service.name == "events" && intOr(output, "FailedEntryCount", 0) > 0)
        return failed(attempt, "EventBridge.FailedEntry", writeJson(output));
    const std::size_t bytes =
        service.tasks.headers == TaskHeaders::query ? publishAnswerBytes(output) : writeJson(output).size();
    if (service.name == "states") output = executionOutput(output);
    addMetadata(call, service.tasks.headers, output, bytes);
    return asl::TaskSucceeded{attempt, asl::Payload(std::move(output))};
}

asl::TaskFailed optimisedFailure(Runner& runner, Call& call, asl::AttemptId attempt, const ServiceDescription& service,
                                 const Json& error) {
    const std::string code = textOr(error, "code");
    const auto& names = runner.surroundings().sdk;
    const auto exception = names.exception ? names.exception(std::string(service.name), code) : std::nullopt;
    const std::string wireCode = names.wireCode ? names.wireCode(std::string(service.name), code) : code;
    return failed(attempt,
                  std::string(service.tasks.errors) + "." + exception.value_or(std::string(service.tasks.otherError)),
                  textOr(error, "message") + " (Service: " + std::string(service.tasks.inCauses) +
                      "; Status Code: " + std::to_string(intOr(error, "httpStatus", 400)) +
                      "; Error Code: " + wireCode + "; Request ID: " + call.uuid("request") + "; Proxy: null)");
}

asl::TaskFailed sdkFailure(Runner& runner, Call& call, asl::AttemptId attempt, const Fields& context,
                           const Json& error) {
    const std::string prefix = context.text("service"), service = context.text("api");
    const auto& names = runner.surroundings().sdk;
    const auto exception = names.exception ? names.exception(service, textOr(error, "code")) : std::nullopt;
    const ServiceDescription* called =
        runner.surroundings().services ? runner.surroundings().services->find(service) : nullptr;
    const std::string extended =
        called && called->tasks.extendedRequestId
            ? ", Extended Request ID: " +
                  call.randomText("extended", 76, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
            : "";
    return failed(attempt, prefix + "." + exception.value_or(prefix + "Exception"),
                  textOr(error, "message") + " (Service: " + prefix +
                      ", Status Code: " + std::to_string(intOr(error, "httpStatus", 400)) +
                      ", Request ID: " + call.uuid("request") + extended + ") (SDK Attempt Count: 1)");
}

}  // namespace

Json syncAnswerOf(const ExecutionRow& row, bool parsed) {
    const auto payload = [&](const std::string& text) -> std::optional<Json> {
        if (text.empty()) return std::nullopt;
        return parsed ? parseJson(text) : str(text);
    };
    const auto redrive = redriveStatus(row);
    const bool ok = row.status == "SUCCEEDED";
    Json answer = object({{"Cause", row.cause},
                          {"Error", row.error},
                          {"ExecutionArn", row.arn},
                          {"Input", payload(row.input)},
                          {"InputDetails", object({{"Included", true}})},
                          {"Name", row.name},
                          {"Output", payload(row.output)},
                          {"OutputDetails", ok ? std::optional(object({{"Included", true}})) : std::nullopt},
                          {"RedriveCount", row.redriveCount},
                          {"RedriveStatus", redrive.status},
                          {"RedriveStatusReason", redrive.reason},
                          {"StartDate", epochMillis(row.startedAt)},
                          {"StateMachineArn", row.machineArn},
                          {"Status", row.status},
                          {"StopDate", epochMillis(row.stoppedAt)}});
    if (ok) return object({{"output", std::move(answer)}});
    return object({{"error", object({{"code", "States.TaskFailed"}, {"message", writeJson(answer)}})}});
}

asl::Event taskAnswer(Runner& runner, Call& call, const Fields& context, const Fields& request) {
    const auto attempt = static_cast<asl::AttemptId>(context.integer("attempt"));
    const std::string kind = context.valueOr("kind", "");
    const ServiceDirectory* services = runner.surroundings().services;
    const bool optimised = kind == "optimised" || kind == "lambda" || kind == "lambdaArn";
    const ServiceDescription* integration =
        services && optimised ? findOptimised(*services, context.text("api"), context.text("operation")) : nullptr;
    if (const Json* error = request.find("error")) {
        if (kind == "sdk") return sdkFailure(runner, call, attempt, context, *error);
        if (integration) return optimisedFailure(runner, call, attempt, *integration, *error);
        return failed(attempt, textOr(*error, "code"), textOr(*error, "message"));
    }
    Json output = request.json().HasMember("output") ? copy(request.json()["output"]) : Json();
    if (kind == "lambda") return lambdaAnswer(call, attempt, output, false);
    if (kind == "lambdaArn") return lambdaAnswer(call, attempt, output, true);
    if (kind == "apigateway") return apiGatewayAnswer(attempt, output);
    if (kind == "http") return httpAnswer(attempt, output);
    if (integration) return optimisedAnswer(call, attempt, *integration, std::move(output));
    const auto& names = runner.surroundings().sdk;
    if (kind == "sdk" && names.answer) output = names.answer(context.text("api"), context.text("operation"), output);
    return asl::TaskSucceeded{attempt, asl::Payload(std::move(output))};
}

}  // namespace backlot::states
