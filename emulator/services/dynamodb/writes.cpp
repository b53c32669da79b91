#include "emulator/services/dynamodb/writes.h"

#include <map>

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/expressions/evaluate.h"
#include "emulator/services/dynamodb/expressions/update.h"
#include "emulator/services/dynamodb/indexes.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/key_paths.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/legacy.h"
#include "emulator/services/dynamodb/number.h"

namespace backlot::dynamodb {
namespace {

using expressions::ExpressionKind;
using expressions::Substitutions;

constexpr std::size_t kHashKeyLimit = 2048, kRangeKeyLimit = 1024;

Write begin(Write::Kind kind, std::string tableName) {
    Write write;
    write.kind = kind;
    write.tableName = std::move(tableName);
    return write;
}

/// `missing`: what the request would have to have for ExpressionAttributeValues, where it has none of it.
void beginSubstitutions(Write& write, const Fields& request, bool any, std::string_view missing) {
    write.substitutions = std::make_unique<Substitutions>(request, any, any ? std::string_view() : missing);
}

std::optional<expressions::Bound> readExpression(Memory& memory, Write& write, const Fields& request,
                                                 ExpressionKind kind, std::string_view member) {
    const Json* text = request.find(member);
    if (!text) return std::nullopt;
    return resolve(memory.expressions.get(kind, member, view(*text)), member, *write.substitutions);
}

void readReturnOnFailure(Write& write, const Fields& request) {
    const Json* wanted = request.find("ReturnValuesOnConditionCheckFailure");
    write.returnItemOnFailure = wanted && view(*wanted) == "ALL_OLD";
}

void requireOldReturnValues(const Fields& request) {
    const Json* wanted = request.find("ReturnValues");
    if (wanted && view(*wanted) != "ALL_OLD" && view(*wanted) != "NONE")
        throw validation("ReturnValues can only be ALL_OLD or NONE");
}

/// Expected or ConditionExpression; whatever is wrong with either.
void readCondition(Memory& memory, Write& write, const Fields& request) {
    write.condition = readExpected(request, write.storage);
    if (auto condition = readExpression(memory, write, request, ExpressionKind::condition, "ConditionExpression"))
        write.condition = std::move(condition);
}

/// An empty key is refused in other words by what stores it than by what looks for it.
void requireKeySizes(const KeyAttribute& part, const ValueView& value, bool hash,
                     AwsError (*refusal)(std::string_view)) {
    if (value.payload.empty())
        throw refusal("The AttributeValue for a key attribute cannot contain an empty " +
                      std::string(part.type == Type::B ? "binary" : "string") + " value. Key: " + part.name);
    if (value.payload.size() > (hash ? kHashKeyLimit : kRangeKeyLimit))
        throw invalidParameter(hash ? "Size of hashkey has exceeded the maximum size limit of2048 bytes"
                                    : "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
}

template <typename Each>
void eachKeyPart(const TableInfo& table, Each each) {
    each(table.key.hash[0], true);
    if (!table.key.range.empty()) each(table.key.range[0], false);
}

void requireItemKey(const TableInfo& table, std::string_view item, bool batched) {
    eachKeyPart(table, [&](const KeyAttribute& part, bool hash) {
        const auto value = findAttribute(item, part.name);
        if (batched && (!value || value->type != part.type)) throw keyDoesNotMatchSchema();
        if (!value) throw invalidParameter("Missing the key " + part.name + " in the item");
        if (value->type != part.type)
            throw invalidParameter("Type mismatch for key " + part.name + " expected: " +
                                   std::string(nameOf(part.type)) + " actual: " + std::string(nameOf(value->type)));
        requireKeySizes(part, *value, hash, notValidParameter);
    });
}

void refuseKeyUpdates(const TableInfo& table, const expressions::Bound& update) {
    for (const auto* section :
         {&update.update().set, &update.update().remove_, &update.update().add, &update.update().delete_})
        for (const auto& assignment : *section)
            if (const auto name = update.nameOf(assignment.path[0]); table.key.contains(name))
                throw invalidParameter("Cannot update attribute " + std::string(name) +
                                       ". This attribute is part of the key");
}

/// Index keys in the item that an update has computed; a wrong type has words of its own.
void requireUpdatedIndexKeys(const TableInfo& table, std::string_view item) {
    for (const auto& index : table.indexes)
        for (const auto* parts : {&index.key.hash, &index.key.range})
            for (const auto& part : *parts)
                if (const auto value = findAttribute(item, part.name); value && value->type != part.type)
                    throw validation(
                        "The update expression attempted to update the secondary index key to unsupported type");
    requireIndexKeys(table, item);
}

/// What an update sets an index's key attribute to must have its type, as far as the request alone can tell.
void requireIndexKeyConstants(const TableInfo& table, const expressions::Bound& update) {
    if (table.indexes.empty()) return;
    using Kind = expressions::Operand::Kind;
    std::string sum;  // what + and - give is a number, whatever of
    appendScalar(sum, Type::N, Number::parse("1").key());
    std::map<std::string_view, std::string_view> constants;
    for (const auto* section : {&update.update().set, &update.update().add}) {
        for (const auto& assignment : *section) {
            if (assignment.path.size() != 1) continue;
            const auto kind = assignment.value.kind;
            if (kind == Kind::value)
                constants[update.nameOf(assignment.path[0])] = update.values[assignment.value.value].bytes;
            if (kind == Kind::plus || kind == Kind::minus) constants[update.nameOf(assignment.path[0])] = sum;
        }
    }
    std::string item;
    for (const auto& [name, bytes] : constants) {
        appendName(item, name);
        item += bytes;
    }
    requireIndexKeys(table, item);
}

/// What UpdateItem leaves; nothing where it only takes away from an item that is not there.
std::optional<std::string> updated(const Write& write, const std::optional<std::string>& before) {
    if (!write.update) return before ? *before : write.item;
    const auto& update = write.update->update();
    if (!before && update.set.empty() && update.add.empty() && !update.empty()) return std::nullopt;
    auto after = applyUpdate(*write.update, before ? *before : write.item, !before);
    requireUpdatedIndexKeys(*write.table, after);
    requireNesting(after);
    if (sizeOfItem(after) > kItemLimitBytes)
        throw validation("Item size to update has exceeded the maximum allowed size");
    return after;
}

}  // namespace

Write readPut(Memory& memory, const Fields& request) {
    auto write = begin(Write::Kind::put, request.text("TableName"));
    refuseMixture(request, {"Expected", "ConditionalOperator"}, {"ConditionExpression"});
    beginSubstitutions(write, request, request.has("ConditionExpression"), "ConditionExpression is null");
    write.item = encodeItem(request.value("Item"));
    requireOldReturnValues(request);
    if (sizeOfItem(write.item) > kItemLimitBytes) throw validation("Item size has exceeded the maximum allowed size");
    readReturnOnFailure(write, request);
    write.substitutions->read();
    readCondition(memory, write, request);
    write.substitutions->requireAllUsed();
    return write;
}

Write readDelete(Memory& memory, const Fields& request) {
    auto write = begin(Write::Kind::remove, request.text("TableName"));
    refuseMixture(request, {"Expected", "ConditionalOperator"}, {"ConditionExpression"});
    beginSubstitutions(write, request, request.has("ConditionExpression"), "ConditionExpression is null");
    write.item = encodeItem(request.value("Key"));
    requireOldReturnValues(request);
    readReturnOnFailure(write, request);
    write.substitutions->read();
    readCondition(memory, write, request);
    write.substitutions->requireAllUsed();
    return write;
}

Write readUpdate(Memory& memory, const Fields& request) {
    auto write = begin(Write::Kind::update, request.text("TableName"));
    refuseMixture(request, {"AttributeUpdates", "Expected", "ConditionalOperator"},
                  {"UpdateExpression", "ConditionExpression"});
    beginSubstitutions(write, request, request.has("UpdateExpression") || request.has("ConditionExpression"),
                       "UpdateExpression and ConditionExpression are null");
    write.item = encodeItem(request.value("Key"));
    readReturnOnFailure(write, request);
    write.substitutions->read();
    write.update = readAttributeUpdates(request, write.storage);
    if (auto update = readExpression(memory, write, request, ExpressionKind::update, "UpdateExpression"))
        write.update = std::move(update);
    readCondition(memory, write, request);
    write.substitutions->requireAllUsed();
    return write;
}

Write readConditionCheck(Memory& memory, const Fields& request) {
    auto write = begin(Write::Kind::check, request.text("TableName"));
    beginSubstitutions(write, request, true, "ConditionExpression is null");
    write.item = encodeItem(request.value("Key"));
    readReturnOnFailure(write, request);
    write.substitutions->read();
    readCondition(memory, write, request);
    write.substitutions->requireAllUsed();
    return write;
}

Write plainPut(std::string tableName, const Json& item) {
    auto write = begin(Write::Kind::put, std::move(tableName));
    write.batched = true;
    write.item = encodeItem(item);
    if (sizeOfItem(write.item) > kItemLimitBytes) throw validation("Item size has exceeded the maximum allowed size");
    return write;
}

Write plainDelete(std::string tableName, const Json& key) {
    auto write = begin(Write::Kind::remove, std::move(tableName));
    write.item = encodeItem(key);
    return write;
}

std::string requireKey(const TableInfo& table, std::string encodedKey) {
    std::size_t count = 0;
    for (std::string_view rest = encodedKey; !rest.empty(); ++count) takeAttribute(rest);
    if (count != table.key.size()) throw keyDoesNotMatchSchema();
    eachKeyPart(table, [&](const KeyAttribute& part, bool hash) {
        const auto value = findAttribute(encodedKey, part.name);
        if (!value || value->type != part.type) throw keyDoesNotMatchSchema();
        requireKeySizes(part, *value, hash, invalidParameter);
    });
    return encodedKey;
}

void joinTable(Write& write, TableRef table) {
    if (write.kind == Write::Kind::put) {
        requireItemKey(*table, write.item, write.batched);
        if (!table->indexes.empty()) requireIndexKeys(*table, write.item);
    } else {
        write.item = requireKey(*table, std::move(write.item));
        if (write.update) {
            refuseKeyUpdates(*table, *write.update);
            requireIndexKeyConstants(*table, *write.update);
        }
    }
    requireScalarKeys(*table, write.condition);
    requireScalarKeys(*table, write.update);
    write.key = itemKey(*table, write.item);
    write.table = std::move(table);
}

Effect plan(Call& call, const Write& write) {
    Effect effect;
    if (const auto stored = call.get(write.key)) effect.before = std::string(*stored);
    if (write.condition && !holds(*write.condition, effect.before ? *effect.before : std::string_view()))
        throw conditionalCheckFailed(write.returnItemOnFailure && effect.before ? itemToJson(*effect.before) : Json());
    switch (write.kind) {
        case Write::Kind::put: effect.after = write.item; break;
        case Write::Kind::update: effect.after = updated(write, effect.before); break;
        case Write::Kind::check: effect.after = effect.before; break;
        case Write::Kind::remove: break;
    }
    return effect;
}

Effect carryOut(Memory& memory, Call& call, const Write& write) {
    memory.throttle.admitWrite(*write.table, call.now);
    auto effect = plan(call, write);
    effect.units = changeItem(memory, call, *write.table, write.key, effect.before, effect.after);
    memory.throttle.charge(*write.table, effect.units, Direction::write);
    return effect;
}

}  // namespace backlot::dynamodb
