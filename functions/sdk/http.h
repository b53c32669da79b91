#pragma once
// HTTP/1.1 as a client speaks it: one request, one answer, the connection kept.

#include <string>
#include <string_view>

#include "emulator/base/http_message.h"
#include "functions/sdk/stream.h"

namespace backlot::sdk {

/// In the order given; names compare without case.
using backlot::Headers;
using backlot::percentDecode;
using backlot::percentEncode;
inline bool sameIgnoringCase(std::string_view a, std::string_view b) { return equalIgnoringCase(a, b); }

struct HttpResponse {
    int status = 0;
    Headers headers;
    std::string body;
    bool keepAlive = true;
};

/// The peer closed the kept connection before it sent a byte: the request can safely be sent again on a new one.
struct StaleConnection {};

/// A request as bytes. `target` is the path with its query; Host and Content-Length are added.
std::string requestText(std::string_view method, std::string_view target, std::string_view host, const Headers& headers,
                        std::string_view body);
/// Reads one answer: by Content-Length, chunked, or to the end of the connection; interim 1xx answers are skipped.
/// At most 64 KiB of head and 64 MiB of body. Throws ConnectionError on anything else, StaleConnection as said there.
HttpResponse readResponse(Stream& stream, Deadline deadline);

}  // namespace backlot::sdk
