#include "emulator/services/dynamodb/legacy.h"

#include <algorithm>

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/item_codec.h"

namespace backlot::dynamodb {
namespace {

using namespace expressions;

/// Builds an expression by hand: each name and value gets a slot of its own.
class Builder {
public:
    explicit Builder(Storage& storage) : storage_(storage) {}

    Path path(std::string_view attribute) {
        names_.push_back(storage_.emplace_back(attribute));
        return {{false, static_cast<std::uint32_t>(names_.size() - 1)}};
    }
    Operand attribute(std::string_view name) { return {.kind = Operand::Kind::path, .path = path(name)}; }
    Operand value(std::string encoded) {
        values_.push_back(viewOf(storage_.emplace_back(std::move(encoded))));
        return {.kind = Operand::Kind::value, .value = static_cast<std::uint32_t>(values_.size() - 1)};
    }
    Expression expression;
    Bound bound() {
        return {std::make_shared<const Expression>(std::move(expression)), std::move(names_), std::move(values_)};
    }

private:
    Storage& storage_;
    std::vector<std::string_view> names_;
    std::vector<ValueView> values_;
};

std::string encoded(const Json& value) {
    std::string out;
    encodeValue(value, out);
    return out;
}

Condition functionCondition(Function function, std::vector<Operand> operands) {
    return {.kind = Condition::Kind::function, .function = function, .operands = std::move(operands)};
}

Condition negated(Condition condition) {
    Condition negation{.kind = Condition::Kind::negation};
    negation.conditions.push_back(std::move(condition));
    return negation;
}

std::optional<Comparator> comparatorNamed(std::string_view name) {
    static constexpr std::pair<std::string_view, Comparator> names[] = {
        {"EQ", Comparator::equal},       {"NE", Comparator::notEqual}, {"LT", Comparator::less},
        {"LE", Comparator::lessOrEqual}, {"GT", Comparator::greater},  {"GE", Comparator::greaterOrEqual}};
    for (const auto& [known, comparator] : names)
        if (known == name) return comparator;
    return std::nullopt;
}

bool allowsCount(std::string_view comparison, std::size_t count) {
    if (comparison == "NULL" || comparison == "NOT_NULL") return count == 0;
    if (comparison == "IN") return count > 0;
    return count == (comparison == "BETWEEN" ? 2 : 1);
}

bool allowsType(std::string_view comparison, Type type) {
    if (comparison == "EQ" || comparison == "NE") return true;
    if (comparison == "BEGINS_WITH") return type == Type::S || type == Type::B;
    if (comparison == "CONTAINS" || comparison == "NOT_CONTAINS")
        return !isSet(type) && type != Type::M && type != Type::L;
    return isScalarKeyType(type);
}

/// One ComparisonOperator with its values, checked.
Condition comparison(Builder& builder, std::string_view attribute, const std::string& name,
                     const std::vector<const Json*>& values) {
    std::deque<std::string> kept;
    for (const auto* json : values) kept.push_back(encoded(*json));
    if (!allowsCount(name, values.size()))
        throw invalidParameter("Invalid number of argument(s) for the " + name + " ComparisonOperator");
    std::vector<Operand> operands{builder.attribute(attribute)};
    std::optional<ValueView> first;
    for (const auto& bytes : kept) {
        const auto value = viewOf(bytes);
        if (!allowsType(name, value.type))
            throw invalidParameter("ComparisonOperator " + name + " is not valid for " +
                                   std::string(nameOf(value.type)) + " AttributeValue type");
        if (first && first->type != value.type)
            throw invalidParameter("AttributeValues inside AttributeValueList must be of same type");
        if (name == "BETWEEN" && first && compareScalars(*first, value) > 0)
            throw validation(
                "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
        first = value;
        operands.push_back(builder.value(std::string(value.bytes)));
    }
    if (const auto comparator = comparatorNamed(name))
        return {.kind = Condition::Kind::comparison, .comparator = *comparator, .operands = std::move(operands)};
    if (name == "NULL") return functionCondition(Function::attributeNotExists, std::move(operands));
    if (name == "NOT_NULL") return functionCondition(Function::attributeExists, std::move(operands));
    if (name == "BEGINS_WITH") return functionCondition(Function::beginsWith, std::move(operands));
    if (name == "CONTAINS") return functionCondition(Function::contains, std::move(operands));
    if (name == "NOT_CONTAINS") return negated(functionCondition(Function::contains, std::move(operands)));
    return {.kind = name == "IN" ? Condition::Kind::in : Condition::Kind::between, .operands = std::move(operands)};
}

/// One member of Expected.
Condition expectation(Builder& builder, const std::string& attribute, const Fields& expected) {
    const Json* value = expected.find("Value");
    const Json* list = expected.find("AttributeValueList");
    const auto of = [&](std::string_view text) {
        return invalidParameter(std::string(text) + " for Attribute: " + attribute);
    };
    if (list && value) throw of("Value and AttributeValueList cannot be used together");
    if (const auto name = expected.optionalText("ComparisonOperator")) {
        if (expected.has("Exists")) throw of("Exists and ComparisonOperator cannot be used together");
        if (*name != "NULL" && *name != "NOT_NULL" && !list && !value)
            throw of("Value or AttributeValueList must be used with ComparisonOperator: " + *name);
        auto values = expected.items("AttributeValueList");
        if (value) values.push_back(value);
        return comparison(builder, attribute, *name, values);
    }
    if (list) throw of("AttributeValueList can only be used with a ComparisonOperator");
    const bool exists = expected.valueOr("Exists", true);
    if (exists && !value)
        throw of(std::string("Value must be provided when Exists is ") + (expected.has("Exists") ? "true" : "null"));
    if (!exists && value) throw of("Value cannot be used when Exists is false");
    if (!exists) return functionCondition(Function::attributeNotExists, {builder.attribute(attribute)});
    return comparison(builder, attribute, "EQ", {value});
}

Condition::Kind conditionalOperator(const Fields& request) {
    return request.valueOr("ConditionalOperator", "AND") == "OR" ? Condition::Kind::anyOf : Condition::Kind::allOf;
}

void refuseLoneOperator(const Fields& request) {
    if (request.has("ConditionalOperator"))
        throw validation("ConditionalOperator cannot be used without Filter or Expected");
}

/// AttributeUpdates: one attribute.
void addUpdate(Builder& builder, Update& update, const std::string& attribute, const Fields& entry) {
    const auto action = entry.valueOr("Action", "PUT");
    const Json* given = entry.find("Value");
    if (!given) {
        if (action != "DELETE")
            throw invalidParameter("Only DELETE action is allowed when no attribute value is specified");
        update.remove_.push_back({builder.path(attribute), {}});
        return;
    }
    auto bytes = encoded(*given);
    const Type type = viewOf(bytes).type;
    if (action == "DELETE" && !isSet(type))
        throw invalidParameter("DELETE action with value is not supported for the type " + std::string(nameOf(type)));
    if (action == "ADD" && type != Type::N && type != Type::L && !isSet(type))
        throw invalidParameter("ADD action is not supported for the type " + std::string(nameOf(type)));
    auto path = builder.path(attribute);
    auto value = builder.value(std::move(bytes));
    if (action == "DELETE") {
        update.delete_.push_back({std::move(path), std::move(value)});
    } else if (action == "PUT") {
        update.set.push_back({std::move(path), std::move(value)});
    } else if (type != Type::L) {
        update.add.push_back({std::move(path), std::move(value)});
    } else {  // ADD of a list appends to the one that is there
        std::string empty;
        endContainer(empty, beginContainer(empty, Type::L));
        Operand existing{
            .kind = Operand::Kind::function, .function = Function::ifNotExists, .functionName = "if_not_exists"};
        existing.operands = {builder.attribute(attribute), builder.value(std::move(empty))};
        Operand joined{
            .kind = Operand::Kind::function, .function = Function::listAppend, .functionName = "list_append"};
        joined.operands = {std::move(existing), std::move(value)};
        update.set.push_back({std::move(path), std::move(joined)});
    }
}

}  // namespace

std::optional<Bound> readExpected(const Fields& request, Storage& storage) {
    const Json* expected = request.find("Expected");
    if (!expected) {
        refuseLoneOperator(request);
        return std::nullopt;
    }
    Builder builder(storage);
    Condition all{.kind = conditionalOperator(request)};
    for (const auto& member : expected->GetObject())
        all.conditions.push_back(expectation(builder, text(member.name), Fields(member.value)));
    if (all.conditions.empty()) {
        refuseLoneOperator(request);
        return std::nullopt;
    }
    builder.expression.condition = std::move(all);
    return builder.bound();
}

std::optional<Bound> readFilter(const Fields& request, std::string_view member, Storage& storage) {
    const Json* filter = request.find(member);
    if (!filter || filter->MemberCount() == 0) {
        refuseLoneOperator(request);
        return std::nullopt;
    }
    Builder builder(storage);
    Condition all{.kind = conditionalOperator(request)};
    for (const auto& attribute : filter->GetObject()) {
        const Fields condition(attribute.value);
        all.conditions.push_back(comparison(builder, view(attribute.name), condition.text("ComparisonOperator"),
                                            condition.items("AttributeValueList")));
    }
    builder.expression.condition = std::move(all);
    return builder.bound();
}

std::optional<Bound> readAttributeUpdates(const Fields& request, Storage& storage) {
    const Json* updates = request.find("AttributeUpdates");
    if (!updates || updates->MemberCount() == 0) return std::nullopt;
    Builder builder(storage);
    builder.expression.kind = ExpressionKind::update;
    builder.expression.legacy = true;
    for (const auto& attribute : updates->GetObject())
        addUpdate(builder, builder.expression.update, text(attribute.name), Fields(attribute.value));
    return builder.bound();
}

std::optional<std::vector<std::string>> readAttributesToGet(const Fields& request) {
    if (!request.has("AttributesToGet")) return std::nullopt;
    auto names = request.texts("AttributesToGet");
    auto sorted = names;
    std::sort(sorted.begin(), sorted.end());
    const auto doubled = std::adjacent_find(sorted.begin(), sorted.end());
    if (doubled != sorted.end()) throw invalidParameter("Duplicate value in attribute name: " + *doubled);
    return names;
}

Bound readKeyConditions(const Fields& request, Storage& storage) {
    const Json& conditions = request.value("KeyConditions");
    Builder builder(storage);
    Condition all{.kind = Condition::Kind::allOf};
    for (const auto& attribute : conditions.GetObject()) {
        const Fields condition(attribute.value);
        all.conditions.push_back(comparison(builder, view(attribute.name), condition.text("ComparisonOperator"),
                                            condition.items("AttributeValueList")));
    }
    if (conditions.MemberCount() == 0 || conditions.MemberCount() > 2)
        throw validation("Conditions can be of length 1 or 2 only");
    builder.expression.condition = std::move(all);
    return builder.bound();
}

void refuseMixture(const Fields& request, std::initializer_list<std::string_view> legacy,
                   std::initializer_list<std::string_view> expressions) {
    const auto present = [&](std::initializer_list<std::string_view> members) {
        std::string found;
        for (const auto member : members)
            if (request.has(member)) found.append(found.empty() ? "" : ", ").append(member);
        return found;
    };
    const auto old = present(legacy), recent = present(expressions);
    if (!old.empty() && !recent.empty())
        throw validation(
            "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
            "{" +
            old + "} Expression parameters: {" + recent + "}");
}

}  // namespace backlot::dynamodb
