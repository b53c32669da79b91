#pragma once
// Every kind of row that DynamoDB and its streams keep, in one ordered table; the first byte tells the kind. Items,
// index entries and their counters (keys.h) have keys as short as can be: they are most of the rows. What belongs to a
// table, a copy, a stream, an export or an import lies below its number or ARN and goes with it as a range.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "emulator/services/dynamodb/table.h"
#include "emulator/world/call.h"

namespace backlot::dynamodb {

inline const std::map<std::string, std::string> kRowKinds = {{"t", "tables"},
                                                             {"n", "counters"},
                                                             {"i", "items"},
                                                             {"x", "index entries"},
                                                             {"c", "contributor insights"},
                                                             {"e", "expiries"},
                                                             {"E", "sweeps of expired items"},
                                                             {"g", "tags"},
                                                             {"p", "resource policies"},
                                                             {"S", "streams"},
                                                             {"T", "streams to trim"},
                                                             {"r", "stream records"},
                                                             {"B", "backups"},
                                                             {"b", "backups' items"},
                                                             {"X", "exports"},
                                                             {"M", "manifests"},
                                                             {"I", "imports"},
                                                             {"J", "files to import"},
                                                             {"k", "tokens"}};

/// Value: a table's description (table.h). In order, so that ListTables is a walk.
inline std::string tableRowPrefix(std::string_view account, std::string_view region) {
    return Key("t").text(account).text(region).bytes();
}
inline std::string tableRow(std::string_view account, std::string_view region, std::string_view name) {
    return Key("t").text(account).text(region).text(name).bytes();
}
/// Value: contributor insights of an index, or with an empty name of the table itself.
inline Key insightsKey(std::string_view account, std::string_view region) {
    return Key("c").text(account).text(region);
}
inline Key insightsKey(const TableInfo& table) { return insightsKey(table.account, table.region).text(table.name); }

/// A table's expiries, soonest first, by seconds and item key. Value: empty.
inline std::string expiriesPrefix(const TableInfo& table) { return Key("e").number(table.expiries).bytes(); }
inline std::string expiryRow(const TableInfo& table, std::int64_t seconds, std::string_view itemKey) {
    return Key("e").number(table.expiries).integer(seconds).raw(itemKey).bytes();
}
/// Value: the job that comes for a table's first expiry.
inline std::string sweepRow(std::uint64_t table) { return Key("E").number(table).bytes(); }

/// Value: the tags, or the policy, of the resource.
inline std::string tagsRow(std::string_view arn) { return Key("g").text(arn).bytes(); }
inline std::string policyRow(std::string_view arn) { return Key("p").text(arn).bytes(); }

/// Value: a stream (stream_records.h), also of a table that is gone.
inline Key streamsKey(std::string_view account, std::string_view region) { return Key("S").text(account).text(region); }
inline std::string streamRow(std::string_view account, std::string_view region, std::string_view table,
                             std::string_view label) {
    return streamsKey(account, region).text(table).text(label).bytes();
}
/// Value: the job that trims a stream next.
inline std::string trimRow(std::uint64_t stream) { return Key("T").number(stream).bytes(); }
/// Value: a record.
inline std::string recordsPrefix(std::uint64_t stream) { return Key("r").number(stream).bytes(); }
inline std::string recordKey(std::uint64_t stream, std::uint64_t sequence) {
    return Key("r").number(stream).number(sequence).bytes();
}

/// Value: a backup.
inline Key backupsKey(std::string_view account, std::string_view region) { return Key("B").text(account).text(region); }
inline std::string backupRow(std::string_view account, std::string_view region, std::string_view arn) {
    return backupsKey(account, region).text(arn).bytes();
}
/// Items as they were when a backup, a restore or an export began; below it each item's key. Value: the item.
inline std::string copyPrefix(std::uint64_t copy) { return Key("b").number(copy).bytes(); }

/// By ARN. Value: an export.
inline Key exportsKey(const Call& call) { return Key("X").text(call.account).text(call.region); }
/// By the number of a data file. Value: the line of the manifest that names it.
inline Key manifestLines(std::string_view arn) { return Key("M").text(arn); }
/// By ARN. Value: an import.
inline Key importsKey(const Call& call) { return Key("I").text(call.account).text(call.region); }
/// The files of an import under way, as a list.
inline Key filesKey(std::string_view arn) { return Key("J").text(arn); }

/// Value: what a ClientRequestToken was used for.
inline std::string tokenRow(const Call& call, std::string_view token) {
    return Key("k").text(call.account).text(call.region).text(token).bytes();
}

}  // namespace backlot::dynamodb
