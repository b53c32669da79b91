#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "emulator/base/json.h"

namespace backlot::sns {

/// How long to wait before the retry numbered `retry` (from 0) to a queue or function; nothing when SNS gives up:
/// 3 at once, 2 after 1 s, 10 backing off from 1 s to 20 s, 100,000 every 20 s.
/// Source: Amazon SNS Developer Guide, "Message delivery retries".
std::optional<std::chrono::milliseconds> managedRetryDelay(std::int64_t retry);

/// The same for an HTTP(S) endpoint under a healthyRetryPolicy ({numRetries, minDelayTarget, …}, seconds).
std::optional<std::chrono::milliseconds> httpRetryDelay(const Json& healthyRetryPolicy, std::int64_t retry);

}  // namespace backlot::sns
