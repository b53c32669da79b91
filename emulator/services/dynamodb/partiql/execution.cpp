#include "emulator/services/dynamodb/partiql/execution.h"

#include <algorithm>
#include <variant>
#include <vector>

#include "emulator/base/base64.h"
#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/expressions/evaluate.h"
#include "emulator/services/dynamodb/item_codec.h"
#include "emulator/services/dynamodb/key_condition.h"
#include "emulator/services/dynamodb/pages.h"
#include "emulator/services/dynamodb/partiql/statement.h"
#include "emulator/services/dynamodb/transactions.h"

namespace backlot::dynamodb {
namespace {

using namespace expressions;
using partiql::Returning;
using partiql::Statement;

constexpr std::size_t kBatchLimit = 25;

AwsError duplicateItem() { return {"DuplicateItemException", "Duplicate primary key exists in table"}; }

// --- what WHERE says about keys
// ----------------------------------------------------------------------------------------

/// The parts that must all hold.
void conjuncts(const Condition& condition, std::vector<const Condition*>& out) {
    if (condition.kind == Condition::Kind::allOf)
        for (const auto& part : condition.conditions) conjuncts(part, out);
    else
        out.push_back(&condition);
}

bool isAttribute(const Operand& operand, const Bound& bound, std::string_view name) {
    return operand.kind == Operand::Kind::path && operand.path.size() == 1 && bound.nameOf(operand.path[0]) == name;
}

/// The values that `name` must equal one of: of name = v or name IN [v, …]; nothing where no conjunct says so.
std::optional<std::vector<ValueView>> valuesOf(const Statement& statement, std::string_view name) {
    if (!statement.hasWhere) return std::nullopt;
    const auto& bound = statement.bound;
    std::vector<const Condition*> parts;
    conjuncts(bound.condition(), parts);
    for (const auto* part : parts) {
        const bool equality = part->kind == Condition::Kind::comparison && part->comparator == Comparator::equal;
        if (!equality && part->kind != Condition::Kind::in) continue;
        if (!isAttribute(part->operands[0], bound, name)) continue;
        std::vector<ValueView> values;
        for (std::size_t i = 1; i < part->operands.size(); ++i) {
            if (part->operands[i].kind != Operand::Kind::value) return std::nullopt;
            values.push_back(bound.values[part->operands[i].value]);
        }
        return values;
    }
    return std::nullopt;
}

/// The key attributes that WHERE pins to one value each, as item bytes. Throws ValidationException where one is
/// missing.
std::string requireKeyInWhere(const Statement& statement, const TableInfo& table) {
    std::vector<std::pair<std::string, ValueView>> parts;
    for (const auto* keyParts : {&table.key.hash, &table.key.range}) {
        for (const auto& part : *keyParts) {
            const auto values = valuesOf(statement, part.name);
            if (!values || values->size() != 1)
                throw validation("Where clause does not contain a mandatory equality on all key attributes");
            if ((*values)[0].type != part.type) throw keyDoesNotMatchSchema();
            parts.emplace_back(part.name, (*values)[0]);
        }
    }
    std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string key;
    for (const auto& [name, value] : parts) {
        appendName(key, name);
        key += value.bytes;
    }
    return key;
}

// --- reading
// -----------------------------------------------------------------------------------------------------------

/// A SELECT's paths come out flat: each under its last name. An element of a list has none and comes under "_" and its
/// place in the SELECT, as the PartiQL specification names what has no name.
Json flattened(const Statement& statement, std::string_view item) {
    Json result = object();
    std::size_t place = 0;
    for (const auto& path : statement.bound.projection()) {
        ++place;
        const auto value = valueAt(item, path, statement.bound);
        if (!value) continue;
        const auto& last = path.back();
        set(result, last.isIndex ? "_" + std::to_string(place) : std::string(statement.bound.nameOf(last)),
            toJson(*value));
    }
    return result;
}

std::optional<KeyTest::Kind> kindOf(const Condition& condition) {
    if (condition.kind == Condition::Kind::between) return KeyTest::Kind::between;
    if (condition.kind == Condition::Kind::function && condition.function == Function::beginsWith)
        return KeyTest::Kind::beginsWith;
    if (condition.kind != Condition::Kind::comparison) return std::nullopt;
    switch (condition.comparator) {
        case Comparator::equal: return KeyTest::Kind::equal;
        case Comparator::less: return KeyTest::Kind::less;
        case Comparator::lessOrEqual: return KeyTest::Kind::lessOrEqual;
        case Comparator::greater: return KeyTest::Kind::greater;
        case Comparator::greaterOrEqual: return KeyTest::Kind::greaterOrEqual;
        case Comparator::notEqual: break;
    }
    return std::nullopt;
}

/// The conjuncts that test a range attribute in a way that chooses rows.
std::vector<KeyTest> rangeTests(const Statement& statement, const KeyAttribute& range) {
    const auto& bound = statement.bound;
    std::vector<const Condition*> parts;
    conjuncts(bound.condition(), parts);
    std::vector<KeyTest> tests;
    for (const auto* part : parts) {
        const auto kind = kindOf(*part);
        if (!kind || !isAttribute(part->operands[0], bound, range.name)) continue;
        if (kind == KeyTest::Kind::beginsWith && range.type == Type::N) continue;
        if (!std::all_of(part->operands.begin() + 1, part->operands.end(),
                         [](const Operand& o) { return o.kind == Operand::Kind::value; }))
            continue;
        KeyTest test{.attribute = range.name, .kind = *kind, .value = bound.values[part->operands[1].value]};
        if (kind == KeyTest::Kind::between) test.upper = bound.values[part->operands[2].value];
        tests.push_back(test);
    }
    return tests;
}

/// The ranges of rows a SELECT has to look at: one for each partition that WHERE names, narrowed by what it says about
/// the first range attribute, or the whole table. Only rows in there count towards Limit and capacity.
std::vector<KeyRange> rangesOf(const Statement& statement, const PageRequest& page) {
    const auto base = page.index ? entriesPrefix(page.table->id, page.index->id) : itemsPrefix(page.table->id);
    const auto& key = page.key();
    std::vector<std::vector<KeyTest>> partitions(
        1);  // the tests of the hash attributes, for each combination of their values
    for (const auto& part : key.hash) {
        const auto values = valuesOf(statement, part.name);
        if (!values) return {segmentRange(base, 0, 1)};
        std::vector<std::vector<KeyTest>> more;
        for (const auto& tests : partitions)
            for (const auto& value : *values) {
                more.push_back(tests);
                more.back().push_back({.attribute = part.name, .kind = KeyTest::Kind::equal, .value = value});
            }
        partitions = std::move(more);
    }
    const auto narrowing = key.range.empty() ? std::vector<KeyTest>() : rangeTests(statement, key.range[0]);
    std::vector<KeyRange> ranges;
    for (auto& tests : partitions) {
        KeyRange range = rangeOf(key, tests, base, page.index != nullptr);
        for (const auto& test : narrowing) {
            tests.push_back(test);
            const auto narrow = rangeOf(key, tests, base, page.index != nullptr);
            range = {std::max(range.first, narrow.first), std::min(range.end, narrow.end)};
            tests.pop_back();
        }
        ranges.push_back(std::move(range));
    }
    return ranges;
}

PageRequest pageOf(Memory& memory, Call& call, const Statement& statement, bool consistent) {
    PageRequest page;
    page.table = requireTable(memory, call, statement.table);
    page.consistent = consistent;
    for (const auto& path : statement.bound.projection()) {  // whole attributes: nested paths are taken from them later
        if (!page.selection.projection) page.selection.projection.emplace();
        page.selection.projection->addAttribute(statement.bound.nameOf(path[0]));
    }
    Json request = object();
    if (!statement.index.empty()) set(request, "IndexName", statement.index);
    requireIndex(page, request);
    requireSelectOfIndex(page, request);
    if (statement.hasWhere) page.filter = statement.bound;
    page.forward = !statement.descending;
    if (statement.orderBy) {
        const auto& key = page.key();
        if (!statement.hasWhere)
            throw validation("Must have WHERE clause in the statement when using ORDER BY clause.");
        if (!key.contains(*statement.orderBy))
            throw validation("Variable reference " + *statement.orderBy +
                             " in ORDER BY clause must be part of the primary key");
        if (!valuesOf(statement, key.hash[0].name))
            throw validation(
                "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.");
    }
    return page;
}

// NextToken: which range the page before ended in, and the last row's key.
std::string tokenOf(std::size_t range, const Json& lastKey) {
    return base64Encode(std::to_string(range) + " " + encodeItem(lastKey));
}

std::pair<std::size_t, std::string> parseToken(std::string_view token) {
    const auto bytes = base64Decode(token);
    const auto space = bytes ? bytes->find(' ') : std::string::npos;
    if (space == std::string::npos || space == 0 || space > 6) throw validation("Invalid NextToken");
    return {std::strtoul(bytes->c_str(), nullptr, 10), bytes->substr(space + 1)};
}

/// Rows of all ranges until the limit, 1 MB or the end.
Json select(Memory& memory, Call& call, const Statement& statement, const Fields& request) {
    auto page = pageOf(memory, call, statement, request.valueOr("ConsistentRead", false));
    const auto ranges = rangesOf(statement, page);
    std::size_t at = 0;
    if (const auto token = request.optionalText("NextToken")) {
        auto [range, key] = parseToken(*token);
        at = range;
        if (!key.empty()) page.startKey = std::move(key);
        if (at >= ranges.size()) throw validation("Invalid NextToken");
    }
    auto left = request.optionalInteger("Limit");
    const auto& paths = statement.bound.projection();
    const bool nested = std::any_of(paths.begin(), paths.end(), [](const Path& path) { return path.size() > 1; });
    Json items = list(), result = object();
    double units = 0;
    for (; at < ranges.size(); ++at) {
        if (left) page.limit = static_cast<std::size_t>(*left);
        Json part = readPage(memory, call, page, ranges[at], ReportCapacity::total);
        page.startKey.reset();
        for (auto& item : find(part, "Items")->GetArray())
            push(items, nested ? flattened(statement, encodeItem(item)) : std::move(item));
        units += find(*find(part, "ConsumedCapacity"), "CapacityUnits")->GetDouble();
        if (const Json* last = find(part, "LastEvaluatedKey")) {
            set(result, "NextToken", tokenOf(at, *last));
            set(result, "LastEvaluatedKey", copy(*last));
            break;
        }
        if (left) *left -= find(part, "ScannedCount")->GetInt64();
        if (left && *left <= 0 && at + 1 < ranges.size()) {
            set(result, "NextToken", base64Encode(std::to_string(at + 1) + " "));
            break;
        }
    }
    set(result, "Items", std::move(items));
    if (const auto report = wantedCapacity(request); report != ReportCapacity::none) {
        Units used;
        if (!page.index)
            used.table = units;
        else
            (page.index->global ? used.global : used.local)[page.index->name] = units;
        set(result, "ConsumedCapacity", describe(used, *page.table, report));
    }
    return result;
}

/// The one item that a SELECT with a whole key names.
struct Found {
    TableRef table;
    std::optional<Json> item;
    double units;
};
Found selectOne(Memory& memory, Call& call, const Statement& statement, bool consistent) {
    const auto page = pageOf(memory, call, statement, consistent);
    if (page.index) throw validation("Select statements within a batch or a transaction cannot use an index");
    const auto key = requireKey(*page.table, requireKeyInWhere(statement, *page.table));
    memory.throttle.admitRead(*page.table, nullptr, call.now);
    const auto stored = call.get(itemKey(*page.table, key));
    Found found{page.table, {}, readUnits(stored ? sizeOfItem(*stored) : 0, consistent)};
    memory.throttle.charge(*page.table, Units{.table = found.units, .local = {}, .global = {}}, Direction::read);
    if (stored && holds(*page.filter, *stored))
        found.item = statement.bound.projection().empty() ? itemToJson(*stored) : flattened(statement, *stored);
    return found;
}

// --- writing
// -----------------------------------------------------------------------------------------------------------

/// The condition that the item is there (or is not), and WHERE.
Bound withExistence(Bound bound, const TableInfo& table, bool exists, Storage& storage) {
    Expression expression = *bound.expression;
    Condition presence{.kind = Condition::Kind::function,
                       .function = exists ? Function::attributeExists : Function::attributeNotExists};
    bound.names.push_back(storage.emplace_back(table.key.hash[0].name));
    presence.operands.push_back(
        {.kind = Operand::Kind::path, .path = {{false, static_cast<std::uint32_t>(bound.names.size() - 1)}}});
    Condition all{.kind = Condition::Kind::allOf};
    all.conditions.push_back(std::move(presence));
    if (expression.condition) all.conditions.push_back(std::move(*expression.condition));
    expression.condition = std::move(all);
    bound.expression = std::make_shared<const Expression>(std::move(expression));
    return bound;
}

/// A statement as a write of one item. A DELETE of what is not there succeeds.
Write writeOf(Memory& memory, Call& call, Statement statement, const Fields& request) {
    const auto table = requireTable(memory, call, statement.table);
    Write write;
    write.tableName = statement.table;
    write.returnItemOnFailure = request.valueOr("ReturnValuesOnConditionCheckFailure", "") == "ALL_OLD";
    if (statement.kind == Statement::Kind::insert) {
        write.kind = Write::Kind::put;
        write.item = std::move(statement.item);
        requireNesting(write.item);
        if (sizeOfItem(write.item) > kItemLimitBytes)
            throw validation("Item size has exceeded the maximum allowed size");
        write.condition = withExistence(statement.bound, *table, false, statement.storage);
    } else {
        write.item = requireKeyInWhere(statement, *table);
        if (statement.kind == Statement::Kind::update) {
            write.kind = Write::Kind::update;
            write.update = statement.bound;
            write.condition = withExistence(statement.bound, *table, true, statement.storage);
        } else if (statement.kind == Statement::Kind::exists) {
            write.kind = Write::Kind::check;
            write.condition = withExistence(statement.bound, *table, true, statement.storage);
        } else {
            write.kind = Write::Kind::remove;
            if (call.has(itemKey(*table, requireKey(*table, write.item)))) write.condition = statement.bound;
        }
    }
    write.storage = std::move(statement.storage);
    return write;
}

std::optional<Json> returned(const Write& write, const Effect& effect, Returning returning) {
    const bool old = returning == Returning::allOld || returning == Returning::modifiedOld;
    const auto& item = old ? effect.before : effect.after;
    if (returning == Returning::nothing || !item) return std::nullopt;
    if (returning == Returning::allOld || returning == Returning::allNew || !write.update) return itemToJson(*item);
    Projection touched;
    for (const auto* section : {&write.update->update().set, &write.update->update().remove_,
                                &write.update->update().add, &write.update->update().delete_})
        for (const auto& assignment : *section) touched.add(assignment.path, *write.update);
    return touched.toJson(*item);
}

void requireReturning(const Statement& statement) {
    if (statement.kind == Statement::Kind::remove && statement.returning != Returning::nothing &&
        statement.returning != Returning::allOld)
        throw validation("RETURNING clause in a DELETE statement can only be ALL OLD *");
}

struct Done {
    TableRef table;
    Effect effect;
    std::optional<Json> item;
};
Done carryOutStatement(Memory& memory, Call& call, Statement statement, const Fields& request) {
    requireReturning(statement);
    if (statement.kind == Statement::Kind::exists) throw validation("EXISTS can only be used in a transaction");
    const auto kind = statement.kind;
    const auto returning = statement.returning;
    auto write = writeOf(memory, call, std::move(statement), request);
    joinTable(write, requireTable(memory, call, write.tableName));
    Done done;
    try {
        done.effect = carryOut(memory, call, write);
    } catch (const AwsError& error) {
        if (kind == Statement::Kind::insert && error.code() == "ConditionalCheckFailedException") throw duplicateItem();
        throw;
    }
    done.item = returned(write, done.effect, returning);
    done.table = write.table;
    return done;
}

std::string batchCode(const std::string& code) {
    if (code == "ConditionalCheckFailedException") return "ConditionalCheckFailed";
    if (code == "ResourceNotFoundException") return "ResourceNotFound";
    if (code == "DuplicateItemException") return "DuplicateItem";
    if (code == "ProvisionedThroughputExceededException") return "ProvisionedThroughputExceeded";
    if (code == "ThrottlingException") return "ThrottlingError";
    return "ValidationError";
}

/// An INSERT whose item is there already has a reason of its own: DuplicateItem.
AwsError withDuplicates(const AwsError& cancelled, const std::vector<bool>& inserts) {
    std::vector<CancellationReason> reasons;
    std::size_t i = 0;
    for (const auto& reason : find(*cancelled.extra(), "CancellationReasons")->GetArray()) {
        CancellationReason read{textOr(reason, "Code"), textOr(reason, "Message"), {}};
        if (const Json* item = find(reason, "Item")) read.item = copy(*item);
        if (inserts[i++] && read.code == "ConditionalCheckFailed")
            read = {"DuplicateItem", duplicateItem().message(), {}};
        reasons.push_back(std::move(read));
    }
    try {
        cancelWhereRefused(std::move(reasons));
    } catch (const AwsError& error) {
        return error;
    }
    return cancelled;
}

/// Source: API Reference, BatchExecuteStatement: a batch reads or writes. Differs: AWS's words are not recorded.
void requireAllReadsOrWrites(const std::vector<std::variant<Statement, AwsError>>& statements) {
    bool reads = false, writes = false;
    for (const auto& parsed : statements)
        if (const auto* statement = std::get_if<Statement>(&parsed)) (statement->isRead() ? reads : writes) = true;
    if (reads && writes)
        throw validation(
            "The entire batch must consist of either read statements or write statements, you cannot mix both in one "
            "batch");
}

Statement parse(const Fields& request) {
    return partiql::parseStatement(view(request.value("Statement")), request.find("Parameters"));
}

}  // namespace

Json executeStatement(Memory& memory, Call& call, const Fields& request) {
    auto statement = parse(request);
    if (statement.isRead()) return select(memory, call, statement, request);
    auto done = carryOutStatement(memory, call, std::move(statement), request);
    Json items = list();
    if (done.item) push(items, std::move(*done.item));
    Json result = object({{"Items", std::move(items)}});
    if (const auto report = wantedCapacity(request); report != ReportCapacity::none)
        set(result, "ConsumedCapacity", describe(done.effect.units, *done.table, report));
    return result;
}

Json batchExecuteStatement(Memory& memory, Call& call, const Fields& request) {
    const auto entries = request.items("Statements");
    if (entries.size() > kBatchLimit) throw validation("Member must have length less than or equal to 25");
    std::vector<std::variant<Statement, AwsError>> statements;
    for (const Json* entry : entries) {
        try {
            statements.emplace_back(parse(*entry));
        } catch (const AwsError& error) {
            statements.emplace_back(error);
        }
    }
    requireAllReadsOrWrites(statements);
    Json responses = list();
    CapacityByTable capacity;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const Fields fields(*entries[i]);
        Json response = object();
        std::string table;
        try {
            if (auto* error = std::get_if<AwsError>(&statements[i])) throw std::move(*error);
            auto& statement = std::get<Statement>(statements[i]);
            table = statement.table;
            if (statement.isRead()) {
                auto found = selectOne(memory, call, statement, fields.valueOr("ConsistentRead", false));
                capacity.add(found.table, Units{.table = found.units, .local = {}, .global = {}});
                if (found.item) set(response, "Item", std::move(*found.item));
            } else {
                auto done = carryOutStatement(memory, call, std::move(statement), fields);
                capacity.add(done.table, done.effect.units);
                if (done.item) set(response, "Item", std::move(*done.item));
            }
        } catch (const AwsError& error) {
            Json described = object({{"Code", batchCode(error.code())}, {"Message", error.message()}});
            if (const Json* item = error.extra() ? find(*error.extra(), "Item") : nullptr)
                set(described, "Item", copy(*item));
            set(response, "Error", std::move(described));
        }
        if (!table.empty()) set(response, "TableName", table);
        push(responses, std::move(response));
    }
    Json result = object({{"Responses", std::move(responses)}});
    if (const auto report = wantedCapacity(request); report != ReportCapacity::none)
        set(result, "ConsumedCapacity", capacity.describe(report));
    return result;
}

