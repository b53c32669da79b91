#include "emulator/services/dynamodb/items.h"

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/expressions/projection.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/key_paths.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/selection.h"

namespace backlot::dynamodb {
namespace {

/// What a write answers beside Attributes.
Json answer(const Fields& request, const Write& write, const Effect& effect) {
    Json result = object();
    if (const auto report = wantedCapacity(request); report != ReportCapacity::none)
        set(result, "ConsumedCapacity", describe(effect.units, *write.table, report));
    if (wantsItemCollectionMetrics(request))
        if (auto metrics = itemCollectionMetrics(write)) set(result, "ItemCollectionMetrics", std::move(*metrics));
    return result;
}

bool wants(const Fields& request, std::string_view returnValues) {
    const Json* wanted = request.find("ReturnValues");
    return wanted && view(*wanted) == returnValues;
}

Effect write(Memory& memory, Call& call, Write& write) {
    joinTable(write, requireTable(memory, call, write.tableName));
    return carryOut(memory, call, write);
}

/// The attributes that an update touched, as they were or as they are.
std::optional<Json> touched(const Write& write, const std::optional<std::string>& item) {
    if (!item || !write.update) return std::nullopt;
    expressions::Projection projection;
    const auto& update = write.update->update();
    for (const auto* section : {&update.set, &update.remove_, &update.add, &update.delete_})
        for (const auto& assignment : *section) projection.add(assignment.path, *write.update);
    Json attributes = projection.toJson(*item);
    if (attributes.ObjectEmpty()) return std::nullopt;
    return attributes;
}

std::optional<Json> whole(const std::optional<std::string>& item) {
    if (!item) return std::nullopt;
    return itemToJson(*item);
}

}  // namespace

bool wantsItemCollectionMetrics(const Fields& request) {
    const Json* wanted = request.find("ReturnItemCollectionMetrics");
    return wanted && view(*wanted) == "SIZE";
}

std::optional<Json> itemCollectionMetrics(const Write& write) {
    if (!write.table->hasLocalIndex()) return std::nullopt;
    const auto& hash = write.table->key.hash[0].name;
    Json key = object();
    set(key, hash, toJson(*findAttribute(write.item, hash)));
    return object({{"ItemCollectionKey", std::move(key)}, {"SizeEstimateRangeGB", list({0.0, 1.0})}});
}

Json putItem(Memory& memory, Call& call, const Fields& request) {
    auto put = readPut(memory, request);
    const auto effect = write(memory, call, put);
    Json result = answer(request, put, effect);
    if (wants(request, "ALL_OLD")) set(result, "Attributes", whole(effect.before));
    return result;
}

Json deleteItem(Memory& memory, Call& call, const Fields& request) {
    auto removal = readDelete(memory, request);
    const auto effect = write(memory, call, removal);
    Json result = answer(request, removal, effect);
    if (wants(request, "ALL_OLD")) set(result, "Attributes", whole(effect.before));
    return result;
}

Json updateItem(Memory& memory, Call& call, const Fields& request) {
    auto update = readUpdate(memory, request);
    const auto effect = write(memory, call, update);
    Json result = answer(request, update, effect);
    if (wants(request, "ALL_OLD")) set(result, "Attributes", whole(effect.before));
    if (wants(request, "ALL_NEW")) set(result, "Attributes", whole(effect.after));
    if (wants(request, "UPDATED_OLD")) set(result, "Attributes", touched(update, effect.before));
    if (wants(request, "UPDATED_NEW")) set(result, "Attributes", touched(update, effect.after));
    return result;
}

Json getItem(Memory& memory, Call& call, const Fields& request) {
    LoneSelection lone(request);
    auto key = encodeItem(request.value("Key"));
    const auto selection = lone.read(memory);
    const auto table = requireTable(memory, call, view(request.value("TableName")));
    key = requireKey(*table, std::move(key));
    requireScalarKeys(*table, selection.paths);
    memory.throttle.admitRead(*table, nullptr, call.now);
    const auto item = call.get(itemKey(*table, key));
    Json result = object();
    if (item) set(result, "Item", selection.toJson(*item));
    const auto report = wantedCapacity(request);
    const bool consistent = request.valueOr("ConsistentRead", false);  // each read is; it costs twice
    if (report == ReportCapacity::none && !memory.throttle.enforced()) return result;
    const Units used{.table = readUnits(item ? sizeOfItem(*item) : 0, consistent), .local = {}, .global = {}};
    memory.throttle.charge(*table, used, Direction::read);
    if (report != ReportCapacity::none) set(result, "ConsumedCapacity", describe(used, *table, report));
    return result;
}

}  // namespace backlot::dynamodb
