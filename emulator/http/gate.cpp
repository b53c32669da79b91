#include "emulator/http/gate.h"

#include <algorithm>

#include "emulator/base/text.h"

namespace backlot::http {
namespace {

/// "name:port" without its port, lower-cased; nothing where it is no plain host.
std::optional<std::string> hostName(std::string_view text) {
    std::string name = lowered(text);
    if (name.starts_with('[')) {
        const auto end = name.find(']');
        if (end == std::string::npos || (end + 1 < name.size() && name[end + 1] != ':')) return std::nullopt;
        return name.substr(0, end + 1);
    }
    const auto colon = name.find(':');
    const std::string port = colon == std::string::npos ? "" : name.substr(colon + 1);
    if (!std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
    name.resize(std::min(colon, name.size()));
    if (name.empty() || name.find_first_of("@/\\ ?#%") != std::string::npos) return std::nullopt;
    return name;
}

bool isOwnHost(std::string_view field, const GateOptions& options) {
    auto name = hostName(field);
    if (!name) return false;
    if (name->starts_with("sync-"))
        name->erase(0, 5);  // SDKs put it before the host for StartSyncExecution and TestState
    if (*name == "127.0.0.1" || *name == "[::1]" || *name == "localhost" || name->ends_with(".localhost")) return true;
    const auto isIt = [&](const std::string& host) { return equalIgnoringCase(host, *name); };
    return std::any_of(options.hosts.begin(), options.hosts.end(), isIt);
}

/// The origin of the page that made a request; empty where the request names none.
std::string_view pageOf(const Request& request) {
    if (request.headers.has("Origin")) {
        const auto origin = request.headers.get("Origin");
        return origin.empty() ? "null" : origin;
    }
    const auto referer = request.headers.get("Referer");
    const auto scheme = referer.find("://");
    return scheme == std::string_view::npos ? referer : referer.substr(0, referer.find_first_of("/?#", scheme + 3));
}

bool isOwnPage(std::string_view page, const Request& request) {
    const std::string host(request.headers.get("Host"));
    return page == "http://" + host || page == "https://" + host;
}

bool isAllowed(std::string_view page, const GateOptions& options) {
    return std::find(options.origins.begin(), options.origins.end(), page) != options.origins.end();
}

/// True where a browser says that it asks for a page that is neither ours nor allowed: by Origin, by Referer, or by
/// Sec-Fetch-Site other than "same-origin" and "none" (a person typed it). A page can set none of the three.
/// Source: W3C, "Fetch Metadata Request Headers"; WHATWG, "Fetch", forbidden request-headers.
bool isFromForeignPage(const Request& request, const GateOptions& options) {
    if (const auto page = pageOf(request); !page.empty()) {
        if (isAllowed(page, options)) return false;
        if (!isOwnPage(page, request)) return true;
    }
    const auto site = request.headers.get("Sec-Fetch-Site");
    return !site.empty() && site != "same-origin" && site != "none";
}

Response refused(int status, std::string_view why) {
    return {.status = status,
            .headers = {{"Content-Type", "text/plain"}, {"X-Content-Type-Options", "nosniff"}},
            .body = std::string(why) + "\n"};
}

}  // namespace

bool isApiRoute(const Request& request) {
    const auto path = request.path();
    if (path.starts_with("/_aws/execute-api/")) return true;
    if (path.starts_with("/restapis/") && path.find("/_user_request_") != std::string_view::npos) return true;
    const auto given = request.headers.get("Host");
    if (given.find_first_of("xX") == std::string_view::npos)
        return false;  // of nearly every request: no "execute" in there
    const auto host = hostName(given);
    return host && host->find(".execute-api.") != std::string::npos;
}

std::optional<std::string> allowedOrigin(const Request& request, const GateOptions& options) {
    const auto origin = request.headers.get("Origin");
    if (!isAllowed(origin, options)) return std::nullopt;
    return std::string(origin);
}

std::optional<Response> refusal(const Request& request, const GateOptions& options) {
    const bool forProxy = request.method == "CONNECT" || request.target.find("://") < request.target.find('/');
    if (options.onLeak && forProxy) {  // libbacklot-guard.so asks in this way too, and says for whom
        const std::string by(request.headers.get("X-Backlot-Guard"));
        options.onLeak({.to = request.target, .by = by.empty() ? "by the proxy" : by});
        Response response = refused(403, "Offline: " + request.target + " is not on this machine.");
        response.close = true;
        return response;
    }
    if (request.headers.count("Host") != 1) {
        Response response = refused(400, "Exactly one Host header is needed.");
        response.close = true;
        return response;
    }
    if (!request.target.starts_with('/') && !(request.method == "OPTIONS" && request.target == "*"))
        return refused(400, "Only the origin form of a request target is served.");
    if (!isOwnHost(request.headers.get("Host"), options))
        return refused(403, "Backlot serves this machine only: the Host header names another.");
    if (options.apiOnly || isApiRoute(request)) return std::nullopt;
    if (!isFromForeignPage(request, options)) return std::nullopt;
    if (options.openToPages && options.openToPages(request)) return std::nullopt;
    return refused(403, "Requests of foreign web pages are refused. Allow an origin with --allow-origin.");
}

}  // namespace backlot::http
