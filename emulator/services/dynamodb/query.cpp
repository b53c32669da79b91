#include "emulator/services/dynamodb/query.h"

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/key_condition.h"
#include "emulator/services/dynamodb/legacy.h"
#include "emulator/services/dynamodb/pages.h"

namespace backlot::dynamodb {
namespace {

using expressions::ExpressionKind;
using expressions::Substitutions;

constexpr std::int64_t kSegmentLimit = 1'000'000;

/// What a request says about the attributes of the answer must agree with itself.
void requireSelect(const Fields& request) {
    const auto select = request.valueOr("Select", "");
    const bool attributes = request.has("AttributesToGet"), projection = request.has("ProjectionExpression");
    if (select.empty()) return;
    if (select == "SPECIFIC_ATTRIBUTES") {
        if (!attributes && !projection)
            throw invalidParameter("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
        return;
    }
    if (attributes) throw invalidParameter("Cannot specify the AttributesToGet when choosing to get " + select);
    if (projection)
        throw invalidParameter("Cannot specify the ProjectionExpression when choosing to get " + std::string(select == "COUNT" ? "only the Count" : select));
}

void requireAllProjected(const Fields& request, std::string_view verb) {
    if (request.valueOr("Select", "") == "ALL_PROJECTED_ATTRIBUTES" && !request.has("IndexName"))
        throw invalidParameter("ALL_PROJECTED_ATTRIBUTES can be used only when " + std::string(verb) + " using an IndexName");
}

std::optional<expressions::Bound> filterOf(Memory& memory, const Fields& request, std::string_view legacy, Storage& storage,
                                           Substitutions& substitutions) {
    if (const Json* text = request.find("FilterExpression"))
        return resolve(memory.expressions.get(ExpressionKind::condition, "FilterExpression", view(*text)), "FilterExpression", substitutions);
    return readFilter(request, legacy, storage);
}

void readCommon(PageRequest& page, const Fields& request) {
    page.consistent = request.valueOr("ConsistentRead", false);
    if (const auto limit = request.optionalInteger("Limit")) page.limit = static_cast<std::size_t>(*limit);
    if (const Json* start = request.find("ExclusiveStartKey")) {
        try {
            page.startKey = encodeItem(*start);
        } catch (const AwsError& error) {
            throw validation("The provided starting key is invalid: " + error.message());
        }
    }
}

void refuseKeyAttributes(const expressions::Condition& condition, const expressions::Bound& filter, const KeySchema& key) {
    for (const auto& part : condition.conditions) refuseKeyAttributes(part, filter, key);
    const auto visit = [&](const auto& self, const expressions::Operand& operand) -> void {
        for (const auto& inner : operand.operands) self(self, inner);
        if (operand.kind != expressions::Operand::Kind::path) return;
        const auto name = filter.nameOf(operand.path[0]);
        if (key.contains(name))
            throw validation("Filter Expression can only contain non-primary key attributes: Primary key attribute: " + std::string(name));
    };
    for (const auto& operand : condition.operands) visit(visit, operand);
}

std::string basePrefix(const PageRequest& page) {
    return page.index ? entriesPrefix(page.table->id, page.index->id) : itemsPrefix(page.table->id);
}

}  // namespace

Json query(Memory& memory, Call& call, const Fields& request) {
    Storage storage;
    PageRequest page;
    refuseMixture(request, {"AttributesToGet", "KeyConditions", "QueryFilter", "ConditionalOperator"},
                  {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"});
    const bool values = request.has("FilterExpression") || request.has("KeyConditionExpression");
    Substitutions substitutions(request, values || request.has("ProjectionExpression"), {},
                                values ? "" : "FilterExpression and KeyConditionExpression are null");
    readCommon(page, request);
    page.forward = request.valueOr("ScanIndexForward", true);
    page.filter = filterOf(memory, request, "QueryFilter", storage, substitutions);
    std::vector<KeyTest> tests;
    std::optional<expressions::Bound> keyCondition;
    if (const Json* text = request.find("KeyConditionExpression")) {
        keyCondition = resolve(memory.expressions.get(ExpressionKind::condition, "KeyConditionExpression", view(*text)),
                               "KeyConditionExpression", substitutions);
        tests = keyTests(*keyCondition);
    } else if (request.has("KeyConditions")) {
        keyCondition = readKeyConditions(request, storage);
    } else {
        throw validation("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    }
    requireSelect(request);
    page.selection = readSelection(memory, request, substitutions);
    requireAllProjected(request, "Querying");
    substitutions.requireAllUsed();
    if (tests.empty()) tests = legacyKeyTests(*keyCondition);

    page.table = requireTable(memory, call, view(request.value("TableName")));
    requireIndexAndSelect(page, request);
    requireStartKey(page);
    const auto range = rangeOf(page.key(), tests, basePrefix(page), page.index != nullptr);
    if (page.filter) refuseKeyAttributes(page.filter->condition(), *page.filter, page.key());
    if (page.startKey) {
        const auto row = rowOf(page, *page.startKey);
        if (row < range.first || row >= range.end)
            throw validation("The provided starting key is outside query boundaries based on provided conditions");
    }
    return readPage(call, page, range, wantedCapacity(request));
}

Json scan(Memory& memory, Call& call, const Fields& request) {
    Storage storage;
    PageRequest page;
    refuseMixture(request, {"AttributesToGet", "ScanFilter", "ConditionalOperator"}, {"ProjectionExpression", "FilterExpression"});
    const bool values = request.has("FilterExpression");
    Substitutions substitutions(request, values || request.has("ProjectionExpression"), {}, values ? "" : "FilterExpression is null");
    readCommon(page, request);
    const auto segment = request.optionalInteger("Segment"), total = request.optionalInteger("TotalSegments");
    if (segment && !total) throw validation("The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
    if (total && !segment) throw validation("The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
    if (segment && *segment >= *total)
        throw validation("The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: " + std::to_string(*segment) +
                         " is not less than TotalSegments: " + std::to_string(*total));
    if (total && *total > kSegmentLimit) throw validation("TotalSegments must be at most 1000000");
    page.filter = filterOf(memory, request, "ScanFilter", storage, substitutions);
    requireSelect(request);
    page.selection = readSelection(memory, request, substitutions);
    requireAllProjected(request, "Querying");
    substitutions.requireAllUsed();

    page.table = requireTable(memory, call, view(request.value("TableName")));
    requireIndexAndSelect(page, request);
    requireStartKey(page);
    const auto range = segmentRange(basePrefix(page), static_cast<std::uint64_t>(segment.value_or(0)), static_cast<std::uint64_t>(total.value_or(1)));
    if (page.startKey) {
        const auto row = rowOf(page, *page.startKey);
        if (row < range.first || row >= range.end)
            throw validation("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
                             "TotalSegments: " + std::to_string(total.value_or(1)) + " Segment: " + std::to_string(segment.value_or(0)));
    }
    return readPage(call, page, range, wantedCapacity(request));
}

}  // namespace backlot::dynamodb
