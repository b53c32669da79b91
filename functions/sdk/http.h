#pragma once
// HTTP/1.1 as a client speaks it: one request, one answer, the connection kept.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "functions/sdk/stream.h"

namespace backlot::sdk {

/// In the order given; names compare without case.
class Headers {
public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string, std::string>> entries) : entries_(entries) {}
    /// The first value, or an empty text.
    std::string_view get(std::string_view name) const;
    void set(std::string_view name, std::string value);
    void add(std::string name, std::string value) { entries_.emplace_back(std::move(name), std::move(value)); }
    auto begin() const { return entries_.begin(); }
    auto end() const { return entries_.end(); }

private:
    std::vector<std::pair<std::string, std::string>> entries_;
};

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

std::string percentEncode(std::string_view text, bool keepSlash = false);
std::string percentDecode(std::string_view text);
bool sameIgnoringCase(std::string_view a, std::string_view b);

}  // namespace backlot::sdk
