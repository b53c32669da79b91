#pragma once
// DynamoDB as handlers use it: items, tables, transactions.

#include <optional>
#include <string>
#include <vector>

#include "functions/sdk/aws_client.h"

namespace backlot::sdk {

/// Attribute values, by DynamoDB's own names: S("x") is {"S": "x"}. Numbers travel as text and so stay exact.
Json S(std::string_view text);
Json N(std::int64_t number);
Json N(const std::string& decimal);
Json BOOL(bool value);
Json L(Json elements);
Json M(Json members);

/// One item. Owns its attributes.
class Item {
public:
    explicit Item(Json attributes) : attributes_(std::move(attributes)) {}
    const Json& attributes() const { return attributes_; }
    bool has(std::string_view name) const { return find(attributes_, name) != nullptr; }
    /// A text attribute; empty where it is missing.
    std::string text(std::string_view name) const;
    /// A number's digits; "0" where it is missing.
    std::string number(std::string_view name) const;
    std::int64_t integer(std::string_view name) const;
    /// The elements of a list attribute of maps.
    std::vector<Item> items(std::string_view name) const;

private:
    Json attributes_;
};

/// A list's or map's attribute value in ordinary JSON; numbers up to 15 digits as numbers, sets as arrays.
Json plain(const Json& attributeValue);

/// One expression with what its placeholders stand for.
struct Expression {
    std::string text;
    Json values = object();  // {":q": N(2)}
    Json names = object();   // {"#status": "status"}
};

struct Page {
    std::vector<Item> items;
    std::optional<Json> lastEvaluatedKey;
};

class Table {
public:
    Table(AwsClient& aws, std::string name) : aws_(aws), name_(std::move(name)) {}
    const std::string& name() const { return name_; }

    /// The item as of now (a consistent read), or nothing.
    std::optional<Item> get(Json key) const;
    void put(Json attributes) const;
    /// False, and nothing written, where the condition does not hold.
    bool putIf(Json attributes, Expression condition) const;
    /// Applies an UpdateExpression and gives the item as it is then; nothing where `condition` does not hold.
    std::optional<Item> update(Json key, Expression update, const std::string& condition = {}) const;
    /// The item that was deleted, or nothing.
    std::optional<Item> remove(Json key) const;
    /// Up to 100 items, in no order; keys that are not there are left out. Tries what DynamoDB left unprocessed again.
    std::vector<Item> getAll(std::vector<Json> keys) const;
    /// One page of Query or Scan; `request` is theirs without TableName.
    Page query(Json request) const { return page("Query", std::move(request)); }
    Page scan(Json request) const { return page("Scan", std::move(request)); }

    /// Actions for transact().
    Json putAction(Json attributes, Expression condition = {}) const;
    Json updateAction(Json key, Expression update, const std::string& condition = {}) const;
    Json deleteAction(Json key) const;
    /// Changes nothing, but the transaction holds only where `condition` does.
    Json checkAction(Json key, Expression condition) const;

private:
    Page page(std::string_view operation, Json request) const;
    AwsClient& aws_;
    std::string name_;
};

/// All of the actions or none. Where conditions failed: each action's reason ("None", "ConditionalCheckFailed", …) in
/// order; empty on success. A conflict with another transaction is tried again. `token` (≤ 36 characters) makes repeats
/// within 10 minutes one.
std::vector<std::string> transact(AwsClient& aws, Json actions, const std::string& token);

}  // namespace backlot::sdk
