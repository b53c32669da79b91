#include "emulator/services/dynamodb/backups.h"
#include "emulator/services/dynamodb/batch.h"
#include "emulator/services/dynamodb/copies.h"
#include "emulator/services/dynamodb/global_tables_and_kinesis.h"
#include "emulator/services/dynamodb/exports.h"
#include "emulator/services/dynamodb/imports.h"
#include "emulator/services/dynamodb/indexes.h"
#include "emulator/services/dynamodb/insights.h"
#include "emulator/services/dynamodb/items.h"
#include "emulator/services/dynamodb/limits.h"
#include "emulator/services/dynamodb/partiql/execution.h"
#include "emulator/services/dynamodb/query.h"
#include "emulator/services/dynamodb/resource_policies.h"
#include "emulator/services/dynamodb/service.h"
#include "emulator/services/dynamodb/stream_reading.h"
#include "emulator/services/dynamodb/tables.h"
#include "emulator/services/dynamodb/tags.h"
#include "emulator/services/dynamodb/transactions.h"
#include "emulator/services/dynamodb/ttl.h"
#include "emulator/services/dynamodb/update_table.h"

namespace backlot::dynamodb {
namespace {

using MemoryFunction = Json (*)(Memory&, Call&, const Fields&);

/// Lines of a table whose operations share what the service keeps in memory.
class Lines {
public:
    explicit Lines(std::shared_ptr<Memory> memory) : memory_(std::move(memory)) {}
    Operation operator()(std::string_view name, MemoryFunction run, unsigned flags = writes,
                         std::vector<Ignored> ignores = {}) const {
        return {
            name,
            [memory = memory_, run](Call& call, const Fields& request) { return Reply(run(*memory, call, request)); },
            flags, std::move(ignores)};
    }

private:
    std::shared_ptr<Memory> memory_;
};

constexpr unsigned kRead = readOnly | dataEvent;

constexpr std::string_view kReplicas = "there are no replicas";
constexpr Ignored kOnDemandLimits{"OnDemandThroughputOverride",
                                  "the restored table has no limits of requests on demand"};

}  // namespace

std::shared_ptr<Memory> makeMemory(Settings settings) { return std::make_shared<Memory>(std::move(settings)); }

Service dynamodbService(std::shared_ptr<Memory> memory) {
    const Lines line(memory);
    return {.name = "dynamodb",
            .operations =
                {
                    line("BatchExecuteStatement", batchExecuteStatement, dataEvent),
                    line("BatchGetItem", batchGetItem, kRead),
                    line("BatchWriteItem", batchWriteItem, dataEvent),
                    line("CreateBackup", createBackup),
                    line("CreateGlobalTable", createGlobalTable, refuses),
                    line("CreateTable", createTable, writes,
                         {{"GlobalTableSettingsReplicationMode", kReplicas}, {"GlobalTableSourceArn", kReplicas}}),
                    line("DeleteBackup", deleteBackup),
                    line("DeleteItem", deleteItem, dataEvent),
                    line("DeleteResourcePolicy", deleteResourcePolicy),
                    line("DeleteTable", deleteTable),
                    line("DescribeBackup", describeBackup, readOnly),
                    line("DescribeContinuousBackups", describeContinuousBackups, readOnly),
                    line("DescribeContributorInsights", describeContributorInsights, readOnly),
                    line("DescribeEndpoints", describeEndpoints, readOnly),
                    line("DescribeExport", describeExport, readOnly),
                    line("DescribeGlobalTable", describeGlobalTable, readOnly | refuses),
                    line("DescribeGlobalTableSettings", describeGlobalTableSettings, readOnly | refuses),
                    line("DescribeImport", describeImport, readOnly),
                    line("DescribeKinesisStreamingDestination", describeKinesisStreamingDestination, readOnly),
                    line("DescribeLimits", describeLimits, readOnly),
                    line("DescribeTable", describeTable, readOnly),
                    line("DescribeTableReplicaAutoScaling", describeTableReplicaAutoScaling, readOnly),
                    line("DescribeTimeToLive", describeTimeToLive, readOnly),
                    line("DisableKinesisStreamingDestination", disableKinesisStreamingDestination, refuses),
                    line("EnableKinesisStreamingDestination", enableKinesisStreamingDestination, refuses),
                    line("ExecuteStatement", executeStatement, dataEvent),
                    line("ExecuteTransaction", executeTransaction, dataEvent),
                    line("ExportTableToPointInTime", exportTableToPointInTime, writes,
                         {{"S3SseKmsKeyId", "objects lie as they are: no key encrypts them"},
                          {"IncrementalExportSpecification", "belongs to incremental exports, which are refused"}}),
                    line("GetItem", getItem, kRead),
                    line("GetResourcePolicy", getResourcePolicy, readOnly),
                    line("ImportTable", importTable),
                    line("ListBackups", listBackups, readOnly),
                    line("ListContributorInsights", listContributorInsights, readOnly),
                    line("ListExports", listExports, readOnly),
                    line("ListGlobalTables", listGlobalTables, readOnly,
                         {{"ExclusiveStartGlobalTableName", "there are none"},
                          {"Limit", "there are none"},
                          {"RegionName", "there are none"}}),
                    line("ListImports", listImports, readOnly),
                    line("ListTables", listTables, readOnly),
                    line("ListTagsOfResource", listTagsOfResource, readOnly),
                    line("PutItem", putItem, dataEvent),
                    line("PutResourcePolicy", putResourcePolicy, writes,
                         {{"ConfirmRemoveSelfResourceAccess", "a policy locks nobody out"}}),
                    line("Query", query, kRead),
                    line("RestoreTableFromBackup", restoreTableFromBackup, writes, {kOnDemandLimits}),
                    line("RestoreTableToPointInTime", restoreTableToPointInTime, writes, {kOnDemandLimits}),
                    line("Scan", scan, kRead),
                    line("TagResource", tagResource),
                    line("TransactGetItems", transactGetItems, kRead),
                    line("TransactWriteItems", transactWriteItems, dataEvent),
                    line("UntagResource", untagResource),
                    line("UpdateContinuousBackups", updateContinuousBackups),
                    line("UpdateContributorInsights", updateContributorInsights),
                    line("UpdateGlobalTable", updateGlobalTable, refuses),
                    line("UpdateGlobalTableSettings", updateGlobalTableSettings, refuses),
                    line("UpdateItem", updateItem, dataEvent),
                    line("UpdateKinesisStreamingDestination", disableKinesisStreamingDestination, refuses),
                    line("UpdateTable", updateTable, writes,
                         {{"GlobalTableSettingsReplicationMode", kReplicas}, {"MultiRegionConsistency", kReplicas}}),
                    line("UpdateTableReplicaAutoScaling", updateTableReplicaAutoScaling, refuses),
                    line("UpdateTimeToLive", updateTimeToLive),
                    // Jobs.
                    line("BackfillIndex", backfillPortion, internal),
                    line("CopyTable", copyPortion, internal),
                    line("FillTable", fillTable, internal),
                    line("FinishBackup", finishBackup, internal),
                    line("ForgetToken", forgetToken, internal),
                    line("ListExpiries", listExpiriesPortion, internal),
                    line("RunExport", runExport, internal),
                    line("RunImport", runImport, internal),
                    line("SweepExpired", sweepExpired, internal),
                    line("TrimStream", trimStream, internal),
                },
            .forget =
                [memory] {
                    memory->tables.clear();
                    memory->unpackings.clear();
                    memory->throttle.forget();
                },
            .kinds = {{"t", "tables"},
                      {"n", "counters"},
                      {"i", "items"},
                      {"x", "index entries"},
                      {"r", "stream records"},
                      {"S", "streams"},
                      {"T", "streams to trim"},
                      {"b", "backups' items"},
                      {"B", "backups"},
                      {"e", "expiries"},
                      {"E", "sweeps of expired items"},
                      {"k", "tokens"},
                      {"X", "exports"},
                      {"I", "imports"},
                      {"M", "manifests"},
                      {"J", "files to import"}}};
}

Service dynamodbStreamsService(std::shared_ptr<Memory> memory) {
    const Lines line(memory);
    return {.name = "dynamodbstreams",
            .operations =
                {
                    line("DescribeStream", describeStream, readOnly),
                    line("GetRecords", getRecords, kRead),
                    line("GetShardIterator", getShardIterator, kRead),
                    line("ListStreams", listStreams, readOnly),
                },
            .rows = "dynamodb"};
}

}  // namespace backlot::dynamodb
