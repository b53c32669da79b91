#include "functions/sdk/http.h"

#include <charconv>

#include "functions/sdk/errors.h"

namespace backlot::sdk {
namespace {

constexpr std::size_t kHeadLimitBytes = 64 * 1024;
constexpr std::size_t kBodyLimitBytes = 64 * 1024 * 1024;

std::size_t number(std::string_view text, int base) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || end == text.data()) throw ConnectionError("bad length in an HTTP answer");
    if (value > kBodyLimitBytes) throw ConnectionError("an HTTP answer is larger than 64 MiB");
    return value;
}

/// What has come from the peer and was not used yet.
class Buffer {
public:
    Buffer(Stream& stream, Deadline deadline) : stream_(stream), deadline_(deadline) {}
    /// False where the peer has closed.
    bool more() {
        char chunk[16384];
        const auto count = stream_.read(chunk, sizeof chunk, deadline_);
        text_.append(chunk, count);
        return count != 0;
    }
    bool empty() const { return text_.empty(); }
    std::string line() {
        std::size_t end;
        while ((end = text_.find("\r\n", at_)) == std::string::npos) {
            if (text_.size() - at_ > kHeadLimitBytes)
                throw ConnectionError("an HTTP answer's head is larger than 64 KiB");
            if (!more()) throw ConnectionError("the connection closed in the middle of an answer");
        }
        const auto line = text_.substr(at_, end - at_);
        at_ = end + 2;
        return line;
    }
    std::string take(std::size_t count) {
        while (text_.size() - at_ < count)
            if (!more()) throw ConnectionError("the connection closed in the middle of an answer");
        const auto taken = text_.substr(at_, count);
        at_ += count;
        return taken;
    }
    std::string rest() {
        while (more())
            if (text_.size() > kBodyLimitBytes) throw ConnectionError("an HTTP answer is larger than 64 MiB");
        return text_.substr(at_);
    }

private:
    Stream& stream_;
    Deadline deadline_;
    std::string text_;
    std::size_t at_ = 0;
};

void readHead(Buffer& buffer, HttpResponse& response) {
    const auto status = buffer.line();
    if (!status.starts_with("HTTP/1.") || status.size() < 12) throw ConnectionError("the answer is not HTTP");
    response.status = static_cast<int>(number(std::string_view(status).substr(9, 3), 10));
    response.keepAlive = status.starts_with("HTTP/1.1");
    for (auto line = buffer.line(); !line.empty(); line = buffer.line()) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) throw ConnectionError("a header line without a colon");
        const auto from = line.find_first_not_of(" \t", colon + 1);
        const auto to = line.find_last_not_of(" \t");
        response.headers.add(line.substr(0, colon), from == std::string::npos ? "" : line.substr(from, to - from + 1));
    }
}

std::string readChunks(Buffer& buffer) {
    std::string body;
    while (const auto size = number(buffer.line(), 16)) {
        body += buffer.take(size);
        if (body.size() > kBodyLimitBytes) throw ConnectionError("an HTTP answer is larger than 64 MiB");
        buffer.line();
    }
    while (!buffer.line().empty()) {
    }  // trailers
    return body;
}

}  // namespace

std::string requestText(std::string_view method, std::string_view target, std::string_view host, const Headers& headers,
                        std::string_view body) {
    std::string text;
    text.reserve(512 + body.size());
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
    for (const auto& [name, value] : headers) text.append(name).append(": ").append(value).append("\r\n");
    if (!body.empty() || method != "GET")
        text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    return text.append("\r\n").append(body);
}

HttpResponse readResponse(Stream& stream, Deadline deadline) {
    Buffer buffer(stream, deadline);
    try {
        if (!buffer.more()) throw StaleConnection{};
    } catch (const TimeoutError&) {
        throw;
    } catch (const ConnectionError&) {
        throw StaleConnection{};  // reset before the first byte
    }
    HttpResponse response;
    do {
        response = {};
        readHead(buffer, response);
    } while (response.status < 200);
    if (sameIgnoringCase(response.headers.get("connection"), "close")) response.keepAlive = false;
    const auto length = response.headers.get("content-length");
    if (sameIgnoringCase(response.headers.get("transfer-encoding"), "chunked")) {
        response.body = readChunks(buffer);
    } else if (!length.empty()) {
        response.body = buffer.take(number(length, 10));
    } else if (response.status != 204 && response.status != 304) {
        response.body = buffer.rest();
        response.keepAlive = false;
    }
    return response;
}

}  // namespace backlot::sdk
