#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "emulator/base/url.h"
#include "functions/sdk/http.h"

namespace backlot::sdk {

struct HttpRequest {
    std::string method, url;  // "http://127.0.0.1:12111/v1/refunds", https too
    Headers headers;
    std::string body;
    bool once = false;  // must not reach the peer twice: sent on a connection of its own, and never again
};

/// How a request reaches its peer: HttpClient's send(), or what a test puts in its place.
using Transport = std::function<HttpResponse(const HttpRequest&, Deadline)>;

using backlot::Url;
/// Throws LambdaError("ConfigurationError") on anything but http and https.
Url parseUrl(const std::string& url);

/// Requests over kept-alive connections, one to each origin: a handler does one thing at a time.
/// A kept connection that the peer has closed meanwhile is opened anew, once; any other failure is a ConnectionError.
/// (A peer that dies after it has acted, and before it has answered, looks the same: hence HttpRequest::once.)
class HttpClient {
public:
    HttpResponse send(const HttpRequest& request, Deadline deadline);

private:
    std::map<std::string, std::unique_ptr<Stream>> kept_;  // by scheme, host and port
};

/// TLS over a new TCP connection, the peer's certificate and name checked against the system's roots (SSL_CERT_FILE).
/// OpenSSL lies in a library of its own, libbacklot-tls.so beside this one: a function that calls nothing by https
/// starts without it.
std::unique_ptr<Stream> openTls(const std::string& host, const std::string& port, Deadline deadline);

}  // namespace backlot::sdk
