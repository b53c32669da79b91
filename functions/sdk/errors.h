#pragma once
// What a handler throws. A state machine's Retry and Catch see `type`; an API's caller sees `status` and the message.

#include <stdexcept>
#include <string>
#include <utility>

namespace backlot::sdk {

/// Ends the invocation as a function error: {"errorMessage": what(), "errorType": type(), "stackTrace": []}.
class LambdaError : public std::runtime_error {
public:
    LambdaError(std::string type, const std::string& message) : std::runtime_error(message), type_(std::move(type)) {}
    const std::string& type() const { return type_; }

private:
    std::string type_;
};

/// Ends an API Gateway request with an HTTP status and {"message": what()}. It is an answer, not a function error.
class HttpError : public std::runtime_error {
public:
    HttpError(int status, const std::string& message) : std::runtime_error(message), status_(status) {}
    int status() const { return status_; }

private:
    int status_;
};

/// No answer came: refused, reset, or past the deadline. The peer may or may not have done what was asked.
class ConnectionError : public LambdaError {
public:
    explicit ConnectionError(const std::string& message) : LambdaError("ConnectionError", message) {}
};

/// The deadline passed while the peer was waited for.
class TimeoutError : public ConnectionError {
public:
    using ConnectionError::ConnectionError;
};

}  // namespace backlot::sdk
