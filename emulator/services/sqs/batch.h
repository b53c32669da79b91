#pragma once
// What the three batch operations have in common.

#include <functional>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"

namespace backlot::sqs {

inline constexpr std::size_t kBatchLimitBytes = 1'048'576;

/// The entries, their number and ids checked.
/// Throws EmptyBatchRequest, TooManyEntriesInBatchRequest, InvalidBatchEntryId, BatchEntryIdsNotDistinct.
std::vector<const Json*> batchEntries(const Fields& request, std::string_view entryType);

/// Runs each entry by itself: {Successful: [{Id, …}], Failed: [{Id, Code, Message, SenderFault}]}. An empty list is
/// left out. `one` checks before it writes, so an entry that fails leaves nothing behind.
Json forEachEntry(const std::vector<const Json*>& entries, const std::function<Json(const Fields&)>& one);

}  // namespace backlot::sqs
