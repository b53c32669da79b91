#pragma once
// Pages of items: what Query and Scan have in common once it is known which rows, in which direction.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/dynamodb/capacity.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/memory.h"
#include "emulator/services/dynamodb/selection.h"

namespace backlot::dynamodb {

/// A page ends with the item that brings the sum of the items' stored sizes to this.
inline constexpr std::size_t kPageBytes = 1024 * 1024;

enum class Select { allAttributes, allProjected, specific, count };

/// What Query and Scan read from a request in the same way.
struct PageRequest {
    TableRef table;
    const Index* index = nullptr;  // of `table`; null: the table itself
    Select select = Select::allAttributes;
    Selection selection;
    std::optional<expressions::Bound> filter;
    std::optional<std::size_t> limit;
    bool consistent = false;
    bool forward = true;
    bool query = false;                   // a Query, not a Scan
    bool fetch = false;                   // a local index's entries lack what is asked for: read the items
    std::optional<std::string> startKey;  // the key attributes of ExclusiveStartKey, as item bytes

    const KeySchema& key() const { return index ? index->key : table->key; }
};

/// The index by its name, and whether it may be read so. Throws ValidationException.
void requireIndex(PageRequest& page, const Fields& request);
/// Select and the attributes asked for against what the index has. Throws ValidationException.
void requireSelectOfIndex(PageRequest& page, const Fields& request);
/// ExclusiveStartKey must hold exactly the key of the table and of the index. AWS looks at the number of attributes and
/// the hash attributes first, at the range attributes after it has seen that a query tests the hash attributes, and at
/// the key of the item that an index's entry is of last. Throw ValidationException.
void requireStartHash(const PageRequest& page);
void requireStartRange(const PageRequest& page);
void requireStartItem(const PageRequest& page);
/// The row at which an item with these key attributes lies in the table or the index.
std::string rowOf(const PageRequest& page, std::string_view keyAttributes);

/// Reads rows of the range from its beginning (or after the start key) until Limit, 1 MB or the end, and answers as
/// Query and Scan do: Items, Count, ScannedCount, LastEvaluatedKey, ConsumedCapacity. Throws
/// ProvisionedThroughputExceededException.
Json readPage(Memory& memory, Call& call, const PageRequest& page, const KeyRange& range, ReportCapacity report);

Select selectOf(const Fields& request, bool hasIndex, bool hasSelection);

}  // namespace backlot::dynamodb
