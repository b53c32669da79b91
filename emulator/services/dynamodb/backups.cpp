#include "emulator/services/dynamodb/backups.h"

#include <cstdio>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/changes.h"
#include "emulator/services/dynamodb/copies.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/rows.h"
#include "emulator/services/dynamodb/statistics.h"
#include "emulator/services/dynamodb/table_checks.h"
#include "emulator/services/dynamodb/tables.h"

namespace backlot::dynamodb {
namespace {

constexpr std::int64_t kListLimit = 100;
constexpr std::string_view kMiddle = "/backup/";

/// A backup: its row describes it and the table as it was; the items are the copy of that number.
struct Backup {
    std::uint64_t id = 0;
    std::string arn, name;
    Time created{};
    Tally tally;
    bool creating = false;
    std::int64_t restores = 0;  // under way
    TableInfo table;
};

AwsError backupNotFound(std::string_view arn) {
    return {"BackupNotFoundException", "Backup not found: " + std::string(arn)};
}
AwsError backupInUse(std::string_view arn) {
    return {"BackupInUseException", "Backup is being created or restored: " + std::string(arn)};
}
AwsError tableNotFoundFor(std::string_view name) {
    return {"TableNotFoundException", "Table not found: " + std::string(name)};
}

Json toRow(const Backup& backup) {
    return object({{"id", backup.id},
                   {"arn", backup.arn},
                   {"name", backup.name},
                   {"created", backup.created.time_since_epoch().count()},
                   {"items", backup.tally.items},
                   {"bytes", backup.tally.bytes},
                   {"creating", backup.creating},
                   {"restores", backup.restores},
                   {"table", toRow(backup.table)}});
}

Backup backupFromRow(const Json& row) {
    const Fields fields(row);
    return {.id = static_cast<std::uint64_t>(fields.integer("id")),
            .arn = fields.text("arn"),
            .name = fields.text("name"),
            .created = Time(Duration(fields.integer("created"))),
            .tally = {fields.integer("items"), fields.integer("bytes")},
            .creating = fields.valueOr("creating", false),
            .restores = fields.valueOr("restores", 0),
            .table = tableFromRow(fields.value("table"))};
}

Backup requireBackup(Call& call, const std::string& backupArn) {
    call.about(backupArn);
    const auto row = call.getJson(backupRow(call.account, call.region, backupArn));
    if (!row) throw backupNotFound(backupArn);
    return backupFromRow(*row);
}

void save(Call& call, const Backup& backup) {
    call.putJson(backupRow(call.account, call.region, backup.arn), toRow(backup));
}

std::string_view statusOf(const Backup& backup) { return backup.creating ? "CREATING" : "AVAILABLE"; }

Json details(const Backup& backup, std::string_view status) {
    return object({{"BackupArn", backup.arn},
                   {"BackupName", backup.name},
                   {"BackupSizeBytes", backup.tally.bytes},
                   {"BackupStatus", status},
                   {"BackupType", "USER"},
                   {"BackupCreationDateTime", epochSeconds(backup.created)}});
}

Json indexInfos(const TableInfo& table, bool global) {
    Json infos = list();
    for (const auto& index : table.indexes) {
        if (index.global != global) continue;
        Json info = object(
            {{"IndexName", index.name}, {"KeySchema", describe(index.key)}, {"Projection", describeProjection(index)}});
        if (global) set(info, "ProvisionedThroughput", describe(index.throughput.value_or(Throughput{})));
        push(infos, std::move(info));
    }
    return infos;
}

Json describe(const Backup& backup, std::string_view status) {
    const auto& table = backup.table;
    Json features = object();
    if (Json infos = indexInfos(table, false); !infos.Empty()) set(features, "LocalSecondaryIndexes", std::move(infos));
    if (Json infos = indexInfos(table, true); !infos.Empty()) set(features, "GlobalSecondaryIndexes", std::move(infos));
    if (table.stream.enabled)
        set(features, "StreamDescription",
            object({{"StreamEnabled", true}, {"StreamViewType", table.stream.viewType}}));
    Json ttl = object({{"TimeToLiveStatus", table.ttlAttribute.empty() ? "DISABLED" : "ENABLED"}});
    if (!table.ttlAttribute.empty()) set(ttl, "AttributeName", table.ttlAttribute);
    set(features, "TimeToLiveDescription", std::move(ttl));
    return object(
        {{"BackupDetails", details(backup, status)},
         {"SourceTableDetails", object({{"TableName", table.name},
                                        {"TableId", table.uuid},
                                        {"TableArn", table.arn()},
                                        {"TableSizeBytes", backup.tally.bytes},
                                        {"KeySchema", dynamodb::describe(table.key)},
                                        {"TableCreationDateTime", epochSeconds(table.created)},
                                        {"ProvisionedThroughput", dynamodb::describe(table.throughput)},
                                        {"ItemCount", backup.tally.items},
                                        {"BillingMode", table.provisioned ? "PROVISIONED" : "PAY_PER_REQUEST"}})},
         {"SourceTableFeatureDetails", std::move(features)}});
}

/// The table that a restore makes: the old one's keys, with what the request overrides.
TableInfo restored(Memory& memory, Call& call, const TableInfo& source, const Fields& request) {
    TableInfo table = source;
    table.name = request.text("TargetTableName");
    if (memory.tables.get(call, tableRow(call.account, call.region, table.name)))
        throw AwsError("TableAlreadyExistsException", "Table already exists: " + table.name);
    table.id = newId(call);
    table.account = call.account;
    table.region = call.region;
    table.uuid = call.uuid("table");
    table.created = table.recoverableSince = call.now;
    table.stream = {};
    table.ttlAttribute.clear();
    table.filling = true;
    table.copies.clear();
    table.pointInTimeRecovery = table.deletionProtection = false;
    if (const auto mode = request.optionalText("BillingModeOverride")) {
        table.provisioned = *mode == "PROVISIONED";
        if (!table.provisioned) table.throughput = {};
    }
    if (request.has("ProvisionedThroughputOverride"))
        table.throughput = readThroughput(request.child("ProvisionedThroughputOverride"));
    if (table.provisioned && table.throughput == Throughput{})
        throw invalidParameter(
            "ProvisionedThroughputOverride must be specified when BillingModeOverride is PROVISIONED");
    const auto keepNamed = [&](std::string_view member, bool global) {
        if (!request.has(member)) return;
        std::vector<std::string> names;
        for (const Json* index : request.items(member)) names.push_back(Fields(*index).text("IndexName"));
        std::erase_if(table.indexes, [&](const Index& index) {
            return index.global == global && std::find(names.begin(), names.end(), index.name) == names.end();
        });
    };
    keepNamed("GlobalSecondaryIndexOverride", true);
    keepNamed("LocalSecondaryIndexOverride", false);
    for (std::size_t i = 0; i < table.indexes.size(); ++i) table.indexes[i].place = i;
    std::erase_if(table.definitions,
                  [&](const KeyAttribute& definition) { return !table.isKeyAttribute(definition.name); });
    if (request.has("SSESpecificationOverride")) {
        Json encryption = object({{"SSESpecification", copy(request.value("SSESpecificationOverride"))}});
        table.sse = readEncryption(encryption, call.account, call.region);
    }
    return table;
}

/// Puts a share of a copy's items into the table and has the rest follow; at the end the table is there for everybody.
void fill(Memory& memory, Call& call, TableInfo table, std::uint64_t copy, const std::string& backupArn,
          std::string from) {
    const auto share = takeShare(call, copyPrefix(copy), {.from = std::move(from), .items = 100});
    const auto target = itemsPrefix(table.id);
    for (const auto& [rest, item] : share.items)
        if (!item.empty()) changeItem(memory, call, table, target + rest, std::nullopt, item);
    if (share.from) {
        call.soon(
            {.service = "dynamodb",
             .operation = "FillTable",
             .request = object(
                 {{"table", table.name}, {"copy", copy}, {"backup", backupArn}, {"from", base64Encode(*share.from)}}),
             .label = "restore table " + table.name});
        return;
    }
    table.filling = false;
    save(call, table);
    if (backupArn.empty()) return call.sweep(copyPrefix(copy));  // made for this restore
    auto backup = requireBackup(call, backupArn);
    --backup.restores;
    save(call, backup);
}

/// The answer; the table stands, and is empty.
Json beginRestore(Call& call, TableInfo& table, Json summary) {
    set(summary, "RestoreDateTime", epochSeconds(call.now));
    set(summary, "RestoreInProgress", false);
    table.restoreSummary = writeJson(summary);
    save(call, table);
    return object({{"TableDescription", dynamodb::describe(call, table, "CREATING")}});
}

Json describeContinuous(const TableInfo& table, Time now) {
    Json recovery = object({{"PointInTimeRecoveryStatus", table.pointInTimeRecovery ? "ENABLED" : "DISABLED"}});
    if (table.pointInTimeRecovery) {
        const auto earliest = std::max(table.recoverableSince, now - std::chrono::hours(24 * table.recoveryPeriodDays));
        set(recovery, "EarliestRestorableDateTime", epochSeconds(earliest));
        set(recovery, "LatestRestorableDateTime", epochSeconds(std::max(earliest, now)));
        set(recovery, "RecoveryPeriodInDays", table.recoveryPeriodDays);
    }
    return object(
        {{"ContinuousBackupsDescription",
          object({{"ContinuousBackupsStatus", "ENABLED"}, {"PointInTimeRecoveryDescription", std::move(recovery)}})}});
}

TableRef requireBackedUp(Memory& memory, Call& call, const std::string& name) {
    call.about(tableNameIn(name));
    auto table = findTable(memory, call, name);
    if (!table) throw tableNotFoundFor(tableNameIn(name));
    return table;
}

}  // namespace

Json createBackup(Memory& memory, Call& call, const Fields& request) {
    const auto table = requireBackedUp(memory, call, request.text("TableName"));
    Backup backup{.id = newId(call),
                  .arn = {},
                  .name = request.text("BackupName"),
                  .created = call.now,
                  .tally = loadStatistics(call, table->id).table,
                  .table = *table};
    char suffix[48];
    std::snprintf(suffix, sizeof suffix, "0%013lld-%s", static_cast<long long>(epochMillis(call.now)),
                  call.hexId("backup", 8).c_str());
    backup.arn = table->arn() + std::string(kMiddle) + suffix;
    backup.creating = !beginCopy(call, *table, backup.id, "FinishBackup", object({{"arn", backup.arn}}));
    save(call, backup);
    return object({{"BackupDetails", details(backup, "CREATING")}});
}

Json finishBackup(Memory&, Call& call, const Fields& request) {
    auto backup = requireBackup(call, request.text("arn"));
    backup.creating = false;
    save(call, backup);
    return object();
}

Json describeBackup(Memory&, Call& call, const Fields& request) {
    const auto backup = requireBackup(call, request.text("BackupArn"));
    return object({{"BackupDescription", describe(backup, statusOf(backup))}});
}

Json listBackups(Memory&, Call& call, const Fields& request) {
    const auto limit = static_cast<std::size_t>(request.valueOr("Limit", kListLimit));
    const auto table = std::string(tableNameIn(request.valueOr("TableName", "")));
    const auto after = request.valueOr("ExclusiveStartBackupArn", "");
    const auto type = request.valueOr("BackupType", "ALL");
    const auto bound = [&](const char* member, double otherwise) {
        const Json* given = request.find(member);
        return given && given->IsNumber() ? given->GetDouble() : otherwise;
    };
    const double from = bound("TimeRangeLowerBound", 0), to = bound("TimeRangeUpperBound", 1e18);
    Json summaries = list();
    std::optional<std::string> last;
    call.scan(backupsKey(call.account, call.region), [&](std::string_view, std::string_view row) {
        const auto backup = backupFromRow(parseJson(row));
        const double created = static_cast<double>(epochMillis(backup.created)) / 1000;
        if (backup.arn <= after || (!table.empty() && backup.table.name != table) || created < from || created >= to)
            return true;
        if (type != "ALL" && type != "USER") return true;  // Backlot makes no backups by itself
        if (summaries.Size() == limit) {
            last = textOr(summaries[summaries.Size() - 1], "BackupArn");
            return false;
        }
        Json summary = details(backup, statusOf(backup));
        set(summary, "TableName", backup.table.name);
        set(summary, "TableId", backup.table.uuid);
        set(summary, "TableArn", backup.table.arn());
        push(summaries, std::move(summary));
        return true;
    });
    return object({{"BackupSummaries", std::move(summaries)}, {"LastEvaluatedBackupArn", last}});
}

Json deleteBackup(Memory&, Call& call, const Fields& request) {
    const auto backup = requireBackup(call, request.text("BackupArn"));
    if (backup.creating || backup.restores) throw backupInUse(backup.arn);
    call.erase(backupRow(call.account, call.region, backup.arn));
    call.sweep(copyPrefix(backup.id));
    return object({{"BackupDescription", describe(backup, "DELETED")}});
}

Json restoreTableFromBackup(Memory& memory, Call& call, const Fields& request) {
    auto backup = requireBackup(call, request.text("BackupArn"));
    if (backup.creating) throw backupInUse(backup.arn);
    auto table = restored(memory, call, backup.table, request);
    Json answer =
        beginRestore(call, table, object({{"SourceBackupArn", backup.arn}, {"SourceTableArn", backup.table.arn()}}));
    ++backup.restores;
    save(call, backup);
    fill(memory, call, std::move(table), backup.id, backup.arn, {});
    return answer;
}

Json fillTable(Memory& memory, Call& call, const Fields& request) {
    const auto table = findTable(memory, call, request.text("table"));
    if (table && table->filling)
        fill(memory, call, *table, static_cast<std::uint64_t>(request.integer("copy")), request.text("backup"),
             base64Decode(request.text("from")).value_or(""));
    return object();
}

Json describeContinuousBackups(Memory& memory, Call& call, const Fields& request) {
    return describeContinuous(*requireBackedUp(memory, call, request.text("TableName")), call.now);
}

Json updateContinuousBackups(Memory& memory, Call& call, const Fields& request) {
    const auto table = requireBackedUp(memory, call, request.text("TableName"));
    const auto specification = request.child("PointInTimeRecoverySpecification");
    const bool enabled = specification.valueOr("PointInTimeRecoveryEnabled", false);
    TableInfo changed = *table;
    if (!enabled && specification.has("RecoveryPeriodInDays"))
        throw invalidParameter("RecoveryPeriodInDays can only be specified when point in time recovery is enabled");
    if (enabled && !changed.pointInTimeRecovery) changed.recoverableSince = call.now;
    if (enabled)
        changed.recoveryPeriodDays =
            specification.valueOr("RecoveryPeriodInDays",
                                  enabled && table->pointInTimeRecovery ? table->recoveryPeriodDays : std::int64_t(35));
    changed.pointInTimeRecovery = enabled;
    save(call, changed);
    return describeContinuous(changed, call.now);
}

Json restoreTableToPointInTime(Memory& memory, Call& call, const Fields& request) {
    const auto name = request.optionalText("SourceTableArn") ? request.text("SourceTableArn")
                                                             : request.valueOr("SourceTableName", "");
    if (name.empty()) throw validation("Either SourceTableName or SourceTableArn must be specified");
    const auto source = requireBackedUp(memory, call, name);
    if (!source->pointInTimeRecovery)
        throw AwsError("PointInTimeRecoveryUnavailableException",
                       "Point in time recovery is not enabled for table '" + source->name + "'");
    const bool latest = request.valueOr("UseLatestRestorableTime", false);
    const Json* moment = request.find("RestoreDateTime");
    if (latest == (moment != nullptr))
        throw invalidParameter("Exactly one of RestoreDateTime and UseLatestRestorableTime must be specified");
    if (moment && fromSeconds(moment->GetDouble()) + std::chrono::seconds(1) < call.now)
        throw AwsError("InvalidRestoreTimeException",
                       "Backlot keeps the latest state of a table only: use UseLatestRestorableTime");
    auto table = restored(memory, call, *source, request);
    Json answer = beginRestore(call, table, object({{"SourceTableArn", source->arn()}}));
    const auto copy = newId(call);
    if (beginCopy(call, *source, copy, "FillTable",
                  object({{"table", table.name}, {"copy", copy}, {"backup", ""}, {"from", ""}})))
        fill(memory, call, std::move(table), copy, {}, {});
    return answer;
}

}  // namespace backlot::dynamodb
