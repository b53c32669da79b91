#include "emulator/services/sns/retry.h"

#include <algorithm>
#include <cmath>

namespace backlot::sns {
namespace {

using namespace std::chrono_literals;

/// `step` of `steps` on the way from `low` to `high`.
double backoff(const std::string& function, double low, double high, double step, double steps) {
    const double part = steps <= 0 ? 1 : step / steps;
    if (function == "arithmetic") return low + (high - low) * part * (part + 1) / 2;
    if (function == "geometric") return low * std::pow(std::max(high, 1.0) / std::max(low, 1.0), part * part);
    if (function == "exponential") return low * std::pow(std::max(high, 1.0) / std::max(low, 1.0), part);
    return low + (high - low) * part;
}

std::chrono::milliseconds seconds(double value) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(value * 1000));
}

}  // namespace

std::optional<std::chrono::milliseconds> managedRetryDelay(std::int64_t retry) {
    if (retry < 3) return 0ms;
    if (retry < 5) return 1s;
    if (retry < 15) return seconds(backoff("exponential", 1, 20, static_cast<double>(retry - 5), 9));
    if (retry < 100'015) return 20s;
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> httpRetryDelay(const Json& policy, std::int64_t retry) {
    const std::int64_t retries = std::clamp<std::int64_t>(intOr(policy, "numRetries", 3), 0, 100);
    const std::int64_t atOnce = intOr(policy, "numNoDelayRetries", 0), early = intOr(policy, "numMinDelayRetries", 0),
                       late = intOr(policy, "numMaxDelayRetries", 0);
    const auto low = static_cast<double>(intOr(policy, "minDelayTarget", 20)),
               high = static_cast<double>(intOr(policy, "maxDelayTarget", 20));
    if (retry >= retries) return std::nullopt;
    if (retry < atOnce) return 0ms;
    if (retry < atOnce + early) return seconds(low);
    if (retry >= retries - late) return seconds(high);
    const std::int64_t step = retry - atOnce - early, steps = retries - late - atOnce - early - 1;
    return seconds(backoff(textOr(policy, "backoffFunction", "linear"), low, high, static_cast<double>(step),
                           static_cast<double>(steps)));
}

}  // namespace backlot::sns
