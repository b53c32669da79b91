#include "emulator/services/dynamodb/query.h"

#include <algorithm>

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/key_condition.h"
#include "emulator/services/dynamodb/key_paths.h"
#include "emulator/services/dynamodb/legacy.h"
#include "emulator/services/dynamodb/pages.h"

namespace backlot::dynamodb {
namespace {

using expressions::ExpressionKind;
using expressions::Substitutions;

/// What a request says about the attributes of the answer must agree with itself.
void requireSelect(const Fields& request) {
    const auto select = request.valueOr("Select", "");
    const bool attributes = request.has("AttributesToGet"), projection = request.has("ProjectionExpression");
    if (select.empty()) return;
    if (select == "SPECIFIC_ATTRIBUTES") {
        if (!attributes && !projection)
            throw invalidParameter(
                "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
        return;
    }
    if (attributes) throw invalidParameter("Cannot specify the AttributesToGet when choosing to get " + select);
    if (projection)
        throw invalidParameter("Cannot specify the ProjectionExpression when choosing to get " +
                               std::string(select == "COUNT" ? "only the Count" : select));
}

void requireAllProjected(const Fields& request, std::string_view verb) {
    if (request.valueOr("Select", "") == "ALL_PROJECTED_ATTRIBUTES" && !request.has("IndexName"))
        throw invalidParameter("ALL_PROJECTED_ATTRIBUTES can be used only when " + std::string(verb) +
                               " using an IndexName");
}

void readStartKey(PageRequest& page, const Fields& request) {
    const Json* start = request.find("ExclusiveStartKey");
    if (!start) return;
    try {
        page.startKey = encodeItem(*start);
    } catch (const AwsError& error) {
        const std::string_view message = error.message();
        // AWS names the starting key in some of the messages only.
        static constexpr std::string_view kNamed[] = {"Supplied AttributeValue", "Null attribute", "string set",
                                                      "Binary sets", "Nesting"};
        const bool named = std::any_of(std::begin(kNamed), std::end(kNamed),
                                       [&](auto part) { return message.find(part) != std::string_view::npos; });
        throw named ? validation("The provided starting key is invalid: " + error.message()) : error;
    }
}

void readCommon(PageRequest& page, const Fields& request) {
    page.consistent = request.valueOr("ConsistentRead", false);
    if (const auto limit = request.optionalInteger("Limit")) page.limit = static_cast<std::size_t>(*limit);
}

std::optional<expressions::Bound> readExpression(Memory& memory, const Fields& request, std::string_view member,
                                                 Substitutions& substitutions) {
    const Json* text = request.find(member);
    if (!text) return std::nullopt;
    return resolve(memory.expressions.get(ExpressionKind::condition, member, view(*text)), member, substitutions);
}

struct Segment {
    std::uint64_t number = 0, total = 1;
};

Segment readSegment(const Fields& request) {
    const auto segment = request.optionalInteger("Segment"), total = request.optionalInteger("TotalSegments");
    if (segment && !total)
        throw validation(
            "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
            "present");
    if (total && !segment)
        throw validation(
            "The Segment parameter is required but was not present in the request when parameter TotalSegments is "
            "present");
    if (!segment) return {};
    if (*segment >= *total)
        throw validation(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: " +
            std::to_string(*segment) + " is not less than TotalSegments: " + std::to_string(*total));
    return {static_cast<std::uint64_t>(*segment), static_cast<std::uint64_t>(*total)};
}

void refuseKeyAttributes(const expressions::Condition& condition, const expressions::Bound& filter,
                         const KeySchema& key, std::string_view what) {
    for (const auto& part : condition.conditions) refuseKeyAttributes(part, filter, key, what);
    const auto visit = [&](const auto& self, const expressions::Operand& operand) -> void {
        for (const auto& inner : operand.operands) self(self, inner);
        if (operand.kind != expressions::Operand::Kind::path) return;
        const auto name = filter.nameOf(operand.path[0]);
        if (key.contains(name))
            throw validation(
                std::string(what) +
                " can only contain non-primary key attributes: Primary key attribute: " + std::string(name));
    };
    for (const auto& operand : condition.operands) visit(visit, operand);
}

/// A start key must be one that the query could have answered as its LastEvaluatedKey. AWS looks at the range predicate
/// first, and speaks of one row where only the hash attribute is wrong.
void requireStartInRange(const PageRequest& page, const std::vector<KeyTest>& tests) {
    if (!page.startKey) return;
    constexpr auto kOneRow = "The query can return at most one row and cannot be restarted";
    const auto failed = [&](const std::vector<KeyAttribute>& parts) {
        return std::any_of(tests.begin(), tests.end(), [&](const KeyTest& test) {
            const bool ours = std::any_of(parts.begin(), parts.end(),
                                          [&](const KeyAttribute& part) { return part.name == test.attribute; });
            return ours && !holds(test, *findAttribute(*page.startKey, test.attribute));
        });
    };
    const bool oneRow =
        !page.index && tests.size() == page.key().size() &&
        std::all_of(tests.begin(), tests.end(), [](const KeyTest& test) { return test.kind == KeyTest::Kind::equal; });
    if (oneRow) throw validation(kOneRow);
    if (failed(page.key().range)) throw validation("The provided starting key does not match the range key predicate");
    if (!failed(page.key().hash)) return;
    throw validation(tests.size() > page.key().hash.size()
                         ? kOneRow
                         : "The provided starting key is outside query boundaries based on provided conditions");
}

std::string basePrefix(const PageRequest& page) {
    return page.index ? entriesPrefix(page.table->id, page.index->id) : itemsPrefix(page.table->id);
}

}  // namespace

Json query(Memory& memory, Call& call, const Fields& request) {
    Storage storage;
    PageRequest page;
    if (request.has("KeyConditionExpression"))
        refuseMixture(request, {"AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"},
                      {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"});
    else
        refuseMixture(request, {"AttributesToGet", "QueryFilter", "ConditionalOperator"},
                      {"ProjectionExpression", "FilterExpression"});
    const bool values = request.has("FilterExpression") || request.has("KeyConditionExpression");
    Substitutions substitutions(request, values || request.has("ProjectionExpression"),
                                values ? "" : "FilterExpression and KeyConditionExpression are null");
    readCommon(page, request);
    page.query = true;
    page.forward = request.valueOr("ScanIndexForward", true);
    page.filter = readFilter(request, "QueryFilter", storage);
    const bool legacyFilter = page.filter.has_value();
    readAttributesToGet(request);
    readStartKey(page, request);
    std::optional<expressions::Bound> keyCondition;
    if (request.has("KeyConditions")) keyCondition = readKeyConditions(request, storage);
    substitutions.read();
    if (auto condition = readExpression(memory, request, "KeyConditionExpression", substitutions))
        keyCondition = std::move(condition);
    if (auto filter = readExpression(memory, request, "FilterExpression", substitutions))
        page.filter = std::move(filter);
    page.selection = readSelection(memory, request, substitutions);
    if (!keyCondition)
        throw validation(
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    const auto tests = request.has("KeyConditionExpression") ? keyTests(*keyCondition) : legacyKeyTests(*keyCondition);
    requireSelect(request);
    requireAllProjected(request, "Querying");
    substitutions.requireAllUsed();

    page.table = requireTable(memory, call, view(request.value("TableName")));
    requireIndex(page, request);
    requireStartHash(page);
    requireHashTested(page.key(), tests);
    requireStartRange(page);
    requireStartItem(page);
    const auto range = rangeOf(page.key(), tests, basePrefix(page), page.index != nullptr);
    if (page.filter)
        refuseKeyAttributes(page.filter->condition(), *page.filter, page.key(),
                            legacyFilter ? "QueryFilter" : "Filter Expression");
    requireSelectOfIndex(page, request);
    requireScalarKeys(*page.table, page.filter);
    requireScalarKeys(*page.table, page.selection.paths);
    requireStartInRange(page, tests);
    return readPage(memory, call, page, range, wantedCapacity(request));
}

Json scan(Memory& memory, Call& call, const Fields& request) {
    Storage storage;
    PageRequest page;
    refuseMixture(request, {"AttributesToGet", "ScanFilter", "ConditionalOperator"},
                  {"ProjectionExpression", "FilterExpression"});
    const bool values = request.has("FilterExpression");
    Substitutions substitutions(request, values || request.has("ProjectionExpression"),
                                values ? "" : "FilterExpression is null");
    readCommon(page, request);
    readAttributesToGet(request);
    page.filter = readFilter(request, "ScanFilter", storage);
    readStartKey(page, request);
    const auto segment = readSegment(request);
    substitutions.read();
    if (auto filter = readExpression(memory, request, "FilterExpression", substitutions))
        page.filter = std::move(filter);
    page.selection = readSelection(memory, request, substitutions);
    requireSelect(request);
    requireAllProjected(request, "Querying");
    substitutions.requireAllUsed();

    page.table = requireTable(memory, call, view(request.value("TableName")));
    requireIndex(page, request);
    requireStartHash(page);
    requireStartRange(page);
    requireSelectOfIndex(page, request);
    requireStartItem(page);
    const auto range = segmentRange(basePrefix(page), segment.number, segment.total);
    if (page.startKey) {
        const auto row = rowOf(page, *page.startKey);
        if (row < range.first || row >= range.end)
            throw validation(
                "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
                "correct Segment. "
                "TotalSegments: " +
                std::to_string(segment.total) + " Segment: " + std::to_string(segment.number));
    }
    requireScalarKeys(*page.table, page.filter);
    requireScalarKeys(*page.table, page.selection.paths);
    return readPage(memory, call, page, range, wantedCapacity(request));
}

}  // namespace backlot::dynamodb
