#include "emulator/services/dynamodb/tables.h"

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/indexes.h"
#include "emulator/services/dynamodb/insights.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/resource_policies.h"
#include "emulator/services/dynamodb/rows.h"
#include "emulator/services/dynamodb/statistics.h"
#include "emulator/services/dynamodb/stream_records.h"
#include "emulator/services/dynamodb/table_checks.h"
#include "emulator/services/dynamodb/tags.h"
#include "emulator/services/dynamodb/ttl.h"

namespace backlot::dynamodb {
namespace {

constexpr std::int64_t kListLimit = 100;
constexpr Throughput kWarmOnDemand{12000, 4000};  // what an on-demand table can do from the start

std::optional<Json> moment(const std::optional<Time>& time) {
    if (!time) return std::nullopt;
    return epochSeconds(*time);
}

Json describeWarm(const std::optional<Throughput>& warm, const std::optional<Throughput>& provisioned,
                  std::string_view status) {
    const auto units = warm ? *warm : provisioned ? *provisioned : kWarmOnDemand;
    return object({{"ReadUnitsPerSecond", units.read}, {"WriteUnitsPerSecond", units.write}, {"Status", status}});
}

std::optional<Json> describeOnDemand(const std::optional<Throughput>& onDemand) {
    if (!onDemand) return std::nullopt;
    return object({{"MaxReadRequestUnits", onDemand->read}, {"MaxWriteRequestUnits", onDemand->write}});
}

Json describeIndex(const TableInfo& table, const Index& index, const Tally& tally, std::string_view tableStatus) {
    Json result = object({{"IndexName", index.name},
                          {"KeySchema", describe(index.key)},
                          {"Projection", describeProjection(index)},
                          {"IndexSizeBytes", tally.bytes},
                          {"ItemCount", tally.items},
                          {"IndexArn", table.indexArn(index)}});
    if (!index.global) return result;
    set(result, "IndexStatus",
        index.creating || tableStatus == "CREATING" ? "CREATING"
        : tableStatus == "DELETING"                 ? "DELETING"
                                                    : "ACTIVE");
    if (index.creating) set(result, "Backfilling", true);
    Json throughput = describe(index.throughput.value_or(Throughput{}));
    set(throughput, "NumberOfDecreasesToday", 0);
    set(result, "ProvisionedThroughput", std::move(throughput));
    set(result, "OnDemandThroughput", describeOnDemand(index.onDemand));
    set(result, "WarmThroughput", describeWarm(index.warm, index.throughput, index.creating ? "UPDATING" : "ACTIVE"));
    return result;
}

void openWantedStream(Call& call, TableInfo& table, const Fields& request) {
    const auto specification = request.child("StreamSpecification");
    const bool enabled = specification.valueOr("StreamEnabled", false);
    const auto viewType = specification.optionalText("StreamViewType");
    if (enabled && !viewType) throw invalidParameter("StreamViewType is required when StreamEnabled is true");
    if (!enabled && viewType) throw invalidParameter("StreamViewType cannot be specified when StreamEnabled is false");
    if (enabled) openStream(call, table, *viewType);
}

}  // namespace

Json describe(const Call& call, const TableInfo& table, std::string_view status) {
    const auto statistics = loadStatistics(call, table.id);
    Json throughput = describe(table.provisioned ? table.throughput : Throughput{});
    set(throughput, "LastIncreaseDateTime", moment(table.lastIncrease));
    set(throughput, "LastDecreaseDateTime", moment(table.lastDecrease));
    set(throughput, "NumberOfDecreasesToday", table.decreasesToday);
    Json result = object({{"AttributeDefinitions", describe(table.definitions)},
                          {"TableName", table.name},
                          {"KeySchema", describe(table.key)},
                          {"TableStatus", status},
                          {"CreationDateTime", epochSeconds(table.created)},
                          {"ProvisionedThroughput", std::move(throughput)},
                          {"TableSizeBytes", statistics.table.bytes},
                          {"ItemCount", statistics.table.items},
                          {"TableArn", table.arn()},
                          {"TableId", table.uuid}});
    if (!table.provisioned)
        set(result, "BillingModeSummary",
            object(
                {{"BillingMode", "PAY_PER_REQUEST"},
                 {"LastUpdateToPayPerRequestDateTime", epochSeconds(table.lastToOnDemand.value_or(table.created))}}));
    else if (table.lastToOnDemand)
        set(result, "BillingModeSummary",
            object(
                {{"BillingMode", "PROVISIONED"}, {"LastUpdateToPayPerRequestDateTime", moment(table.lastToOnDemand)}}));
    Json local = list(), global = list();
    for (const auto& index : table.indexes)
        push(index.global ? global : local, describeIndex(table, index, statistics.ofIndexOrNone(index.id), status));
    if (!local.Empty()) set(result, "LocalSecondaryIndexes", std::move(local));
    if (!global.Empty()) set(result, "GlobalSecondaryIndexes", std::move(global));
    if (table.stream.enabled)
        set(result, "StreamSpecification",
            object({{"StreamEnabled", true}, {"StreamViewType", table.stream.viewType}}));
    if (table.stream.id != 0) {
        set(result, "LatestStreamLabel", table.stream.label);
        set(result, "LatestStreamArn", table.streamArn());
    }
    if (!table.sse.empty()) set(result, "SSEDescription", parseJson(table.sse));
    if (!table.tableClass.empty()) set(result, "TableClassSummary", object({{"TableClass", table.tableClass}}));
    if (!table.restoreSummary.empty()) {
        Json summary = parseJson(table.restoreSummary);
        set(summary, "RestoreInProgress", table.filling || status == "CREATING");
        set(result, "RestoreSummary", std::move(summary));
    }
    set(result, "DeletionProtectionEnabled", table.deletionProtection);
    set(result, "OnDemandThroughput", describeOnDemand(table.onDemand));
    set(result, "WarmThroughput",
        describeWarm(table.warm, table.provisioned ? std::optional(table.throughput) : std::nullopt,
                     status == "ACTIVE"     ? "ACTIVE"
                     : status == "CREATING" ? "UPDATING"
                                            : status));
    return result;
}

Json createTable(Memory& memory, Call& call, const Fields& request) {
    call.about(request.text("TableName"));
    auto table = readNewTable(request);
    table.account = call.account;
    table.region = call.region;
    if (memory.tables.get(call, tableRow(table.account, table.region, table.name)))
        throw resourceInUse("Table already exists: " + table.name);
    table.id = newId(call);
    table.uuid = call.uuid("table");
    table.created = call.now;
    table.recoverableSince = call.now;
    table.sse = readEncryption(request, call.account, call.region);
    openWantedStream(call, table, request);
    addTags(call, table.arn(), request.items("Tags"));
    if (const auto policy = request.optionalText("ResourcePolicy")) putPolicy(call, table.arn(), *policy);
    save(call, table);
    return object({{"TableDescription", describe(call, table, "CREATING")}});
}

Json describeTable(Memory& memory, Call& call, const Fields& request) {
    const auto table = requireTableNamed(memory, call, request.text("TableName"));
    return object({{"Table", describe(call, *table, table->filling ? "CREATING" : "ACTIVE")}});
}

Json listTables(Memory&, Call& call, const Fields& request) {
    const auto limit = static_cast<std::size_t>(request.valueOr("Limit", kListLimit));
    const auto after = request.valueOr("ExclusiveStartTableName", "");
    const auto prefix = tableRowPrefix(call.account, call.region);
    std::vector<std::string> names;
    bool more = false;
    call.scan(
        prefix,
        [&](std::string_view key, std::string_view) {
            auto name = KeyReader(key.substr(prefix.size())).text();
            if (name <= after) return true;
            more = names.size() == limit;
            if (!more) names.push_back(std::move(name));
            return !more;
        },
        after.empty() ? std::string() : tableRow(call.account, call.region, after));
    Json result = object({{"TableNames", array(names)}});
    if (more) set(result, "LastEvaluatedTableName", names.back());
    return result;
}

Json deleteTable(Memory& memory, Call& call, const Fields& request) {
    const auto table = requireTableNamed(memory, call, request.text("TableName"));
    if (table->deletionProtection)
        throw validation(
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection "
            "first.");
    if (table->filling)
        throw resourceInUse("Attempt to change a resource which is still in use: Table is being created: " +
                            table->name);
    if (!table->copies.empty())
        throw resourceInUse(
            "Attempt to change a resource which is still in use: Table is being backed up or exported: " + table->name);
    Json description = describe(call, *table, "DELETING");
    TableInfo gone = *table;
    closeStream(call, gone);
    forgetExpiries(call, gone);
    forgetTags(call, gone.arn());
    forgetInsights(call, gone);
    forgetPolicy(call, gone.arn());
    eraseTableRows(call, gone.id);
    call.erase(tableRow(gone.account, gone.region, gone.name));
    return object({{"TableDescription", std::move(description)}});
}

}  // namespace backlot::dynamodb
