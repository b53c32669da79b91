#include "functions/shop/claims.h"

#include <algorithm>

namespace shop {
namespace {

using namespace std::chrono_literals;

// Not the request's id alone: a second delivery of one event has the same.
const std::string kOwned = "claimedBy = :owner AND attempts = :attempt";

constexpr std::chrono::milliseconds kLongestInvocation = 15min;
constexpr std::chrono::milliseconds kGrace = 5s;  // between the end of an invocation and that of its process

std::int64_t milliseconds(Time time) { return time.time_since_epoch().count(); }

}  // namespace

std::string unclaimedCondition() {
    return "#status = :pending AND (attribute_not_exists(claimedUntil) OR claimedUntil < :moment)";
}

void addUnclaimedValues(Expression& expression, Context& context) {
    set(expression.values, ":pending", S("PENDING"));
    set(expression.values, ":moment", N(milliseconds(context.now())));
    set(expression.names, "#status", "status");
}

std::optional<Claim> Claim::take(Context& context, const Table& table, const Json& key) {
    const auto owner = context.requestId();
    const auto until = std::min(context.endsBy(), context.now() + kLongestInvocation) + kGrace;
    Expression update{
        "SET claimedBy = :owner, claimedUntil = :until, attempts = if_not_exists(attempts, :zero) + :one, "
        "updatedAt = :now",
        object({{":owner", S(owner)},
                {":until", N(milliseconds(until))},
                {":zero", N(0)},
                {":one", N(1)},
                {":now", S(iso8601(context.now()))}})};
    addUnclaimedValues(update, context);
    auto row = table.update(copy(key), std::move(update), unclaimedCondition());
    if (!row) return std::nullopt;
    return Claim(context, table, copy(key), *std::move(row));
}

void Claim::keep(const Json& attributes) {
    Expression update{"SET updatedAt = :now", ownedValues(), object({{"#status", "status"}})};
    set(update.values, ":now", S(iso8601(context_.now())));
    set(update.values, ":pending", S("PENDING"));
    for (const auto& member : attributes.GetObject()) {
        const std::string name(view(member.name));
        update.text += ", " + name + " = :" + name;
        set(update.values, ":" + name, copy(member.value));
    }
    auto row = table_.update(copy(key_), std::move(update), "#status = :pending AND " + kOwned);
    if (!row) throw inProgress("What this invocation had claimed");
    row_ = *std::move(row);
}

Json Claim::ownedValues() const {
    return object({{":owner", S(row_.text("claimedBy"))}, {":attempt", N(row_.integer("attempts"))}});
}

void Claim::release() {
    try {
        table_.update(copy(key_), {"REMOVE claimedBy, claimedUntil", ownedValues()}, kOwned);
    } catch (const std::exception& error) {  // what ended the work matters more
        context_.log("A claim was not released; it will run out.", object({{"error", error.what()}}));
    }
}

LambdaError inProgress(const std::string& what) { return {"InProgress", what + " is under way elsewhere; try again."}; }

}  // namespace shop
