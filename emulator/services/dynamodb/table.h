#pragma once
// What a table is: its description as a row, and the same taken apart for the operations on its items.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/time.h"
#include "emulator/services/dynamodb/attribute_value.h"
#include "emulator/world/call.h"

namespace backlot::dynamodb {

struct KeyAttribute {
    std::string name;
    Type type = Type::S;
    bool operator==(const KeyAttribute&) const = default;
};

/// The key of a table (one hash attribute, at most one range attribute) or of an index (global ones: up to four of
/// each).
struct KeySchema {
    std::vector<KeyAttribute> hash, range;
    bool contains(std::string_view name) const;
    const KeyAttribute* find(std::string_view name) const;
    std::size_t size() const { return hash.size() + range.size(); }
};

enum class ProjectionType { all, keysOnly, include };

struct Throughput {
    std::int64_t read = 0, write = 0;  // units a second
    bool operator==(const Throughput&) const = default;
};

struct Index {
    std::uint64_t id = 0;  // number within the table, never used again
    std::string name;
    bool global = false;
    KeySchema key;
    ProjectionType projection = ProjectionType::all;
    std::vector<std::string> nonKeyAttributes;
    std::optional<Throughput> throughput;  // global ones of provisioned tables
    std::optional<Throughput> onDemand;    // OnDemandThroughput: -1 is no limit
    std::optional<Throughput> warm;        // WarmThroughput
    bool creating = false;                 // entries are still being filled in
    std::size_t place = 0;                 // where it stands in TableInfo::indexes; not stored
};

struct StreamState {
    bool enabled = false;
    std::string viewType;
    std::uint64_t id = 0;  // of the latest stream, 0: there never was one
    std::string label;     // "2026-01-05T09:00:00.000"
};

struct TableInfo {
    std::uint64_t id = 0;  // of all tables ever made; its rows begin with it
    std::string name, account, region;
    std::string uuid;  // TableId
    Time created{};
    KeySchema key;
    std::vector<KeyAttribute> definitions;  // AttributeDefinitions, in their order
    std::vector<Index> indexes;
    std::uint64_t nextIndexId = 1;
    bool provisioned = false;
    Throughput throughput;
    std::optional<Time> lastIncrease, lastDecrease, lastToOnDemand;
    std::int64_t decreasesToday = 0;
    std::optional<Throughput> onDemand, warm;
    std::string tableClass;  // empty: never named
    bool deletionProtection = false;
    std::string sse;  // SSEDescription as JSON text; empty: none
    StreamState stream;
    std::string ttlAttribute;    // empty: time to live is off
    std::uint64_t expiries = 0;  // number of its list of expiries: another one each time it is switched on
    bool pointInTimeRecovery = false;
    Time recoverableSince{};
    std::int64_t recoveryPeriodDays = 35;
    std::string restoreSummary;         // RestoreSummary as JSON text; empty: none
    bool filling = false;               // by a restore: CREATING, its items are not there for anybody yet
    std::vector<std::uint64_t> copies;  // of its items that are being made: see copies.h

    std::string arn() const;
    std::string streamArn() const { return arn() + "/stream/" + stream.label; }
    std::string indexArn(const Index& index) const { return arn() + "/index/" + index.name; }
    const Index* findIndex(std::string_view indexName) const;
    const KeyAttribute* definition(std::string_view attribute) const;
    bool hasLocalIndex() const;
    /// Whether the attribute is part of the key of the table or of an index.
    bool isKeyAttribute(std::string_view attribute) const;
};

using TableRef = std::shared_ptr<const TableInfo>;

Json toRow(const TableInfo& table);
TableInfo tableFromRow(const Json& row);

Json describe(const KeySchema& key);
Json describe(const std::vector<KeyAttribute>& definitions);
Json describeProjection(const Index& index);
Json describe(const Throughput& throughput);

}  // namespace backlot::dynamodb