Json executeTransaction(Memory& memory, Call& call, const Fields& request) {
    std::vector<Statement> statements;
    const auto entries = request.items("TransactStatements");
    for (const Json* entry : entries) statements.push_back(parse(*entry));
    const auto reads =
        std::count_if(statements.begin(), statements.end(), [](const Statement& s) { return s.isRead(); });
    if (reads != 0 && reads != static_cast<std::ptrdiff_t>(statements.size()))
        throw validation("Transaction request cannot include both read and write operations");
    const auto report = wantedCapacity(request);
    CapacityByTable capacity;
    Json responses = list();
    if (reads != 0) {
        for (const auto& statement : statements) {
            auto found = selectOne(memory, call, statement, true);
            capacity.add(found.table, Units{.table = 2 * found.units, .local = {}, .global = {}});
            Json response = object();
            if (found.item) set(response, "Item", std::move(*found.item));
            push(responses, std::move(response));
        }
    } else if (!wasDoneBefore(call, request, "ExecuteTransaction")) {
        std::vector<Write> writes;
        std::vector<bool> inserts;
        for (std::size_t i = 0; i < statements.size(); ++i) {
            inserts.push_back(statements[i].kind == Statement::Kind::insert);
            writes.push_back(writeOf(memory, call, std::move(statements[i]), Fields(*entries[i])));
        }
        std::vector<Effect> effects;
        try {
            effects = carryOutTogether(memory, call, writes);
        } catch (const AwsError& error) {
            if (error.code() != "TransactionCanceledException") throw;
            throw withDuplicates(error, inserts);
        }
        for (std::size_t i = 0; i < writes.size(); ++i) {
            capacity.add(writes[i].table, effects[i].units);
            push(responses, object());
        }
    }
    Json result = object({{"Responses", std::move(responses)}});
    if (report != ReportCapacity::none)
        set(result, "ConsumedCapacity", capacity.describe(report, reads != 0 ? Direction::read : Direction::write));
    return result;
}

}  // namespace backlot::dynamodb
