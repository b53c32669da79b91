#pragma once
// A request to an API and the answer to it, as the data plane passes them on.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/http_message.h"
#include "emulator/base/json.h"
#include "emulator/world/call.h"

namespace backlot::apigateway {

struct ApiRequest {
    std::string method;
    std::string path;      // after the stage, still percent-encoded, with one leading '/'
    std::string fullPath;  // "/stage/path" as the client sent it
    std::string query;     // raw
    Headers headers;       // without those of the connection (Connection, Transfer-Encoding, …)
    std::string body;
    std::string host, sourceIp;

    std::string requestId, extendedRequestId, trace;  // trace: "1-…", without "Root="
};

struct ApiResponse {
    int status = 200;
    Headers headers;
    std::string body;
};

/// Reads HandleRequest's members; the path is the whole of it.
ApiRequest readRequest(Call& call, const Fields& request);
/// HandleRequest's answer.
Json writeResponse(const ApiResponse& response);
/// Text as it can stand in JSON: bytes that are no UTF-8 become U+FFFD.
std::string validUtf8(std::string_view bytes);
/// "image/png" against "image/png", "image/*", "*/*"; parameters after ';' do not count.
bool mediaTypeMatches(std::string_view type, const std::vector<std::string>& patterns);
/// "09/Apr/2015:12:34:56 +0000"
std::string requestTime(Time time);

}  // namespace backlot::apigateway
