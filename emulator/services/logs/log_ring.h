#pragma once
// All that was written to the logs, in the order it came, so that what is too much or too old can go: an entry for each
// batch of events. What the world's setting takes away goes when other events come, a few batches at a time.
//
//   o (number)   the batch: its stream, the places of its events, their bytes, when it came
//   ring         the number of the next batch, and the bytes of all

#include "emulator/base/retention.h"
#include "emulator/services/logs/event_rows.h"

namespace backlot::logs {

struct LogBatch {
    StreamId stream;
    std::uint64_t first = 0, end = 0;  // of its events, `end` not included
    std::int64_t from = 0, to = 0;     // their times, both included
    std::uint64_t bytes = 0;
    std::string streamKey;  // of the stream's row, which goes with its last event
};

/// Adds the batch, and removes the oldest ones that are too much or too old: at most two.
void noteBatch(Call& call, const LogBatch& batch, const Retention& retention);

}  // namespace backlot::logs
