#include "emulator/services/dynamodb/transactions.h"

#include <set>

#include "emulator/base/hash.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/items.h"
#include "emulator/services/dynamodb/keys.h"
#include "emulator/services/dynamodb/rows.h"
#include "emulator/services/dynamodb/selection.h"

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kTransactionBytes = 4 * 1024 * 1024;
constexpr auto kTokenLife = std::chrono::minutes(10);

AwsError twoOnOneItem() { return validation("Transaction request cannot include multiple operations on one item"); }

Write readAction(Memory& memory, const Fields& action) {
    static constexpr std::pair<std::string_view, Write (*)(Memory&, const Fields&)> kinds[] = {
        {"ConditionCheck", readConditionCheck}, {"Delete", readDelete}, {"Put", readPut}, {"Update", readUpdate}};
    const std::pair<std::string_view, Write (*)(Memory&, const Fields&)>* chosen = nullptr;
    for (const auto& kind : kinds) {
        if (!action.has(kind.first)) continue;
        if (chosen) throw validation("TransactItems can only contain one of Check, Put, Update or Delete");
        chosen = &kind;
    }
    if (!chosen)
        throw validation("Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
    return chosen->second(memory, action.child(chosen->first));
}

/// What makes two requests the same: everything but what is answered.
std::string fingerprint(const Fields& request, std::string_view operation) {
    Json essence = copy(request.json());
    for (const auto* member : {"ClientRequestToken", "ReturnConsumedCapacity", "ReturnItemCollectionMetrics"})
        erase(essence, member);
    return sha256Hex(std::string(operation) + writeJson(essence));
}

/// What the actions would have read, had the transaction been carried out before: a repetition is charged as a read.
Units repeatedUnits(Call& call, const Write& write) {
    const auto item = call.get(write.key);
    return {.table = 2 * readUnits(item ? sizeOfItem(*item) : 0, true), .local = {}, .global = {}};
}

/// The cancellation reason of a throttled action.
std::string throttledReason(const AwsError& error) {
    return error.code() == "ThrottlingException" ? "ThrottlingError" : "ProvisionedThroughputExceeded";
}

void join(Memory& memory, Call& call, Write& write) { joinTable(write, requireTable(memory, call, write.tableName)); }

}  // namespace

void cancelWhereRefused(std::vector<CancellationReason> reasons) {
    std::string codes;
    bool refused = false;
    Json described = list();
    for (auto& reason : reasons) {
        refused = refused || reason.code != "None";
        codes += (codes.empty() ? "" : ", ") + reason.code;
        Json one = object({{"Code", reason.code}});
        if (!reason.message.empty()) set(one, "Message", reason.message);
        if (!reason.item.IsNull()) set(one, "Item", std::move(reason.item));
        push(described, std::move(one));
    }
    if (!refused) return;
    throw AwsError("TransactionCanceledException",
                   "Transaction cancelled, please refer cancellation reasons for specific reasons [" + codes + "]", 400,
                   object({{"CancellationReasons", std::move(described)}}));
}

std::vector<Effect> carryOutTogether(Memory& memory, Call& call, std::vector<Write>& writes) {
    std::set<std::string> keys;
    std::vector<CancellationReason> reasons;
    std::vector<Effect> effects;
    std::size_t bytes = 0;
    for (auto& write : writes) {
        auto& reason = reasons.emplace_back();
        auto& effect = effects.emplace_back();
        const auto table = requireTable(memory, call, write.tableName);
        try {
            joinTable(write, table);
        } catch (const AwsError& error) {
            reason = {"ValidationError", error.message(), {}};
            continue;
        }
        if (!keys.insert(write.key).second) throw twoOnOneItem();
        try {
            memory.throttle.admitWrite(*write.table, call.now);
            effect = plan(call, write);
            if (write.kind != Write::Kind::remove && effect.after) bytes += sizeOfItem(*effect.after);
        } catch (const AwsError& error) {
            if (error.code() == "ConditionalCheckFailedException") {
                const Json* item = error.extra() ? find(*error.extra(), "Item") : nullptr;
                reason = {"ConditionalCheckFailed", error.message(), item ? copy(*item) : Json()};
            } else if (isThrottled(error)) {
                reason = {throttledReason(error), error.message(), {}};
            } else {
                reason = {"ValidationError", error.message(), {}};
            }
        }
    }
    cancelWhereRefused(std::move(reasons));
    if (bytes > kTransactionBytes) throw validation("Aggregate size of items in the request exceeds the 4 MB limit");
    for (std::size_t i = 0; i < writes.size(); ++i) {
        auto& effect = effects[i];
        if (writes[i].kind == Write::Kind::check)
            effect.units.table = writeUnits(effect.before ? sizeOfItem(*effect.before) : 0, 0);
        else
            effect.units = changeItem(memory, call, *writes[i].table, writes[i].key, effect.before, effect.after);
        effect.units.scale(2);
        memory.throttle.charge(*writes[i].table, effect.units, Direction::write);
    }
    return effects;
}

