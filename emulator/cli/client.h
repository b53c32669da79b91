#pragma once
// A running instance, as a command talks to it: HTTP on its port, nothing else.

#include <chrono>
#include <string>
#include <string_view>

#include "emulator/base/http_message.h"
#include "emulator/cli/report.h"

namespace backlot::cli {

/// --endpoint, else $BACKLOT_ENDPOINT, else $AWS_ENDPOINT_URL, else the default port. Throws CommandError where it is
/// no http:// address.
std::string endpointOf(const Common& common);

class Client {
public:
    explicit Client(const Common& common) : endpoint_(endpointOf(common)), token_(common.token) {}
    const std::string& endpoint() const { return endpoint_; }

    /// The control API: "/_backlot/" is put before `path`. Throws CommandError where nobody answers, where it is not
    /// Backlot that does, or for an answer of 400 and more, unless it is one of `expected`.
    struct Answer {
        int status = 200;
        Json body;
        std::string time;  // of the world
    };
    Answer get(const std::string& path) const;
    Answer post(const std::string& path, const Json& body, std::chrono::milliseconds limit = kPatience,
                int expected = 200) const;
    Answer remove(const std::string& path) const;
    /// A portion of a file that the control API hands out: its bytes, and how many there are in all.
    struct Portion {
        std::string bytes;
        std::uint64_t total = 0;
    };
    Portion fetchPortion(const std::string& path, std::uint64_t first, std::uint64_t bytes) const;
    /// Sends a portion of a file of `total` bytes.
    void sendPortion(const std::string& path, std::uint64_t first, std::uint64_t total, std::string bytes) const;
    /// An AWS operation, its request and answer as JSON with the API model's member names.
    Json call(std::string_view service, std::string_view operation, const Json& request) const;

    /// Addresses of the REST APIs' stages, as they are now: API_URL is the first.
    std::vector<std::string> apis() const;

    static constexpr std::chrono::milliseconds kPatience{20 * 60 * 1000};  // a function may take 15 minutes

private:
    Response fetch(Request request, std::chrono::milliseconds limit, int expected) const;
    Answer send(Request request, std::chrono::milliseconds limit, int expected) const;
    std::string endpoint_, token_;
};

}  // namespace backlot::cli
