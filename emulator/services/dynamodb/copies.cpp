#include "emulator/services/dynamodb/copies.h"

#include <algorithm>

#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/rows.h"

namespace backlot::dynamodb {
namespace {

/// Copies a share of what is not kept yet; where to go on.
std::optional<std::string> copySome(Call& call, const TableInfo& table, std::uint64_t copy, std::string from) {
    const auto share = takeShare(call, itemsPrefix(table.id), {.from = std::move(from)});
    const auto prefix = copyPrefix(copy);
    for (const auto& [rest, item] : share.items)
        if (!call.has(prefix + rest)) call.put(prefix + rest, item);
    return share.from;
}

void goOn(Call& call, const TableInfo& table, std::uint64_t copy, const std::string& from, std::string_view operation,
          Json request) {
    call.soon({.service = "dynamodb",
               .operation = "CopyTable",
               .request = object({{"table", table.arn()},
                                  {"copy", copy},
                                  {"from", base64Encode(from)},
                                  {"operation", operation},
                                  {"request", std::move(request)}}),
               .label = "copy table " + table.name});
}

}  // namespace

ItemShare takeShare(const Call& call, const std::string& prefix, const Share& share) {
    ItemShare result;
    std::size_t bytes = 0;
    call.scan(
        prefix,
        [&](std::string_view key, std::string_view item) {
            if (result.items.size() == share.items || bytes >= share.bytes) {
                result.from = std::string(key);
                return false;
            }
            bytes += key.size() + item.size();
            result.items.emplace_back(key.substr(prefix.size()), item);
            return true;
        },
        share.from);
    return result;
}

bool beginCopy(Call& call, const TableInfo& table, std::uint64_t copy, std::string operation, Json request) {
    const auto from = copySome(call, table, copy, {});
    if (!from) return true;
    TableInfo changed = table;
    changed.copies.push_back(copy);
    save(call, changed);
    goOn(call, table, copy, *from, operation, std::move(request));
    return false;
}

Json copyPortion(Memory& memory, Call& call, const Fields& request) {
    const auto table = findTable(memory, call, request.text("table"));
    const auto copy = static_cast<std::uint64_t>(request.integer("copy"));
    if (!table || std::find(table->copies.begin(), table->copies.end(), copy) == table->copies.end()) return object();
    const auto from = copySome(call, *table, copy, base64Decode(request.text("from")).value_or(""));
    Json wanted = backlot::copy(request.value("request"));
    if (from) {
        goOn(call, *table, copy, *from, request.text("operation"), std::move(wanted));
        return object();
    }
    TableInfo changed = *table;
    std::erase(changed.copies, copy);
    save(call, changed);
    call.soon({.service = "dynamodb",
               .operation = request.text("operation"),
               .request = std::move(wanted),
               .label = "copied table " + table->name});
    return object();
}

void keepForCopies(Call& call, const TableInfo& table, std::string_view key, std::optional<std::string_view> before) {
    const auto rest = key.substr(itemsPrefix(table.id).size());
    for (const auto copy : table.copies) {
        std::string kept = copyPrefix(copy);
        kept += rest;
        if (!call.has(kept)) call.put(kept, before.value_or(std::string_view()));
    }
}

}  // namespace backlot::dynamodb
