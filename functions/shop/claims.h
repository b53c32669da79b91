#pragma once
// One row, one invocation at a time: whoever means to have something done outside AWS takes the row first, by a
// conditional write, and lets go of it afterwards. A claim ends by itself once its invocation must have ended, so a
// dead one holds nothing up for good; its successor cannot know how far it came, and has to ask the outside first.
//
// A row that can be claimed has `status`, and is PENDING until its work is done. While claimed: claimedBy, claimedUntil
// (milliseconds since 1970, of the world's clock), and `attempts` counts the claims.

#include <optional>
#include <string>

#include "functions/sdk/context.h"

namespace shop {

using namespace backlot::sdk;

class Claim {
public:
    /// Takes the row for this invocation; nothing where another has it, or where it is PENDING no longer.
    static std::optional<Claim> take(Context& context, const Table& table, const Json& key);

    /// The row as it was last written under this claim.
    const Item& row() const { return row_; }
    /// SET of some attributes. Throws LambdaError("InProgress") where the claim has run out and another took the row.
    void keep(const Json& attributes);
    /// The row is free again at once: for work that failed in an orderly way and is to be tried again.
    void release();

private:
    Claim(Context& context, Table table, Json key, Item row)
        : context_(context), table_(std::move(table)), key_(std::move(key)), row_(std::move(row)) {}
    Json ownedValues() const;

    Context& context_;
    Table table_;
    Json key_;
    Item row_;
};

/// The condition, and what it needs, under which nobody is at work on a PENDING row: "(…) AND …".
std::string unclaimedCondition();
void addUnclaimedValues(Expression& expression, Context& context);

/// Work on this row is under way elsewhere: worth another try in half a minute. Retry in the state machine names it.
LambdaError inProgress(const std::string& what);

}  // namespace shop
