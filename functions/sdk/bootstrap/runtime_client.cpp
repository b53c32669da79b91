#include "functions/sdk/bootstrap/runtime_client.h"

#include "functions/sdk/errors.h"

namespace backlot::sdk {
namespace {

constexpr const char* kPrefix = "/2018-06-01/runtime";

Headers errorHeaders(std::string_view errorType) {
    return {{"Content-Type", "application/vnd.aws.lambda.error+json"},
            {"Lambda-Runtime-Function-Error-Type", std::string(errorType)}};
}

}  // namespace

RuntimeClient::RuntimeClient(const std::string& api) {
    const auto colon = api.rfind(':');
    host_ = api.substr(0, colon);
    port_ = colon == std::string::npos ? "80" : api.substr(colon + 1);
}

HttpResponse RuntimeClient::exchange(std::string_view method, const std::string& path, const Headers& headers,
                                     std::string_view body) {
    const auto text = requestText(method, kPrefix + path, host_ + ":" + port_, headers, body);
    for (bool fresh = !stream_;; fresh = true) {
        if (fresh) stream_ = std::make_unique<TcpStream>(host_, port_, kNoDeadline);
        try {
            stream_->write(text, kNoDeadline);
            auto response = readResponse(*stream_, kNoDeadline);
            if (!response.keepAlive) stream_.reset();
            return response;
        } catch (const StaleConnection&) {
            if (fresh) throw ConnectionError("the runtime API closed the connection");
        }
    }
}

HttpResponse RuntimeClient::next() { return exchange("GET", "/invocation/next", {}, {}); }

void RuntimeClient::respond(std::string_view requestId, std::string_view payload) {
    exchange("POST", "/invocation/" + std::string(requestId) + "/response", {{"Content-Type", "application/json"}},
             payload);
}

void RuntimeClient::fail(std::string_view requestId, std::string_view errorType, std::string_view payload) {
    exchange("POST", "/invocation/" + std::string(requestId) + "/error", errorHeaders(errorType), payload);
}

void RuntimeClient::failInit(std::string_view errorType, std::string_view payload) {
    exchange("POST", "/init/error", errorHeaders(errorType), payload);
}

}  // namespace backlot::sdk
