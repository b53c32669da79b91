#pragma once

#include <stdexcept>
#include <string>

#include "emulator/world/call.h"

namespace backlot::states {

/// Why the items could not be read: the cause of States.ItemReaderFailed.
struct ItemReaderError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The items that an ItemReader names, as an array: an object in S3 (CSV, JSON, JSON Lines, an inventory manifest) or
/// the list of a bucket's objects. `config` is the ReaderConfig, MaxItems in it. Throws ItemReaderError.
/// Source: AWS Step Functions Developer Guide, "ItemReader (Map)"; recorded executions.
/// Differs: no Parquet, and no Athena manifests.
Json readItems(Call& call, const std::string& action, const Json& parameters, const Json& config);

/// CSV (RFC 4180; the delimiter may be another) as an array of objects of texts. Exposed for tests.
Json csvItems(std::string_view text, const Json& config, std::size_t most);

}  // namespace backlot::states
