#pragma once
// A trace as people read it: from the record's entries to a tree of hops, and its drawing.

#include <string>
#include <vector>

#include "emulator/cli/report.h"

namespace backlot::cli {

/// Something that happened because of the hop above it.
struct Hop {
    std::string service, what;  // "dynamodb", "PutItem Orders"; a state of an execution has no service
    std::string note, error;    // "OrderCreated → 1 of 5 rules"; an AWS error code
    Duration at{}, took{};  // after the trace's begin, of the world's clock; took is of the machine's where the world's
                            // stood still
    std::uint64_t sequence = 0;  // of its entry
    std::vector<Hop> hops;
};

/// `events` as GET /_backlot/traces/ID gives them. Backlot's own plumbing (answers, polls, turns) is left out and what
/// it led to moves up, unless `everything` is wanted.
std::vector<Hop> hopsOf(const Json& events, bool everything = false);

/// One line a hop, with columns for when and how long.
std::vector<std::string> drawHops(const std::vector<Hop>& hops, const Style& style);

Json describe(const Hop& hop);

}  // namespace backlot::cli
