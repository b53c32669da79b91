#include "emulator/services/dynamodb/update_table.h"

#include <algorithm>

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/indexes.h"
#include "emulator/services/dynamodb/stream_records.h"
#include "emulator/services/dynamodb/table_checks.h"
#include "emulator/services/dynamodb/tables.h"

namespace backlot::dynamodb {
namespace {

void requireSomething(const Fields& request) {
    static constexpr const char* kChanges[] = {
        "ProvisionedThroughput", "BillingMode",    "StreamSpecification", "GlobalSecondaryIndexUpdates",
        "SSESpecification",      "ReplicaUpdates", "TableClass",          "DeletionProtectionEnabled",
        "OnDemandThroughput",    "WarmThroughput"};
    if (std::none_of(std::begin(kChanges), std::end(kChanges), [&](const char* member) { return request.has(member); }))
        throw validation(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
            "SSESpecification or ReplicaUpdates is required");
    if (request.has("ReplicaUpdates") || request.has("GlobalTableWitnessUpdates"))
        throw validation(
            "Backlot has no replicas in other Regions: ReplicaUpdates and GlobalTableWitnessUpdates are not supported");
    if (request.has("GlobalSecondaryIndexUpdates") && request.items("GlobalSecondaryIndexUpdates").empty() &&
        !request.has("ProvisionedThroughput") && !request.has("BillingMode") && !request.has("StreamSpecification"))
        throw validation(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
            "SSESpecification or ReplicaUpdates is required");
}

AwsError unchanged(std::string_view what, const Throughput& current, const Throughput& wanted) {
    const auto kind = what.starts_with("index") ? std::string("global secondary index") : std::string("table");
    return validation(
        "The provisioned throughput for the " + std::string(what) +
        " will not change. The requested value equals the current value. " +
        "Current ReadCapacityUnits provisioned for the " + kind + ": " + std::to_string(current.read) +
        ". Requested ReadCapacityUnits: " + std::to_string(wanted.read) +
        ". Current WriteCapacityUnits provisioned for the " + kind + ": " + std::to_string(current.write) +
        ". Requested WriteCapacityUnits: " + std::to_string(wanted.write) +
        ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.");
}

/// What can be said of the numbers without the table.
void requireBounds(const Fields& request) {
    if (request.has("ProvisionedThroughput")) readThroughput(request.child("ProvisionedThroughput"));
    if (request.valueOr("BillingMode", "") == "PROVISIONED" && !request.has("ProvisionedThroughput"))
        throw invalidParameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
    std::vector<std::string> names;
    for (const Json* entry : request.items("GlobalSecondaryIndexUpdates")) {
        const Fields update(*entry);
        if (!update.has("Create") && !update.has("Delete") && !update.has("Update"))
            throw invalidParameter(
                "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
                "GlobalSecondaryIndexUpdate.Delete must not be null");
        for (const auto* kind : {"Create", "Delete", "Update"}) {
            if (!update.has(kind)) continue;
            const auto name = update.child(kind).valueOr("IndexName", "");
            if (std::find(names.begin(), names.end(), name) != names.end())
                throw invalidParameter(
                    "Only one global secondary index update per index is allowed simultaneously. Index: " + name);
            names.push_back(name);
        }
    }
}

/// Throughput of the table; when it last went up and down is remembered.
void setThroughput(TableInfo& table, const Throughput& wanted, Time now) {
    const auto current = table.throughput;
    if (wanted.read > current.read || wanted.write > current.write) table.lastIncrease = now;
    if (wanted.read < current.read || wanted.write < current.write) {
        table.lastDecrease = now;
        ++table.decreasesToday;
    }
    table.throughput = wanted;
}

void changeBilling(TableInfo& table, const Fields& request, Time now) {
    const auto mode = request.optionalText("BillingMode");
    const bool provisioned = mode ? *mode == "PROVISIONED" : table.provisioned;
    if (!provisioned && request.has("ProvisionedThroughput"))
        throw invalidParameter(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    if (request.has("ProvisionedThroughput")) {
        const auto wanted = readThroughput(request.child("ProvisionedThroughput"));
        if (table.provisioned && wanted == table.throughput) throw unchanged("table", table.throughput, wanted);
        setThroughput(table, wanted, now);
    }
    if (!provisioned && table.provisioned) {
        table.lastToOnDemand = now;
        table.throughput = {};
        for (auto& index : table.indexes) index.throughput.reset();
    }
    if (provisioned && !table.provisioned)
        for (auto& index : table.indexes)
            if (index.global && !index.throughput) index.throughput = table.throughput;
    table.provisioned = provisioned;
}

void changeStream(Call& call, TableInfo& table, const Fields& request) {
    if (!request.has("StreamSpecification")) return;
    const auto specification = request.child("StreamSpecification");
    const bool enabled = specification.valueOr("StreamEnabled", false);
    const auto viewType = specification.optionalText("StreamViewType");
    if (enabled) {
        if (!viewType) throw invalidParameter("StreamViewType is required when StreamEnabled is true");
        if (table.stream.enabled) throw validation("Table already has an enabled stream: TableName: " + table.name);
        openStream(call, table, *viewType);
    } else {
        if (viewType) throw invalidParameter("StreamViewType cannot be specified when StreamEnabled is false");
        if (!table.stream.enabled)
            throw validation("Table doesn't have an enabled stream to disable: TableName: " + table.name);
        closeStream(call, table);
    }
}

/// Attributes that the request defines anew; what is known already must not change its type.
void mergeDefinitions(TableInfo& table, const Fields& request) {
    for (const auto& definition : readDefinitions(request)) {
        const auto* known = table.definition(definition.name);
        if (known && known->type != definition.type && table.isKeyAttribute(definition.name))
            throw invalidParameter("Attribute " + definition.name + " is already defined with another type");
        if (!known) table.definitions.push_back(definition);
    }
}

AwsError blocked() {
    return validation(
        "This operation cannot be performed with given input values. Please contact DynamoDB service team for more "
        "info: "
        "Action Blocked: IndexUpdate");
}

bool beyondLimits(const Fields& change) {
    try {
        if (change.has("ProvisionedThroughput")) readThroughput(change.child("ProvisionedThroughput"));
        return false;
    } catch (const AwsError&) {
        return true;
    }
}

Index& requireIndex(TableInfo& table, const std::string& name) {
    for (auto& index : table.indexes)
        if (index.name == name && index.global) return index;
    throw resourceNotFound("Requested resource not found");
}

void dropUnusedDefinitions(TableInfo& table) {
    std::erase_if(table.definitions,
                  [&](const KeyAttribute& definition) { return !table.isKeyAttribute(definition.name); });
}

/// The indexes that were made; their entries are still to be filled in.
std::vector<std::string> changeIndexes(Call& call, TableInfo& table, const Fields& request) {
    std::vector<std::string> created;
    std::size_t madeOrRemoved = 0;
    for (const Json* entry : request.items("GlobalSecondaryIndexUpdates")) {
        const Fields update(*entry);
        if (update.has("Create") || update.has("Delete")) ++madeOrRemoved;
    }
    if (madeOrRemoved > 1)
        throw limitExceeded(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table");
    for (const Json* entry : request.items("GlobalSecondaryIndexUpdates")) {
        const Fields update(*entry);
        if (update.has("Create")) {
            auto index = readGlobalIndex(update.child("Create"), table.definitions, table.provisioned);
            if (table.findIndex(index.name)) throw validation("Attempting to create an index which already exists");
            index.id = table.nextIndexId++;
            index.creating = true;
            created.push_back(index.name);
            table.indexes.push_back(std::move(index));
        } else if (update.has("Delete")) {
            const auto name = update.child("Delete").text("IndexName");
            eraseEntries(call, table.id, requireIndex(table, name).id);
            std::erase_if(table.indexes, [&](const Index& index) { return index.name == name; });
            dropUnusedDefinitions(table);
        } else {
            const auto change = update.child("Update");
            if (!table.findIndex(change.text("IndexName")) && beyondLimits(change)) throw blocked();
            auto& index = requireIndex(table, change.text("IndexName"));
            if (change.has("ProvisionedThroughput")) {
                const auto wanted = readThroughput(change.child("ProvisionedThroughput"), index.name);
                if (!table.provisioned)
                    throw invalidParameter("ProvisionedThroughput should not be specified for index: " + index.name +
                                           " when BillingMode is PAY_PER_REQUEST");
                if (index.throughput == wanted) throw unchanged("index " + index.name, *index.throughput, wanted);
                index.throughput = wanted;
            }
            if (auto onDemand = readOnDemand(change)) index.onDemand = onDemand;
            if (auto warm = readWarm(change)) index.warm = warm;
        }
    }
    for (std::size_t i = 0; i < table.indexes.size(); ++i) table.indexes[i].place = i;
    requireIndexCounts(table);
    return created;
}

}  // namespace

Json updateTable(Memory& memory, Call& call, const Fields& request) {
    requireSomething(request);
    requireBounds(request);
    const auto table = requireTableNamed(memory, call, request.text("TableName"));
    if (table->filling)
        throw resourceInUse("Attempt to change a resource which is still in use: Table is being created: " +
                            table->name);
    if (std::any_of(table->indexes.begin(), table->indexes.end(), [](const Index& index) { return index.creating; }) &&
        request.has("GlobalSecondaryIndexUpdates"))
        throw limitExceeded(
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table");
    TableInfo changed = *table;
    changeBilling(changed, request, call.now);
    changeStream(call, changed, request);
    mergeDefinitions(changed, request);
    const auto created = changeIndexes(call, changed, request);
    requireDefinitionsUsed(changed);
    if (request.has("SSESpecification")) changed.sse = readEncryption(request, changed.account, changed.region);
    if (const auto tableClass = request.optionalText("TableClass")) changed.tableClass = *tableClass;
    changed.deletionProtection = request.valueOr("DeletionProtectionEnabled", changed.deletionProtection);
    if (auto onDemand = readOnDemand(request)) changed.onDemand = onDemand;
    if (auto warm = readWarm(request)) changed.warm = warm;
    save(call, changed);
    TableInfo shown = changed;  // AWS's answer still has the throughput of before
    if (table->provisioned && changed.provisioned) shown.throughput = table->throughput;
    Json description = describe(call, shown, "UPDATING");
    for (const auto& name : created) beginBackfill(memory, call, changed, *changed.findIndex(name));
    return object({{"TableDescription", std::move(description)}});
}

}  // namespace backlot::dynamodb
