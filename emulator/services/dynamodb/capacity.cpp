#include "emulator/services/dynamodb/capacity.h"

#include <algorithm>
#include <cmath>

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kReadBlock = 4096, kWriteBlock = 1024;

std::size_t blocks(std::size_t bytes, std::size_t block) {
    return std::max<std::size_t>(1, (bytes + block - 1) / block);
}

Json unitsJson(double units, Direction direction) {
    Json result = object({{"CapacityUnits", units}});
    if (direction == Direction::read) set(result, "ReadCapacityUnits", units);
    if (direction == Direction::write) set(result, "WriteCapacityUnits", units);
    return result;
}

Json byIndex(const std::map<std::string, double>& indexes, Direction direction) {
    Json result = object();
    for (const auto& [name, units] : indexes) set(result, name, unitsJson(units, direction));
    return result;
}

}  // namespace

ReportCapacity wantedCapacity(const Fields& request) {
    const Json* wanted = request.find("ReturnConsumedCapacity");
    if (!wanted || view(*wanted) == "NONE") return ReportCapacity::none;
    return view(*wanted) == "INDEXES" ? ReportCapacity::indexes : ReportCapacity::total;
}

double readUnits(std::size_t bytes, bool consistent) {
    return static_cast<double>(blocks(bytes, kReadBlock)) * (consistent ? 1 : 0.5);
}

double writeUnits(std::size_t bytesBefore, std::size_t bytesAfter) {
    return static_cast<double>(blocks(std::max(bytesBefore, bytesAfter), kWriteBlock));
}

double Units::total() const {
    double sum = table;
    for (const auto& [name, units] : local) sum += units;
    for (const auto& [name, units] : global) sum += units;
    return sum;
}

void Units::add(const Units& other) {
    table += other.table;
    for (const auto& [name, units] : other.local) local[name] += units;
    for (const auto& [name, units] : other.global) global[name] += units;
}

void Units::scale(double factor) {
    table *= factor;
    for (auto& [name, units] : local) units *= factor;
    for (auto& [name, units] : global) units *= factor;
}

Json describe(const Units& units, const TableInfo& table, ReportCapacity report, Direction direction) {
    Json result = unitsJson(units.total(), direction);
    set(result, "TableName", table.name);
    if (report != ReportCapacity::indexes) return result;
    set(result, "Table", unitsJson(units.table, direction));
    if (!units.local.empty()) set(result, "LocalSecondaryIndexes", byIndex(units.local, direction));
    if (!units.global.empty()) set(result, "GlobalSecondaryIndexes", byIndex(units.global, direction));
    return result;
}

void CapacityByTable::add(const TableRef& table, const Units& units) {
    auto place =
        std::find_if(tables_.begin(), tables_.end(), [&](const auto& entry) { return entry.first->id == table->id; });
    if (place == tables_.end()) place = tables_.insert(tables_.end(), {table, Units{}});
    place->second.add(units);
}

Json CapacityByTable::describe(ReportCapacity report, Direction direction) const {
    return array(tables_,
                 [&](const auto& entry) { return dynamodb::describe(entry.second, *entry.first, report, direction); });
}

}  // namespace backlot::dynamodb
