#pragma once
// What a handler is given besides its event: who it is, what time it is, chance, its settings and its way out.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "functions/sdk/abi.h"
#include "functions/sdk/aws_client.h"
#include "functions/sdk/dynamodb.h"
#include "functions/sdk/time.h"

namespace backlot::sdk {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;
/// The process's own environment.
Environment processEnvironment();

/// What stays from one invocation to the next of a warm instance: connections, and the day's signing key.
struct WarmState {
    Environment environment = processEnvironment();
    HttpClient client;
    Transport transport = [this](const HttpRequest& request, Deadline deadline) {
        return client.send(request, deadline);
    };
    std::unique_ptr<Signer> signer;  // made at first use, from the environment's credentials

    WarmState() = default;
    WarmState(const WarmState&) = delete;
    WarmState& operator=(const WarmState&) = delete;
};

class Context {
public:
    /// `warm` outlives the context.
    Context(const LambdaInvocation& invocation, WarmState& warm);
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    const std::string& requestId() const { return requestId_; }
    const std::string& functionArn() const { return functionArn_; }
    const std::string& traceId() const { return traceId_; }
    /// Until the function is stopped, on the wall clock; a very long time where nobody said.
    std::chrono::milliseconds remainingTime() const;
    Deadline deadline() const { return deadline_; }

    /// The world's time under Backlot, which a test may have stopped or moved; the wall clock on AWS.
    /// Stands still during an invocation there. The only clock a handler asks.
    Time now() const;
    /// When this invocation must have ended, by the clock of now(). In whole seconds from its beginning under Backlot,
    /// so that what is stored of it repeats; a day ahead where nobody said.
    Time endsBy() const;
    /// From the world's seed under Backlot, so that a run can be repeated byte for byte; the system's randomness on
    /// AWS.
    std::uint64_t random();
    std::string randomBytes(std::size_t count);
    /// A version 4 UUID made of random().
    std::string uuid();

    /// A setting. Throws LambdaError("ConfigurationError") where it is not set and there is no `otherwise`.
    std::string env(const std::string& name) const;
    std::string env(const std::string& name, std::string otherwise) const;

    AwsClient& aws() { return aws_; }
    /// The DynamoDB table whose name stands in the environment variable `variable`.
    Table table(const std::string& variable) { return {aws_, env(variable)}; }
    /// A request to anybody else, within the deadline. Throws ConnectionError.
    HttpResponse send(const HttpRequest& request) { return warm_.transport(request, deadline_); }
    /// One JSON line in the function's log, with the request's id and the world's time.
    void log(std::string_view message, Json details = object()) const;

private:
    WarmState& warm_;
    std::string requestId_, functionArn_, traceId_;
    Deadline deadline_;
    std::optional<Time> backlotTime_;
    std::chrono::seconds allotted_;  // from the beginning of the invocation to its deadline
    std::uint64_t seed_;
    std::uint64_t drawn_ = 0;
    AwsClient aws_;
};

}  // namespace backlot::sdk
