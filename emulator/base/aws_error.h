#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "emulator/base/json.h"

namespace backlot {

/// An error as AWS states it. Thrown by an operation, caught once (by the dispatcher), written
/// to the client in its protocol's own form. `code` is AWS's, letter for letter.
/// `extra` holds further members of the error's body (an Item, CancellationReasons, a Type).
class AwsError : public std::exception {
public:
    AwsError(std::string code, std::string message, int httpStatus = 400)
        : code_(std::move(code)), message_(std::move(message)), httpStatus_(httpStatus) {}
    AwsError(std::string code, std::string message, int httpStatus, Json extra)
        : AwsError(std::move(code), std::move(message), httpStatus) {
        extra_ = std::make_shared<const Json>(std::move(extra));
    }
    const std::string& code() const { return code_; }
    const std::string& message() const { return message_; }
    int httpStatus() const { return httpStatus_; }
    /// Null where the error has no further members.
    const Json* extra() const { return extra_.get(); }
    const char* what() const noexcept override { return message_.c_str(); }

private:
    std::string code_, message_;
    int httpStatus_;
    std::shared_ptr<const Json> extra_;  // shared: an exception must be copyable
};

}  // namespace backlot
