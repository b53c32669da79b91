#include "emulator/services/dynamodb/indexes.h"
#include "emulator/services/dynamodb/items.h"
#include "emulator/services/dynamodb/query.h"
#include "emulator/services/dynamodb/resource_policies.h"
#include "emulator/services/dynamodb/service.h"
#include "emulator/services/dynamodb/tables.h"
#include "emulator/services/dynamodb/tags.h"
#include "emulator/services/dynamodb/ttl.h"

namespace backlot::dynamodb {
namespace {

using MemoryFunction = Json (*)(Memory&, Call&, const Fields&);

/// Lines of a table whose operations share what the service keeps in memory.
class Lines {
public:
    explicit Lines(std::shared_ptr<Memory> memory) : memory_(std::move(memory)) {}
    Operation operator()(std::string_view name, MemoryFunction run, unsigned flags = writes) const {
        return {name, [memory = memory_, run](Call& call, const Fields& request) { return Reply(run(*memory, call, request)); }, flags};
    }

private:
    std::shared_ptr<Memory> memory_;
};

constexpr unsigned kRead = readOnly | dataEvent;

}  // namespace

std::shared_ptr<Memory> makeMemory(Settings settings) { return std::make_shared<Memory>(Memory{settings, {}, {}}); }

Service dynamodbService(std::shared_ptr<Memory> memory) {
    const Lines line(memory);
    return {.name = "dynamodb",
            .operations =
                {
                    line("CreateTable", createTable),
                    line("DeleteItem", deleteItem, dataEvent),
                    line("DeleteResourcePolicy", deleteResourcePolicy),
                    line("DeleteTable", deleteTable),
                    line("DescribeTable", describeTable, readOnly),
                    line("DescribeTimeToLive", describeTimeToLive, readOnly),
                    line("GetItem", getItem, kRead),
                    line("GetResourcePolicy", getResourcePolicy, readOnly),
                    line("ListTables", listTables, readOnly),
                    line("ListTagsOfResource", listTagsOfResource, readOnly),
                    line("PutItem", putItem, dataEvent),
                    line("PutResourcePolicy", putResourcePolicy),
                    line("Query", query, kRead),
                    line("Scan", scan, kRead),
                    line("TagResource", tagResource),
                    line("UntagResource", untagResource),
                    line("UpdateItem", updateItem, dataEvent),
                    line("UpdateTimeToLive", updateTimeToLive),
                    // Jobs.
                    line("BackfillIndex", backfillPortion, internal),
                    line("EraseRows", eraseRowsPortion, internal),
                    line("ListExpiries", listExpiriesPortion, internal),
                    line("SweepExpired", sweepExpired, internal),
                },
            .forget = [memory] { memory->tables.clear(); }};
}

Service dynamodbStreamsService(std::shared_ptr<Memory>) { return {.name = "dynamodbstreams", .operations = {}, .rows = "dynamodb"}; }

}  // namespace backlot::dynamodb
