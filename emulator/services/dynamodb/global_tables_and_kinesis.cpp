#include "emulator/services/dynamodb/global_tables_and_kinesis.h"

#include "emulator/services/dynamodb/errors.h"

namespace backlot::dynamodb {
namespace {

AwsError globalTableNotFound(const std::string& name) {
    return {"GlobalTableNotFoundException",
            "Global table not found: Global table with name: '" + name + "' does not exist."};
}

AwsError noReplicas(std::string_view operation) {
    return validation("Backlot has no replicas in other Regions: " + std::string(operation) + " is not supported");
}

}  // namespace

Json createGlobalTable(Memory& memory, Call& call, const Fields& request) {
    const auto name = request.text("GlobalTableName");
    call.about(name);
    if (!findTable(memory, call, name)) throw AwsError("TableNotFoundException", "Table not found: " + name);
    throw noReplicas("CreateGlobalTable");
}

Json describeGlobalTable(Memory&, Call& call, const Fields& request) {
    call.about(request.text("GlobalTableName"));
    throw globalTableNotFound(request.text("GlobalTableName"));
}
Json describeGlobalTableSettings(Memory& memory, Call& call, const Fields& request) {
    return describeGlobalTable(memory, call, request);
}
Json updateGlobalTable(Memory& memory, Call& call, const Fields& request) {
    return describeGlobalTable(memory, call, request);
}
Json updateGlobalTableSettings(Memory& memory, Call& call, const Fields& request) {
    return describeGlobalTable(memory, call, request);
}

Json listGlobalTables(Memory&, Call&, const Fields&) { return object({{"GlobalTables", list()}}); }

Json describeTableReplicaAutoScaling(Memory& memory, Call& call, const Fields& request) {
    const auto table = requireTableNamed(memory, call, request.text("TableName"));
    return object({{"TableAutoScalingDescription",
                    object({{"TableName", table->name}, {"TableStatus", "ACTIVE"}, {"Replicas", list()}})}});
}

Json updateTableReplicaAutoScaling(Memory& memory, Call& call, const Fields& request) {
    requireTableNamed(memory, call, request.text("TableName"));
    throw noReplicas("UpdateTableReplicaAutoScaling");
}

Json describeKinesisStreamingDestination(Memory& memory, Call& call, const Fields& request) {
    const auto table = requireTableNamed(memory, call, request.text("TableName"));
    return object({{"TableName", table->name}, {"KinesisDataStreamDestinations", list()}});
}

Json enableKinesisStreamingDestination(Memory& memory, Call& call, const Fields& request) {
    requireTableNamed(memory, call, request.text("TableName"));
    throw resourceNotFound("Backlot has no Kinesis Data Streams: stream " + request.text("StreamArn") + " not found");
}

Json disableKinesisStreamingDestination(Memory& memory, Call& call, const Fields& request) {
    const auto table = requireTableNamed(memory, call, request.text("TableName"));
    throw validation(
        "Table is not in a valid state to disable Kinesis Streaming Destination: KinesisStreamingDestination must be "
        "ACTIVE "
        "to perform DISABLE operation. TableName: " +
        table->name);
}

}  // namespace backlot::dynamodb
