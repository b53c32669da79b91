#pragma once
// How much is kept of what has happened. What a resource's own setting (a log group's retention, a queue's) takes away
// goes before.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/time.h"

namespace backlot {

struct Retention {
    std::size_t recordEntries = 50'000;                   // calls, deliveries, invocations, for traces and CloudTrail
    std::uint64_t logBytes = 32 * 1024 * 1024;            // events of all log groups together…
    Duration logAge = std::chrono::hours(24 * 14);        // …and no older than this
    std::size_t executions = 5'000;                       // ended ones, with their history…
    Duration executionAge = std::chrono::hours(24 * 90);  // …and no older: AWS's own limit
    std::size_t streamRecords = 20'000;                   // of each DynamoDB stream; after 24 hours they go in any case
};

/// Changes what a setting such as "logs=256MB" names: record, logs (bytes), logs-age, executions, executions-age,
/// streams. Throws std::invalid_argument with a message for people.
void change(Retention& retention, std::string_view setting);

}  // namespace backlot
