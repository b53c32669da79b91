#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "functions/sdk/http.h"

namespace backlot::sdk {

/// The Lambda Runtime API, as a custom runtime calls it, over one kept connection.
/// Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes", version 2018-06-01.
class RuntimeClient {
public:
    /// `api` is AWS_LAMBDA_RUNTIME_API: "127.0.0.1:9001".
    explicit RuntimeClient(const std::string& api);

    /// Waits, without limit, for the next event. Throws ConnectionError where the API has gone.
    HttpResponse next();
    void respond(std::string_view requestId, std::string_view payload);
    void fail(std::string_view requestId, std::string_view errorType, std::string_view payload);
    void failInit(std::string_view errorType, std::string_view payload);

private:
    HttpResponse exchange(std::string_view method, const std::string& path, const Headers& headers,
                          std::string_view body);
    std::string host_, port_;
    std::unique_ptr<Stream> stream_;
};

}  // namespace backlot::sdk
