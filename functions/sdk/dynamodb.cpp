#include "functions/sdk/dynamodb.h"

#include <algorithm>
#include <cstdlib>
#include <thread>

namespace backlot::sdk {
namespace {

constexpr int kConflictTries = 8;

/// Adds an expression's text, names and values to a request; DynamoDB refuses empty maps.
void addExpression(Json& request, std::string_view member, Expression expression, const std::string& condition = {}) {
    if (!expression.text.empty()) set(request, member, expression.text);
    if (!condition.empty()) set(request, "ConditionExpression", condition);
    if (expression.values.MemberCount()) set(request, "ExpressionAttributeValues", std::move(expression.values));
    if (expression.names.MemberCount()) set(request, "ExpressionAttributeNames", std::move(expression.names));
}

}  // namespace

Json S(std::string_view text) { return object({{"S", text}}); }
Json N(std::int64_t number) { return object({{"N", std::to_string(number)}}); }
Json N(const std::string& decimal) { return object({{"N", decimal}}); }
Json BOOL(bool value) { return object({{"BOOL", value}}); }
Json L(Json elements) { return object({{"L", std::move(elements)}}); }
Json M(Json members) { return object({{"M", std::move(members)}}); }

std::string Item::text(std::string_view name) const {
    const auto found = at(attributes_, {name, "S"});
    return found ? std::string(view(*found)) : "";
}

std::string Item::number(std::string_view name) const {
    const auto found = at(attributes_, {name, "N"});
    return found ? std::string(view(*found)) : "0";
}

std::int64_t Item::integer(std::string_view name) const { return std::strtoll(number(name).c_str(), nullptr, 10); }

std::vector<Item> Item::items(std::string_view name) const {
    std::vector<Item> result;
    if (const auto elements = at(attributes_, {name, "L"}))
        for (const auto& element : elements->GetArray())
            if (const auto members = find(element, "M")) result.emplace_back(copy(*members));
    return result;
}

Json plain(const Json& value) {
    if (!value.IsObject() || value.MemberCount() != 1) return Json();
    const auto type = view(value.MemberBegin()->name);
    const auto& content = value.MemberBegin()->value;
    if (type == "N") {
        const std::string digits(view(content));
        char* end = nullptr;
        if (const auto integer = std::strtoll(digits.c_str(), &end, 10); !*end)
            return Json(static_cast<std::int64_t>(integer));
        return Json(std::strtod(digits.c_str(), nullptr));
    }
    if (type == "L") return array(content.GetArray(), plain);
    if (type == "M") {
        Json members = object();
        for (const auto& member : content.GetObject()) set(members, view(member.name), plain(member.value));
        return members;
    }
    return type == "NULL" ? Json() : copy(content);
}

std::optional<Item> Table::get(Json key) const {
    const auto answer = aws_.call("dynamodb", "GetItem",
                                  object({{"TableName", name_}, {"Key", std::move(key)}, {"ConsistentRead", true}}));
    const auto item = find(answer, "Item");
    if (!item) return std::nullopt;
    return Item(copy(*item));
}

void Table::put(Json attributes) const {
    aws_.call("dynamodb", "PutItem", object({{"TableName", name_}, {"Item", std::move(attributes)}}));
}

bool Table::putIf(Json attributes, Expression condition) const try {
    auto request = object({{"TableName", name_}, {"Item", std::move(attributes)}});
    addExpression(request, "ConditionExpression", std::move(condition));
    aws_.call("dynamodb", "PutItem", request);
    return true;
} catch (const AwsError& error) {
    if (!error.is("ConditionalCheckFailedException")) throw;
    return false;
}

std::optional<Item> Table::update(Json key, Expression update, const std::string& condition) const try {
    auto request = object({{"TableName", name_}, {"Key", std::move(key)}, {"ReturnValues", "ALL_NEW"}});
    addExpression(request, "UpdateExpression", std::move(update), condition);
    return Item(copy(*find(aws_.call("dynamodb", "UpdateItem", request), "Attributes")));
} catch (const AwsError& error) {
    if (!error.is("ConditionalCheckFailedException")) throw;
    return std::nullopt;
}

std::optional<Item> Table::remove(Json key) const {
    const auto answer = aws_.call("dynamodb", "DeleteItem",
                                  object({{"TableName", name_}, {"Key", std::move(key)}, {"ReturnValues", "ALL_OLD"}}));
    const auto old = find(answer, "Attributes");
    if (!old) return std::nullopt;
    return Item(copy(*old));
}

std::vector<Item> Table::getAll(std::vector<Json> keys) const {
    std::vector<Item> found;
    if (keys.empty()) return found;
    Json unprocessed = object(
        {{name_, object({{"Keys", array(keys, [](Json& key) { return std::move(key); })}, {"ConsistentRead", true}})}});
    while (unprocessed.MemberCount()) {
        const auto answer = aws_.call("dynamodb", "BatchGetItem", object({{"RequestItems", std::move(unprocessed)}}));
        if (const auto items = at(answer, {"Responses", name_}))
            for (const auto& item : items->GetArray()) found.emplace_back(copy(item));
        const auto rest = find(answer, "UnprocessedKeys");
        unprocessed = rest ? copy(*rest) : object();
    }
    return found;
}

Page Table::page(std::string_view operation, Json request) const {
    set(request, "TableName", name_);
    const auto answer = aws_.call("dynamodb", operation, request);
    Page page;
    for (const auto& item : find(answer, "Items")->GetArray()) page.items.emplace_back(copy(item));
    if (const auto key = find(answer, "LastEvaluatedKey")) page.lastEvaluatedKey = copy(*key);
    return page;
}

Json Table::putAction(Json attributes, Expression condition) const {
    auto put = object({{"TableName", name_}, {"Item", std::move(attributes)}});
    addExpression(put, "ConditionExpression", std::move(condition));
    return object({{"Put", std::move(put)}});
}

Json Table::updateAction(Json key, Expression update, const std::string& condition) const {
    auto action = object({{"TableName", name_}, {"Key", std::move(key)}});
    addExpression(action, "UpdateExpression", std::move(update), condition);
    return object({{"Update", std::move(action)}});
}

Json Table::deleteAction(Json key) const {
    return object({{"Delete", object({{"TableName", name_}, {"Key", std::move(key)}})}});
}

Json Table::checkAction(Json key, Expression condition) const {
    auto check = object({{"TableName", name_}, {"Key", std::move(key)}});
    addExpression(check, "ConditionExpression", std::move(condition));
    return object({{"ConditionCheck", std::move(check)}});
}

std::vector<std::string> transact(AwsClient& aws, Json actions, const std::string& token) {
    const auto request = object({{"TransactItems", std::move(actions)}, {"ClientRequestToken", token}});
    for (int attempt = 1;; ++attempt) {
        try {
            aws.call("dynamodb", "TransactWriteItems", request);
            return {};
        } catch (const AwsError& error) {
            if (!error.is("TransactionCanceledException")) throw;
            std::vector<std::string> reasons;
            if (const auto list = find(error.body(), "CancellationReasons"))
                for (const auto& reason : list->GetArray()) reasons.push_back(textOr(reason, "Code"));
            const auto any = [&](std::string_view code) {
                return std::find(reasons.begin(), reasons.end(), code) != reasons.end();
            };
            if (any("ConditionalCheckFailed")) return reasons;
            if (!any("TransactionConflict") || attempt == kConflictTries) throw;
            std::this_thread::sleep_for(std::chrono::milliseconds(2 << attempt));
        }
    }
}

}  // namespace backlot::sdk
