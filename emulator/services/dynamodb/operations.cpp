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
#include "emulator/services/dynamodb/rows.h"
#include "emulator/services/dynamodb/service.h"
#include "emulator/services/dynamodb/stream_reading.h"
#include "emulator/services/dynamodb/tables.h"
#include "emulator/services/dynamodb/tags.h"
#include "emulator/services/dynamodb/transactions.h"
#include "emulator/services/dynamodb/ttl.h"
#include "emulator/services/dynamodb/update_table.h"
#include "emulator/services/kit/bind.h"

namespace backlot::dynamodb {
namespace {

constexpr unsigned kRead = readOnly | dataEvent;

constexpr std::string_view kReplicas = "there are no replicas";
constexpr Ignored kOnDemandLimits{"OnDemandThroughputOverride",
                                  "the restored table has no limits of requests on demand"};

}  // namespace

std::shared_ptr<Memory> makeMemory(Settings settings) { return std::make_shared<Memory>(std::move(settings)); }

Service dynamodbService(std::shared_ptr<Memory> memory) {
    const auto with = kit::bind(memory);
    return {.name = "dynamodb",
            .operations =
                {
                    {"BatchExecuteStatement", with(batchExecuteStatement), dataEvent},
                    {"BatchGetItem", with(batchGetItem), kRead},
                    {"BatchWriteItem", with(batchWriteItem), dataEvent},
                    {"CreateBackup", with(createBackup)},
                    {"CreateGlobalTable", with(createGlobalTable), refuses},
                    {"CreateTable",
                     with(createTable),
                     writes,
                     {{"GlobalTableSettingsReplicationMode", kReplicas}, {"GlobalTableSourceArn", kReplicas}}},
                    {"DeleteBackup", with(deleteBackup)},
                    {"DeleteItem", with(deleteItem), dataEvent},
                    {"DeleteResourcePolicy", with(deleteResourcePolicy)},
                    {"DeleteTable", with(deleteTable)},
                    {"DescribeBackup", with(describeBackup), readOnly},
                    {"DescribeContinuousBackups", with(describeContinuousBackups), readOnly},
                    {"DescribeContributorInsights", with(describeContributorInsights), readOnly},
                    {"DescribeEndpoints", with(describeEndpoints), readOnly},
                    {"DescribeExport", with(describeExport), readOnly},
                    {"DescribeGlobalTable", with(describeGlobalTable), readOnly | refuses},
                    {"DescribeGlobalTableSettings", with(describeGlobalTableSettings), readOnly | refuses},
                    {"DescribeImport", with(describeImport), readOnly},
                    {"DescribeKinesisStreamingDestination", with(describeKinesisStreamingDestination), readOnly},
                    {"DescribeLimits", with(describeLimits), readOnly},
                    {"DescribeTable", with(describeTable), readOnly},
                    {"DescribeTableReplicaAutoScaling", with(describeTableReplicaAutoScaling), readOnly},
                    {"DescribeTimeToLive", with(describeTimeToLive), readOnly},
                    {"DisableKinesisStreamingDestination", with(disableKinesisStreamingDestination), refuses},
                    {"EnableKinesisStreamingDestination", with(enableKinesisStreamingDestination), refuses},
                    {"ExecuteStatement", with(executeStatement), dataEvent},
                    {"ExecuteTransaction", with(executeTransaction), dataEvent},
                    {"ExportTableToPointInTime",
                     with(exportTableToPointInTime),
                     writes,
                     {{"S3SseKmsKeyId", "objects lie as they are: no key encrypts them"},
                      {"IncrementalExportSpecification", "belongs to incremental exports, which are refused"}}},
                    {"GetItem", with(getItem), kRead},
                    {"GetResourcePolicy", with(getResourcePolicy), readOnly},
                    {"ImportTable", with(importTable)},
                    {"ListBackups", with(listBackups), readOnly},
                    {"ListContributorInsights", with(listContributorInsights), readOnly},
                    {"ListExports", with(listExports), readOnly},
                    {"ListGlobalTables",
                     with(listGlobalTables),
                     readOnly,
                     {{"ExclusiveStartGlobalTableName", "there are none"},
                      {"Limit", "there are none"},
                      {"RegionName", "there are none"}}},
                    {"ListImports", with(listImports), readOnly},
                    {"ListTables", with(listTables), readOnly},
                    {"ListTagsOfResource", with(listTagsOfResource), readOnly},
                    {"PutItem", with(putItem), dataEvent},
                    {"PutResourcePolicy",
                     with(putResourcePolicy),
                     writes,
                     {{"ConfirmRemoveSelfResourceAccess", "a policy locks nobody out"}}},
                    {"Query", with(query), kRead},
                    {"RestoreTableFromBackup", with(restoreTableFromBackup), writes, {kOnDemandLimits}},
                    {"RestoreTableToPointInTime", with(restoreTableToPointInTime), writes, {kOnDemandLimits}},
                    {"Scan", with(scan), kRead},
                    {"TagResource", with(tagResource)},
                    {"TransactGetItems", with(transactGetItems), kRead},
                    {"TransactWriteItems", with(transactWriteItems), dataEvent},
                    {"UntagResource", with(untagResource)},
                    {"UpdateContinuousBackups", with(updateContinuousBackups)},
                    {"UpdateContributorInsights", with(updateContributorInsights)},
                    {"UpdateGlobalTable", with(updateGlobalTable), refuses},
                    {"UpdateGlobalTableSettings", with(updateGlobalTableSettings), refuses},
                    {"UpdateItem", with(updateItem), dataEvent},
                    {"UpdateKinesisStreamingDestination", with(disableKinesisStreamingDestination), refuses},
                    {"UpdateTable",
                     with(updateTable),
                     writes,
                     {{"GlobalTableSettingsReplicationMode", kReplicas}, {"MultiRegionConsistency", kReplicas}}},
                    {"UpdateTableReplicaAutoScaling", with(updateTableReplicaAutoScaling), refuses},
                    {"UpdateTimeToLive", with(updateTimeToLive)},
                    // Jobs.
                    {"BackfillIndex", with(backfillPortion), internal},
                    {"CopyTable", with(copyPortion), internal},
                    {"FillTable", with(fillTable), internal},
                    {"FinishBackup", with(finishBackup), internal},
                    {"ForgetToken", with(forgetToken), internal},
                    {"ListExpiries", with(listExpiriesPortion), internal},
                    {"RunExport", with(runExport), internal},
                    {"RunImport", with(runImport), internal},
                    {"SweepExpired", with(sweepExpired), internal},
                    {"TrimStream", with(trimStream), internal},
                },
            .forget =
                [memory] {
                    memory->tables.clear();
                    memory->unpackings.clear();
                    memory->throttle.forget();
                },
            .kinds = kRowKinds};
}

Service dynamodbStreamsService(std::shared_ptr<Memory> memory) {
    const auto with = kit::bind(memory);
    return {.name = "dynamodbstreams",
            .operations =
                {
                    {"DescribeStream", with(describeStream), readOnly},
                    {"GetRecords", with(getRecords), kRead},
                    {"GetShardIterator", with(getShardIterator), kRead},
                    {"ListStreams", with(listStreams), readOnly},
                },
            .rows = "dynamodb"};
}

}  // namespace backlot::dynamodb
