#include "emulator/harness/control.h"

#include <algorithm>
#include <iterator>

#include "emulator/base/hash.h"
#include "emulator/harness/control_routes.h"

namespace backlot::harness {
namespace {

constexpr std::string_view kOwn = "/_backlot/";

std::vector<std::string> segmentsOf(std::string_view path) {
    std::vector<std::string> result;
    while (!path.empty()) {
        const auto slash = std::min(path.find('/'), path.size());
        if (slash) result.push_back(percentDecode(path.substr(0, slash)));
        path.remove_prefix(std::min(slash + 1, path.size()));
    }
    return result;
}

bool matches(const ControlRoute& route, std::string_view path) {
    return route.path.ends_with('/') ? path.starts_with(route.path) && path.size() > route.path.size()
                                     : path == route.path;
}

const ControlRoute* findRoute(const Request& request, bool& pathKnown) {
    auto path = request.path();
    if (path.ends_with('/') && path.size() > 1) path.remove_suffix(1);
    pathKnown = false;
    for (const auto* table :
         {&timeRoutes(), &stateRoutes(), &snapshotRoutes(), &recordRoutes(), &callRoutes(), &foreignRoutes()})
        for (const auto& route : *table)
            if (matches(route, path)) {
                pathKnown = true;
                if (route.method == request.method || (route.method == "GET" && request.method == "HEAD"))
                    return &route;
            }
    return nullptr;
}

/// A page can send a POST without preflight, but neither this content type nor this header.
bool mayChange(const Request& request) {
    return request.method == "GET" || request.method == "HEAD" || request.headers.has("X-Backlot") ||
           request.headers.get("Content-Type").starts_with("application/json");
}

/// What tells nothing but that somebody is there, and the links to code that GetFunction hands out to whoever calls it.
bool isForEverybody(const ControlRoute& route) {
    static constexpr std::string_view kOpen[] = {"/_backlot/health", "/_backlot/ready",     "/_backlot/functions/",
                                                 "/health",          "/_localstack/health", "/_localstack/info",
                                                 "/_localstack/init"};
    return std::find(std::begin(kOpen), std::end(kOpen), route.path) != std::end(kOpen);
}

}  // namespace

void ControlCall::answer(int status, const Json& json) const {
    respond({.status = status,
             .headers = {{"Content-Type", "application/json"},
                         {"X-Content-Type-Options", "nosniff"},
                         {"X-Backlot-Time", iso8601Millis(context.world.now())}},
             .body = writeJson(json)});
}

void ControlCall::fail(int status, std::string_view code, std::string_view message) const {
    answer(status, object({{"error", object({{"code", code}, {"message", message}})}}));
}

void ControlCall::attempt(const std::function<void()>& step) const {
    try {
        step();
    } catch (const AwsError& error) {
        fail(error);
    } catch (const StoreError& error) {
        fail(409, "StoreError", error.what());
    } catch (const std::exception& error) {
        fail(500, "InternalError", error.what());
    }
}

std::optional<std::string> ControlCall::query(std::string_view name) const {
    for (auto& [key, value] : parseQuery(request->query()))
        if (key == name) return value;
    return std::nullopt;
}

void ControlCall::ask(std::string service, std::string operation, Json input, std::function<Json(Json)> shape) const {
    context.world.submit({.service = std::move(service),
                          .operation = std::move(operation),
                          .request = std::move(input),
                          .account = textOr(context.info, "account", "000000000000"),
                          .region = textOr(context.info, "region", "us-east-1"),
                          .done =
                              [call = *this, shape = std::move(shape)](Outcome outcome) {
                                  if (const auto* error = std::get_if<AwsError>(&outcome)) return call.fail(*error);
                                  call.answer(200, shape(std::move(std::get<Json>(outcome))));
                              },
                          .fromClient = false});
}

Control::Control(ControlContext& context) : context_(context) {}

bool Control::handles(const Request& request) const {
    const auto path = request.path();
    bool pathKnown = false;
    return path.starts_with(kOwn) || context_.documents.contains(std::string(path)) || path == "/_backlot" ||
           (findRoute(request, pathKnown), pathKnown);
}

void Control::handle(Request given, Respond respond) {
    if (const auto document = context_.documents.find(std::string(given.path()));
        document != context_.documents.end() && given.method == "GET")
        return respond(
            {.status = 200, .headers = {{"Content-Type", "application/x-pem-file"}}, .body = document->second});
    const auto request = std::make_shared<const Request>(std::move(given));
    bool pathKnown = false;
    const ControlRoute* route = findRoute(*request, pathKnown);
    ControlCall call{context_, request, {}, std::make_shared<const Json>(object()), std::move(respond)};
    if (!route && pathKnown)
        return call.fail(405, "MethodNotAllowed",
                         request->method + " is not served at " + std::string(request->path()));
    if (!route) return call.fail(404, "NotFound", "The control API has no " + std::string(request->path()));
    if (!isForEverybody(*route) && context_.fromFunction && context_.fromFunction(request->peer))
        return call.fail(403, "Forbidden", "Functions may not call the control API; AWS has none.");
    const bool known =
        context_.token.empty() || equalInConstantTime(context_.token, request->headers.get("X-Backlot-Token"));
    if (!known && !isForEverybody(*route))
        return call.fail(401, "Unauthorized", "Send the token of this instance in the header X-Backlot-Token.");
    const bool own = route->path.starts_with(kOwn);
    if (own && !mayChange(*request))
        return call.fail(403, "Forbidden",
                         "Send the header 'X-Backlot: 1' or 'Content-Type: application/json': web pages cannot.");
    if (route->path.ends_with('/')) call.segments = segmentsOf(request->path().substr(route->path.size()));
    if (own && !route->readsBody && !request->body.empty() && request->method != "PUT") {  // which brings bytes
        auto body = tryParseJson(request->body);
        if (!body || (!body->IsObject() && route->path != "/_backlot/invoke/"))
            return call.fail(400, "InvalidRequest", "The body must be a JSON object.");
        call.body = std::make_shared<const Json>(std::move(*body));
    }
    call.attempt([&] { route->run(call); });
}

}  // namespace backlot::harness
