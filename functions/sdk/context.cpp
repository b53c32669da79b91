#include "functions/sdk/context.h"

#include <sys/random.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace backlot::sdk {
namespace {

Time wallTime() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

Deadline deadlineOf(std::int64_t deadlineMs) {
    if (deadlineMs <= 0) return kNoDeadline;
    return std::chrono::steady_clock::now() + (Time(std::chrono::milliseconds(deadlineMs)) - wallTime());
}

/// SplitMix64's output function: neighbouring inputs give unrelated outputs.
std::uint64_t scramble(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

Signer& signerOf(WarmState& warm) {
    if (!warm.signer) {
        const auto setting = [&](const char* name) { return warm.environment(name).value_or(""); };
        const auto region =
            warm.environment("AWS_REGION").value_or(warm.environment("AWS_DEFAULT_REGION").value_or("us-east-1"));
        warm.signer = std::make_unique<Signer>(
            Credentials{setting("AWS_ACCESS_KEY_ID"), setting("AWS_SECRET_ACCESS_KEY"), setting("AWS_SESSION_TOKEN")},
            region);
    }
    return *warm.signer;
}

}  // namespace

Environment processEnvironment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (!value) return std::nullopt;
        return value;
    };
}

Context::Context(const LambdaInvocation& invocation, WarmState& warm)
    : warm_(warm),
      requestId_(invocation.requestId),
      functionArn_(invocation.functionArn),
      traceId_(invocation.traceId),
      deadline_(deadlineOf(invocation.deadlineMs)),
      seed_(invocation.backlotSeed),
      aws_(warm.transport, signerOf(warm), warm.environment("AWS_ENDPOINT_URL").value_or(""),
           CallScope{.traceId = traceId_, .deadline = deadline_, .random = [this] { return random(); }}) {
    allotted_ = std::chrono::ceil<std::chrono::seconds>(remainingTime());
    if (invocation.backlotTimeMs >= 0) backlotTime_ = Time(std::chrono::milliseconds(invocation.backlotTimeMs));
}

std::chrono::milliseconds Context::remainingTime() const {
    if (deadline_ == kNoDeadline) return std::chrono::hours(24);
    return std::chrono::floor<std::chrono::milliseconds>(deadline_ - std::chrono::steady_clock::now());
}

Time Context::endsBy() const { return backlotTime_ ? *backlotTime_ + allotted_ : wallTime() + remainingTime(); }

Time Context::now() const { return backlotTime_.value_or(wallTime()); }

std::uint64_t Context::random() {
    if (backlotTime_) return scramble(seed_ + ++drawn_ * 0x9e3779b97f4a7c15);
    std::uint64_t value = 0;
    if (getrandom(&value, sizeof value, 0) != sizeof value) throw LambdaError("SystemError", "getrandom failed");
    return value;
}

std::string Context::randomBytes(std::size_t count) {
    std::string bytes;
    while (bytes.size() < count) {
        const auto word = random();
        bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
    bytes.resize(count);
    return bytes;
}

std::string Context::uuid() {
    auto bytes = randomBytes(16);
    bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
    auto text = hex(bytes);
    for (const std::size_t at : {20, 16, 12, 8}) text.insert(at, 1, '-');  // GCC 12 warns of the insertion of a text
    return text;
}

std::string Context::env(const std::string& name) const {
    auto value = warm_.environment(name);
    if (!value) throw LambdaError("ConfigurationError", "the environment variable " + name + " is not set");
    return *std::move(value);
}

std::string Context::env(const std::string& name, std::string otherwise) const {
    return warm_.environment(name).value_or(std::move(otherwise));
}

void Context::log(std::string_view message, Json details) const {
    auto line = object({{"time", iso8601(now())}, {"requestId", requestId_}, {"message", message}});
    for (auto& member : details.GetObject()) set(line, view(member.name), std::move(member.value));
    const auto text = writeJson(line) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);  // one write: lines of one process never mix
}

}  // namespace backlot::sdk
