#pragma once
// How items and index entries are found; the other kinds of rows are in rows.h.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/services/dynamodb/table.h"

namespace backlot::dynamodb {

/// Counters of one table: see statistics.h.
std::string statisticsRow(std::uint64_t table);

// Items of a table, and entries of an index: kind, table id, [index id,] hash of the partition key, partition key, the
// rest of the key. The hash is DynamoDB's own (MD5 over a fixed word and the key), as the recorded order of scans shows
// and recorded segments of 4,096 confirm: so a scan meets partitions in AWS's order, and a segment of a parallel scan
// is the range of hashes that it is on AWS. Entries of a global index with equal keys follow the hash of their items'
// whole keys.
std::string itemsPrefix(std::uint64_t table);
std::string entriesPrefix(std::uint64_t table, std::uint64_t index);

/// Rows of `base` (itemsPrefix or entriesPrefix) whose hash is in the segment's share: first key, and the key after the
/// last.
struct KeyRange {
    std::string first, end;
};
KeyRange segmentRange(const std::string& base, std::uint64_t segment, std::uint64_t totalSegments);

/// Appends hash and partition key. `parts`: the values of the hash attributes, as ValueView::payload.
void appendPartition(std::string& key, const std::vector<std::string_view>& parts);
/// Appends a value that others follow: escaped and ended.
void appendPart(std::string& key, std::string_view payload);
/// Appends a value as the last part.
inline void appendLast(std::string& key, std::string_view payload) { key += payload; }

/// The key of an item; it must hold the attributes of the table's key with their types.
std::string itemKey(const TableInfo& table, std::string_view item);
/// The key of an item's entry in an index, or nothing where the item lacks a part of the index's key or has it
/// with another type or empty (an index added later passes such items over).
std::optional<std::string> entryKey(const TableInfo& table, const Index& index, std::string_view item);

}  // namespace backlot::dynamodb
