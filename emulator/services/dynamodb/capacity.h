#pragma once
// ConsumedCapacity by AWS's formulas. Source: Developer Guide, "Capacity unit consumption".

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/dynamodb/table.h"

namespace backlot::dynamodb {

enum class ReportCapacity { none, total, indexes };
/// ReturnConsumedCapacity of a request.
ReportCapacity wantedCapacity(const Fields& request);

/// A read of so many bytes: half a unit for each 4 KB, at least one block; strong reads cost double.
double readUnits(std::size_t bytes, bool consistent);
/// A write: a unit for each 1 KB of the larger of the item before and after, at least one.
double writeUnits(std::size_t bytesBefore, std::size_t bytesAfter);

/// The units one operation used on one table.
struct Units {
    double table = 0;
    std::map<std::string, double> local, global;  // by index name
    double total() const;
    void add(const Units& other);
    void scale(double factor);
};

enum class Direction { none, read, write };  // transactions also say which units were used
Json describe(const Units& units, const TableInfo& table, ReportCapacity report, Direction direction = Direction::none);

/// Sums over the tables of a batch or a transaction, in the order in which they were first named.
class CapacityByTable {
public:
    void add(const TableRef& table, const Units& units);
    Json describe(ReportCapacity report, Direction direction = Direction::none) const;

private:
    std::vector<std::pair<TableRef, Units>> tables_;
};

}  // namespace backlot::dynamodb
