#include "emulator/cli/client.h"

#include <cstdlib>

#include "emulator/http/blocking_client.h"

namespace backlot::cli {
namespace {

constexpr const char* kDefaultEndpoint = "http://127.0.0.1:4566";
constexpr const char* kStartHint =
    "Start one with 'backlot up', or say where it is: --endpoint URL or BACKLOT_ENDPOINT.";

CommandError otherProgram(const std::string& endpoint) {
    return {kCannotStart, "NotBacklot", "what answers at " + endpoint + " is not Backlot", kStartHint};
}

}  // namespace

std::string endpointOf(const Common& common) {
    std::string endpoint = common.endpoint;
    for (const char* name : {"BACKLOT_ENDPOINT", "AWS_ENDPOINT_URL"})
        if (const char* value = std::getenv(name); endpoint.empty() && value) endpoint = value;
    if (endpoint.empty()) endpoint = kDefaultEndpoint;
    if (endpoint.find("://") == std::string::npos) endpoint = "http://" + endpoint;
    if (!endpoint.starts_with("http://"))
        throw CommandError(kUsage, "BadEndpoint", endpoint + " is no http:// address", kStartHint);
    while (endpoint.ends_with('/')) endpoint.pop_back();
    return endpoint;
}

/// The answer, whatever is in it; what is an error is thrown in the words that came with it.
Response Client::fetch(Request request, std::chrono::milliseconds limit, int expected) const {
    request.headers.set("X-Backlot", "1");
    if (!request.headers.has("Content-Type")) request.headers.set("Content-Type", "application/json");
    if (!token_.empty()) request.headers.set("X-Backlot-Token", token_);
    const auto began = std::chrono::steady_clock::now();
    auto response = http::fetchNow(endpoint_ + request.target, request, limit);
    if (!response && std::chrono::steady_clock::now() - began >= limit)
        throw CommandError(kTimedOut, "NoAnswer", "no answer from " + endpoint_ + " within " + durationText(limit), {},
                           true);
    if (!response)
        throw CommandError(kCannotStart, "NotRunning", "no Backlot is running at " + endpoint_, kStartHint, true);
    if (!response->headers.has("X-Backlot-Time")) throw otherProgram(endpoint_);
    if (response->status >= 400 && response->status != expected) {
        const auto body = tryParseJson(response->body);
        if (!body) throw otherProgram(endpoint_);
        const Json* error = find(*body, "error");
        const std::string message = error ? error->IsObject()   ? textOr(*error, "message")
                                            : error->IsString() ? text(*error)
                                                                : response->body
                                          : response->body;
        const std::string code = error && error->IsObject() ? textOr(*error, "code", "Failed") : "Failed";
        if (response->status == 401)
            throw CommandError(kFailed, code, message,
                               "Give the token that it printed at its start: --token or BACKLOT_TOKEN.");
        throw CommandError(response->status >= 500    ? kFault
                           : code == "InvalidRequest" ? kUsage
                                                      : kFailed,
                           code, message);
    }
    return std::move(*response);
}

Client::Answer Client::send(Request request, std::chrono::milliseconds limit, int expected) const {
    const Response response = fetch(std::move(request), limit, expected);
    auto body = tryParseJson(response.body);
    if (!body) throw otherProgram(endpoint_);
    return {response.status, std::move(*body), std::string(response.headers.get("X-Backlot-Time"))};
}

Client::Portion Client::fetchPortion(const std::string& path, std::uint64_t first, std::uint64_t bytes) const {
    Response response =
        fetch({.method = "GET",
               .target = "/_backlot/" + path,
               .headers = {{"Range", "bytes=" + std::to_string(first) + "-" + std::to_string(first + bytes - 1)}}},
              kPatience, 206);
    const std::string range(response.headers.get("Content-Range"));
    const auto slash = range.rfind('/');
    if (response.status != 206 || slash == range.npos || response.body.empty()) throw otherProgram(endpoint_);
    return {std::move(response.body), std::strtoull(range.c_str() + slash + 1, nullptr, 10)};
}

void Client::sendPortion(const std::string& path, std::uint64_t first, std::uint64_t total, std::string bytes) const {
    const std::string range =
        "bytes " + std::to_string(first) + "-" + std::to_string(first + bytes.size() - 1) + "/" + std::to_string(total);
    send({.method = "PUT",
          .target = "/_backlot/" + path,
          .headers = {{"Content-Type", "application/octet-stream"}, {"Content-Range", range}},
          .body = std::move(bytes)},
         kPatience, 200);
}

Client::Answer Client::get(const std::string& path) const {
    return send({.method = "GET", .target = "/_backlot/" + path}, kPatience, 200);
}

Client::Answer Client::post(const std::string& path, const Json& body, std::chrono::milliseconds limit,
                            int expected) const {
    return send({.method = "POST", .target = "/_backlot/" + path, .body = writeJson(body)}, limit, expected);
}

Client::Answer Client::remove(const std::string& path) const {
    return send({.method = "DELETE", .target = "/_backlot/" + path}, kPatience, 200);
}

Json Client::call(std::string_view service, std::string_view operation, const Json& request) const {
    return post("call/" + std::string(service) + "/" + std::string(operation), request).body;
}

std::vector<std::string> Client::apis() const {
    std::vector<std::string> urls;
    const Json apis = call("apigateway", "GetRestApis", object());
    for (const auto& api : find(apis, "items")->GetArray()) {
        const std::string id = textOr(api, "id");
        const Json stages = call("apigateway", "GetStages", object({{"restApiId", id}}));
        for (const auto& stage : find(stages, "item")->GetArray())
            urls.push_back(endpoint_ + "/_aws/execute-api/" + id + "/" + textOr(stage, "stageName"));
    }
    return urls;
}

}  // namespace backlot::cli
