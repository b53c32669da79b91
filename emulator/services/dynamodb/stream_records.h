#pragma once
// The writing side of streams: a record for each change of an item, and the streams' own rows.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/services/dynamodb/table.h"

namespace backlot::dynamodb {

enum class Actor : std::uint8_t { client, timeToLive };

/// A stream as its row describes it. It outlives its table and its own end.
struct Stream {
    std::uint64_t id = 0;
    std::string account, region, table, label, viewType;
    KeySchema key;
    Time created{};
    std::optional<std::uint64_t> lastSequence;  // once it is disabled: its shard is closed

    std::string arn() const;
    std::string shardId() const;
};

/// One change, as it is stored. The images are there as far as the view type wants them.
struct StreamRecord {
    std::uint64_t sequence = 0;
    Actor actor = Actor::client;
    char event = 'M';  // I(NSERT), M(ODIFY), R(EMOVE)
    Time time{};
    std::string_view keys, before, after;  // item bytes; `before` and `after` may be empty
    std::size_t size = 0;                  // SizeBytes
};

inline constexpr std::uint64_t kFirstSequence = 1;
/// At least 21 digits, growing: "100000000000000000001".
std::string sequenceText(std::uint64_t sequence);
std::optional<std::uint64_t> parseSequence(std::string_view text);

void openStream(Call& call, TableInfo& table, std::string viewType);
void closeStream(Call& call, TableInfo& table);
/// Adds a record, wakes those who wait for the stream, and sees that it is trimmed after a day.
void recordChange(Call& call, const TableInfo& table, std::uint64_t sequence, Actor actor,
                  std::optional<std::string_view> before, std::optional<std::string_view> after);

/// Has the next trimming of the stream come at `due`; nothing: there is nothing left to trim. `arn`: of a closed
/// stream, which is forgotten with its last record. Now and then, by the last sequence number: removes the oldest of
/// more than `most` records, a few at a time.
void keepLatestRecords(Call& call, std::uint64_t stream, std::uint64_t last, std::uint64_t most);
void scheduleTrim(Call& call, std::uint64_t stream, std::optional<Time> due, const std::optional<std::string>& arn);
void forgetStream(Call& call, std::string_view arn);

std::optional<Stream> findStream(const Call& call, std::string_view streamArn);
/// Streams of the caller's account and region in the order of their ARNs, beginning after `afterArn`.
std::vector<Stream> streamsAfter(const Call& call, std::string_view tableName, std::string_view afterArn,
                                 std::size_t limit);
StreamRecord decodeRecord(std::string_view key, std::string_view row);

}  // namespace backlot::dynamodb
