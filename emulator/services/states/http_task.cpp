#include "emulator/services/states/http_task.h"

#include "emulator/base/base64.h"
#include "emulator/world/outlet.h"

namespace backlot::states {
namespace {

using namespace std::chrono_literals;

constexpr auto kLimit = 60s;  // AWS's, for the whole request

const char* reasonOf(int status) {
    static const std::map<int, const char*> reasons = {{200, "OK"},
                                                       {201, "Created"},
                                                       {202, "Accepted"},
                                                       {204, "No Content"},
                                                       {301, "Moved Permanently"},
                                                       {302, "Found"},
                                                       {304, "Not Modified"},
                                                       {400, "Bad Request"},
                                                       {401, "Unauthorized"},
                                                       {403, "Forbidden"},
                                                       {404, "Not Found"},
                                                       {405, "Method Not Allowed"},
                                                       {409, "Conflict"},
                                                       {410, "Gone"},
                                                       {415, "Unsupported Media Type"},
                                                       {422, "Unprocessable Entity"},
                                                       {429, "Too Many Requests"},
                                                       {500, "Internal Server Error"},
                                                       {502, "Bad Gateway"},
                                                       {503, "Service Unavailable"},
                                                       {504, "Gateway Timeout"}};
    const auto found = reasons.find(status);
    return found == reasons.end() ? "" : found->second;
}

std::string shown(const Json& value) { return value.IsString() ? text(value) : writeJson(value); }

/// "a=1&a=2&b=x" of {"a": [1, 2], "b": "x"}.
std::string queryOf(const Json* parameters) {
    std::string query;
    if (!parameters || !parameters->IsObject()) return query;
    const auto add = [&](std::string_view name, const Json& value) {
        query += (query.empty() ? "" : "&") + percentEncode(name) + "=" + percentEncode(shown(value));
    };
    for (const auto& member : parameters->GetObject()) {
        if (member.value.IsArray())
            for (const auto& value : member.value.GetArray()) add(view(member.name), value);
        else
            add(view(member.name), member.value);
    }
    return query;
}

template <typename Add>
void eachHeader(const Json* headers, const Add& add) {
    if (!headers || !headers->IsObject()) return;
    for (const auto& member : headers->GetObject()) {
        if (member.value.IsArray())
            for (const auto& value : member.value.GetArray()) add(text(member.name), shown(value));
        else
            add(text(member.name), shown(member.value));
    }
}

/// "https://host:443/path" → scheme, host and path.
struct Url {
    std::string host, path;
};
Url urlOf(const std::string& endpoint) {
    const auto scheme = endpoint.find("://");
    const std::string rest = scheme == std::string::npos ? endpoint : endpoint.substr(scheme + 3);
    const auto slash = rest.find('/');
    return {rest.substr(0, slash), slash == std::string::npos ? std::string() : rest.substr(slash)};
}

bool isHere(const std::string& host) {
    const std::string name = host.substr(0, host.find(':'));
    return name == "localhost" || name == "127.0.0.1" || name.ends_with(".localhost");
}

/// Members in AWS's order; a body that is JSON is shown as JSON.
Json shownAnswer(int status, Json headers, const std::string& body) {
    auto parsed = tryParseJson(body);
    return object({{"Headers", std::move(headers)},
                   {"ResponseBody", parsed ? std::move(*parsed) : str(body)},
                   {"StatusCode", status},
                   {"StatusText", reasonOf(status)}});
}

asl::Event answerOf(asl::AttemptId attempt, const Json& output, const char* errorPrefix) {
    const int status = static_cast<int>(intOr(output, "statusCode", 500));
    const std::string body = base64Decode(textOr(output, "body")).value_or("");
    if (status >= 400) return asl::TaskFailed{attempt, errorPrefix + std::to_string(status), body};
    Json headers = object();
    if (const Json* pairs = find(output, "headers"))
        for (const auto& pair : pairs->GetArray()) {
            Json* present = find(headers, view(pair[0]));
            if (present)
                push(*present, copy(pair[1]));
            else
                set(headers, view(pair[0]), list({copy(pair[1])}));
        }
    return asl::TaskSucceeded{attempt, asl::Payload(shownAnswer(status, std::move(headers), body))};
}

/// What a connection adds: parameters that are no secrets.
void addConnection(Call& call, const Json& parameters, Json& headers, Json& query) {
    const Json* arn = at(parameters, {"Authentication", "ConnectionArn"});
    if (!arn || !arn->IsString() || !call.serves("events", "DescribeConnection")) return;
    const std::string resource = text(*arn);
    const auto from = resource.find(":connection/");
    if (from == std::string::npos) return;
    const std::string rest = resource.substr(from + 12);
    const Json connection =
        call.invoke("events", "DescribeConnection", object({{"Name", rest.substr(0, rest.find('/'))}}));
    const auto take = [&](const char* member, Json& into) {
        const Json* found = at(connection, {"AuthParameters", "InvocationHttpParameters", member});
        if (!found || !found->IsArray()) return;
        for (const auto& parameter : found->GetArray())
            if (!boolOr(parameter, "IsValueSecret", false))
                set(into, textOr(parameter, "Key"), textOr(parameter, "Value"));
    };
    take("HeaderParameters", headers);
    take("QueryStringParameters", query);
}

}  // namespace

Json apiGatewayRequest(const Json& parameters) {
    const auto [host, base] = urlOf(textOr(parameters, "ApiEndpoint"));
    Json headers = list();
    bool hasType = false;
    eachHeader(find(parameters, "Headers"), [&](const std::string& name, const std::string& value) {
        hasType = hasType || equalIgnoringCase(name, "content-type");
        push(headers, list({name, value}));
    });
    const Json* body = find(parameters, "RequestBody");
    if (body && !hasType) push(headers, list({"Content-Type", "application/json"}));
    std::string path = textOr(parameters, "Path");
    if (!path.starts_with('/')) path = "/" + path;
    Json request = object({{"method", textOr(parameters, "Method", "GET")},
                           {"path", path},
                           {"query", queryOf(find(parameters, "QueryParameters"))},
                           {"headers", std::move(headers)},
                           {"body", body && !body->IsNull() ? base64Encode(writeJson(*body)) : std::string()},
                           {"host", host},
                           {"sourceIp", "127.0.0.1"}});
    // "abc123.execute-api.us-east-1.amazonaws.com", or the path style of local endpoints: "host/restapis/abc123".
    std::string api = host.substr(0, host.find('.'));
    if (const auto rest = base.find("/restapis/"); rest != std::string::npos) {
        api = base.substr(rest + 10);
        api = api.substr(0, api.find('/'));
    }
    set(request, "apiId", api);
    set(request, "stage", optionalText(parameters, "Stage"));
    return request;
}

asl::Event apiGatewayAnswer(asl::AttemptId attempt, const Json& output) {
    return answerOf(attempt, output, "ApiGateway.");
}
asl::Event httpAnswer(asl::AttemptId attempt, const Json& output) {
    return answerOf(attempt, output, "States.Http.StatusCode.");
}

Reply HttpTasks::invoke(Call& call, const Fields& request) {
    const Json& parameters = request.json();
    const std::string endpoint = request.valueOr("ApiEndpoint", "");
    const auto [host, path] = urlOf(endpoint);
    if (!outside_ || !isHere(host))
        throw AwsError("States.Http.Socket",
                       "The HTTP task cannot reach " + host + ": Backlot reaches hosts of this machine only.");
    Json headers = object(), query = object();
    addConnection(call, parameters, headers, query);
    const auto take = [&](const char* member, Json& into) {
        if (const Json* given = find(parameters, member); given && given->IsObject())
            for (const auto& entry : given->GetObject()) set(into, view(entry.name), copy(entry.value));
    };
    take("Headers", headers);
    take("QueryParameters", query);
    const std::string queryText = queryOf(&query);
    Request outgoing{.method = textOr(parameters, "Method", "GET"),
                     .target = (path.empty() ? "/" : path) + (queryText.empty() ? "" : "?" + queryText),
                     .headers = {},
                     .body = {}};
    outgoing.headers.add("Host", host);
    outgoing.headers.add("User-Agent", "Amazon|StepFunctions|HttpInvoke|" + call.region);
    eachHeader(&headers, [&](const std::string& name, const std::string& value) { outgoing.headers.add(name, value); });
    if (const Json* body = find(parameters, "RequestBody"); body && !body->IsNull()) {
        const Json* encoding = at(parameters, {"Transform", "RequestBodyEncoding"});
        const bool form = encoding && encoding->IsString() && view(*encoding) == "URL_ENCODED";
        outgoing.body = form ? queryOf(body) : shown(*body);
        if (!outgoing.headers.has("Content-Type"))
            outgoing.headers.add("Content-Type", form ? "application/x-www-form-urlencoded" : "application/json");
    }
    const std::string id = call.uuid("http"), topic = "states:http:" + id;
    call.about(endpoint);
    call.afterCommit([this, outlet = call.outlet(), url = "http://" + host + outgoing.target, outgoing, id,
                      account = call.account, region = call.region] {
        outside_->fetch(url, outgoing, kLimit, [outlet, id, account, region](std::optional<Response> response) {
            Json answer = object({{"id", id}});
            if (response) {
                set(answer, "statusCode", response->status);
                set(answer, "headers", array(response->headers, [](const Header& header) {
                        return list({header.name, header.value});
                    }));
                set(answer, "body", base64Encode(response->body));
            }
            outlet.submit({.service = "states",
                           .operation = "HttpAnswered",
                           .request = std::move(answer),
                           .account = account,
                           .region = region});
        });
    });
    const auto ask = [this, id, host = host](Call& later, bool) -> std::optional<Json> {
        const auto found = answers_.find(id);
        if (found == answers_.end()) return std::nullopt;
        Json answer = copy(found->second);
        later.afterCommit([this, id] { answers_.erase(id); });
        if (!find(answer, "statusCode")) throw AwsError("States.Http.Socket", "Nobody answered at " + host + ".");
        return answer;
    };
    return Wait{.topic = topic, .ask = ask, .busy = "HTTP task to " + host};
}

Json HttpTasks::answered(Call& call, const Fields& request) {
    const std::string id = request.text("id");
    answers_[id] = copy(request.json());
    call.signal("states:http:" + id);
    return object();
}

}  // namespace backlot::states
