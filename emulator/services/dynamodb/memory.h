#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "emulator/services/dynamodb/expressions/resolve.h"
#include "emulator/services/dynamodb/import_files.h"
#include "emulator/services/dynamodb/service.h"
#include "emulator/services/dynamodb/table.h"
#include "emulator/services/dynamodb/throttle.h"

namespace backlot::dynamodb {

/// Tables taken apart, by the key of their row. An entry counts only as long as the row still has the bytes that it was
/// made of, so that nothing has to be dropped where a transaction is undone or the store replaced.
class TableCache {
public:
    /// Null where there is no such table.
    TableRef get(const Call& call, const std::string& rowKey);
    void clear() { entries_.clear(); }

private:
    struct Entry {
        std::string row;
        TableRef table;
    };
    std::unordered_map<std::string, Entry> entries_;
};

/// What the service keeps between calls: settings, and what can be made again from rows and requests at any time.
struct Memory {
    explicit Memory(Settings given) : settings(std::move(given)), throttle(settings.enforceThroughput) {}
    Settings settings;
    Throttle throttle;
    expressions::ExpressionCache expressions;
    TableCache tables;
    Unpackings unpackings;
};

// --- tables by name ------------------------------------------------------------------------------------------------
/// `nameOrArn` as in a request. Throws ResourceNotFoundException "Requested resource not found".
TableRef requireTable(Memory& memory, Call& call, std::string_view nameOrArn);
/// The same for operations on tables: "Requested resource not found: Table: X not found".
TableRef requireTableNamed(Memory& memory, Call& call, std::string_view nameOrArn);
TableRef findTable(Memory& memory, const Call& call, std::string_view nameOrArn);
void save(Call& call, const TableInfo& table);
/// The name in a table's ARN (also in one that goes on with /index/… or /stream/…); anything else as it is.
std::string_view tableNameIn(std::string_view nameOrArn);
/// A number that no table, stream or backup has had.
std::uint64_t newId(Call& call);

}  // namespace backlot::dynamodb