bool wasDoneBefore(Call& call, const Fields& request, std::string_view operation) {
    const auto token = request.optionalText("ClientRequestToken");
    if (!token) return false;
    const auto row = tokenRow(call, *token);
    const auto print = fingerprint(request, operation);
    if (const auto known = call.get(row)) {
        if (*known == print) return true;
        throw AwsError("IdempotentParameterMismatchException",
                       "DynamoDB rejected the request because you retried a request with a different payload but with "
                       "an idempotent token that was already used.");
    }
    call.put(row, print);
    call.later(call.now + kTokenLife, {.service = "dynamodb",
                                       .operation = "ForgetToken",
                                       .request = object({{"token", *token}}),
                                       .background = true,
                                       .label = "forget a transaction's token"});
    return false;
}

Json forgetToken(Memory&, Call& call, const Fields& request) {
    call.erase(tokenRow(call, request.text("token")));
    return object();
}

Json transactWriteItems(Memory& memory, Call& call, const Fields& request) {
    std::vector<Write> writes;
    for (const Json* action : request.items("TransactItems")) writes.push_back(readAction(memory, *action));
    const auto report = wantedCapacity(request);
    CapacityByTable capacity;
    Json result = object();
    if (wasDoneBefore(call, request, "TransactWriteItems")) {
        for (auto& write : writes) {
            join(memory, call, write);
            capacity.add(write.table, repeatedUnits(call, write));
        }
        if (report != ReportCapacity::none) set(result, "ConsumedCapacity", capacity.describe(report, Direction::read));
        return result;
    }
    const auto effects = carryOutTogether(memory, call, writes);
    Json metrics = object();
    for (std::size_t i = 0; i < writes.size(); ++i) {
        capacity.add(writes[i].table, effects[i].units);
        if (!wantsItemCollectionMetrics(request)) continue;
        auto metric = itemCollectionMetrics(writes[i]);
        if (!metric) continue;
        if (!find(metrics, writes[i].table->name)) set(metrics, writes[i].table->name, list());
        push(*find(metrics, writes[i].table->name), std::move(*metric));
    }
    if (report != ReportCapacity::none) set(result, "ConsumedCapacity", capacity.describe(report, Direction::write));
    if (!metrics.ObjectEmpty()) set(result, "ItemCollectionMetrics", std::move(metrics));
    return result;
}

Json transactGetItems(Memory& memory, Call& call, const Fields& request) {
    struct Get {
        Selection selection;
        std::string table, key;
    };
    std::vector<Get> gets;
    for (const Json* entry : request.items("TransactItems")) {
        const auto get = Fields(*entry).child("Get");
        LoneSelection lone(get);
        auto key = encodeItem(get.value("Key"));
        gets.push_back({lone.read(memory), get.text("TableName"), std::move(key)});
    }
    std::set<std::string> rows;
    std::vector<CancellationReason> reasons;
    std::vector<std::pair<TableRef, std::string>> places;
    for (auto& get : gets) {
        const auto table = requireTable(memory, call, get.table);
        auto& reason = reasons.emplace_back();
        auto& place = places.emplace_back(table, std::string());
        try {
            place.second = itemKey(*table, requireKey(*table, get.key));
        } catch (const AwsError& error) {
            reason = {"ValidationError", error.message(), {}};
            continue;
        }
        if (!rows.insert(place.second).second) throw twoOnOneItem();
        try {
            memory.throttle.admitRead(*table, nullptr, call.now);
        } catch (const AwsError& error) {
            reason = {throttledReason(error), error.message(), {}};
        }
    }
    cancelWhereRefused(std::move(reasons));
    Json responses = list();
    CapacityByTable capacity;
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < gets.size(); ++i) {
        const auto item = call.get(places[i].second);
        const auto size = item ? sizeOfItem(*item) : 0;
        bytes += size;
        Json response = object();
        if (item) set(response, "Item", gets[i].selection.toJson(*item));
        push(responses, std::move(response));
        const Units used{.table = 2 * readUnits(size, true), .local = {}, .global = {}};
        memory.throttle.charge(*places[i].first, used, Direction::read);
        capacity.add(places[i].first, used);
    }
    if (bytes > kTransactionBytes) throw validation("Aggregate size of items in the request exceeds the 4 MB limit");
    Json result = object({{"Responses", std::move(responses)}});
    if (const auto report = wantedCapacity(request); report != ReportCapacity::none)
        set(result, "ConsumedCapacity", capacity.describe(report, Direction::read));
    return result;
}

}  // namespace backlot::dynamodb
