#pragma once
// One write of one item, whoever asks for it: PutItem, UpdateItem, DeleteItem, a batch, a transaction, PartiQL.
// It is read from its request (what is wrong with the request alone ends here), joined to its table (keys), and carried
// out.

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/services/dynamodb/changes.h"
#include "emulator/services/dynamodb/expressions/resolve.h"

namespace backlot::dynamodb {

struct Write {
    enum class Kind { put, update, remove, check };
    Kind kind = Kind::put;
    std::string tableName;                                      // as given
    std::string item;                                           // put: the new item; else the key's attributes
    std::unique_ptr<expressions::Substitutions> substitutions;  // what the bound expressions point into
    std::deque<std::string> storage;                            // the same for legacy parameters
    std::optional<expressions::Bound> condition, update;
    bool returnItemOnFailure = false;  // ReturnValuesOnConditionCheckFailure: ALL_OLD
    bool batched = false;              // of BatchWriteItem, which words a wrong key in its own way

    TableRef table = nullptr;  // after joinTable()
    std::string key = {};      // the item's row
};

Write readPut(Memory& memory, const Fields& request);
Write readUpdate(Memory& memory, const Fields& request);
Write readDelete(Memory& memory, const Fields& request);
/// Of TransactWriteItems.
Write readConditionCheck(Memory& memory, const Fields& request);
/// A put or a delete without conditions, as BatchWriteItem has them.
Write plainPut(std::string tableName, const Json& item);
Write plainDelete(std::string tableName, const Json& key);

/// Checks key and index attributes against the table. Throws ValidationException.
void joinTable(Write& write, TableRef table);

struct Effect {
    std::optional<std::string> before, after;  // the item; nothing where there was or is none
    Units units;
};
/// What the write would do to the item as it is stored now. Throws ConditionalCheckFailedException,
/// ValidationException.
Effect plan(Call& call, const Write& write);
/// Does it.
Effect carryOut(Memory& memory, Call& call, const Write& write);

/// The key's attributes as item bytes, checked to be exactly the table's key. Throws ValidationException.
std::string requireKey(const TableInfo& table, std::string encodedKey);

}  // namespace backlot::dynamodb
