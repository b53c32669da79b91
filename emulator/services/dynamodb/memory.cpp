#include "emulator/services/dynamodb/memory.h"

#include "emulator/base/arn.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/rows.h"

namespace backlot::dynamodb {
namespace {

constexpr std::string_view kTablePrefix = "table/";
constexpr std::string_view kIdRow = "id";

}  // namespace

TableRef TableCache::get(const Call& call, const std::string& rowKey) {
    const auto row = call.get(rowKey);
    if (!row) return nullptr;
    auto& entry = entries_[rowKey];
    if (!entry.table || entry.row != *row) {
        entry.row = *row;
        entry.table = std::make_shared<const TableInfo>(tableFromRow(parseJson(entry.row)));
    }
    return entry.table;
}

std::string_view tableNameIn(std::string_view nameOrArn) {
    if (!nameOrArn.starts_with("arn:")) return nameOrArn;
    const auto at = nameOrArn.find(kTablePrefix);
    if (at == std::string_view::npos) return nameOrArn;
    const auto name = nameOrArn.substr(at + kTablePrefix.size());
    return name.substr(0, name.find('/'));
}

TableRef findTable(Memory& memory, const Call& call, std::string_view nameOrArn) {
    if (!nameOrArn.starts_with("arn:")) return memory.tables.get(call, tableRow(call.account, call.region, nameOrArn));
    const auto parsed = parseArn(nameOrArn);
    if (!parsed || parsed->service != "dynamodb") return nullptr;
    return memory.tables.get(call, tableRow(parsed->account, parsed->region, tableNameIn(nameOrArn)));
}

TableRef requireTable(Memory& memory, Call& call, std::string_view nameOrArn) {
    call.about(tableNameIn(nameOrArn));
    auto table = findTable(memory, call, nameOrArn);
    if (!table || table->filling) throw resourceNotFound();
    return table;
}

TableRef requireTableNamed(Memory& memory, Call& call, std::string_view nameOrArn) {
    call.about(tableNameIn(nameOrArn));
    auto table = findTable(memory, call, nameOrArn);
    if (!table) throw tableNotFound(tableNameIn(nameOrArn));
    return table;
}

void save(Call& call, const TableInfo& table) {
    call.putJson(tableRow(table.account, table.region, table.name), toRow(table));
}

std::uint64_t newId(Call& call) {
    const auto last = call.get(kIdRow);
    const std::uint64_t id = (last ? std::stoull(std::string(*last)) : 0) + 1;
    call.put(kIdRow, std::to_string(id));
    return id;
}

}  // namespace backlot::dynamodb
