#pragma once
// Who may talk to a server on this machine: its users' programs, and no web page of somebody else.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/base/http_message.h"

namespace backlot::http {

/// A call that would have left this machine: what for, and who made it ("node, getaddrinfo").
struct Leak {
    std::string to, by;
};

struct GateOptions {
    /// Beside 127.0.0.1, [::1], localhost and *.localhost (any port).
    std::vector<std::string> hosts;
    /// Origins whose pages may call ("http://localhost:3000").
    std::vector<std::string> origins;
    /// Every path is a route of API Gateway's, whose own CORS settings count: the API port.
    bool apiOnly = false;
    /// What a page of any site may link to or show, beside API Gateway's routes. Empty: nothing.
    std::function<bool(const Request&)> openToPages;
    /// Set where a program is guarded (`exec --offline`) and we are its proxy: told of what it asks us to pass on,
    /// which is refused.
    std::function<void(Leak)> onLeak;
};

/// The answer to a request that must not come in: 400 for a missing or doubled Host, 403 for a foreign Host, and for
/// whatever a foreign page asks for but API Gateway's routes, which follow their own CORS settings, and `openToPages`.
std::optional<Response> refusal(const Request& request, const GateOptions& options);

/// True for /restapis/…/_user_request_/…, /_aws/execute-api/… and *.execute-api.localhost.
bool isApiRoute(const Request& request);

/// The Origin, where it is one of `options.origins`: then the answer grants it CORS.
std::optional<std::string> allowedOrigin(const Request& request, const GateOptions& options);

}  // namespace backlot::http
