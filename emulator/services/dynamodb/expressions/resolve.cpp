#include "emulator/services/dynamodb/expressions/resolve.h"

#include <algorithm>

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/expressions/parser.h"
#include "emulator/services/dynamodb/item_codec.h"

namespace backlot::dynamodb::expressions {
namespace {

constexpr std::size_t kTextLimit = 4096;
constexpr std::size_t kCacheLimit = 2000;
constexpr std::size_t kInLimit = 100;

bool isPlaceholder(std::string_view key, char sigil) {
    return key.size() > 1 && key[0] == sigil && std::all_of(key.begin() + 1, key.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
           });
}

AwsError invalid(std::string_view parameter, std::string_view fault) {
    return validation("Invalid " + std::string(parameter) + ": " + std::string(fault));
}

/// Walks one expression with what the request gives it, and ends at the first fault, in AWS's order: each part's
/// operands from left to right, then the part itself.
class Checker {
public:
    Checker(const Bound& bound, std::string_view parameter, const std::vector<bool>& definedNames,
            const std::vector<bool>& definedValues)
        : bound_(bound), parameter_(parameter), definedNames_(definedNames), definedValues_(definedValues) {}

    void check(const Condition& condition) {
        for (const auto& part : condition.conditions) check(part);
        for (const auto& operand : condition.operands) check(operand);
        switch (condition.kind) {
            case Condition::Kind::comparison: comparison(condition); break;
            case Condition::Kind::between: between(condition); break;
            case Condition::Kind::in: in(condition); break;
            case Condition::Kind::function: function(condition); break;
            default: break;
        }
    }

    /// All names and values first, then the paths against each other, then what is added and deleted, then what is set.
    void check(const Update& update) {
        const auto sections = {&update.set, &update.remove_, &update.add, &update.delete_};
        for (const auto* section : sections) {
            for (const auto& assignment : *section) {
                requireDefined(assignment.path);
                if (section != &update.remove_) requireDefined(assignment.value);
            }
        }
        std::vector<const Assignment*> inOrder;
        for (const auto* section : sections)
            for (const auto& assignment : *section) inOrder.push_back(&assignment);
        std::stable_sort(inOrder.begin(), inOrder.end(),
                         [](const Assignment* a, const Assignment* b) { return a->place < b->place; });
        std::vector<const Path*> paths;
        for (const auto* assignment : inOrder) paths.push_back(&assignment->path);
        if (paths.size() > 1) check(paths);
        for (const auto& assignment : update.add)
            wantForSection(assignment.value, "ADD", [](Type type) { return type == Type::N || isSet(type); });
        for (const auto& assignment : update.delete_) wantForSection(assignment.value, "DELETE", isSet);
        for (const auto& assignment : update.set) check(assignment.value);
    }

    void check(const std::vector<Path>& projection) {
        std::vector<const Path*> paths;
        for (const auto& path : projection) {
            requireDefined(path);
            paths.push_back(&path);
        }
        check(paths);
    }

private:
    [[noreturn]] void fail(const std::string& fault) const { throw invalid(parameter_, fault); }
    static bool isConstant(const Operand& operand) { return operand.kind == Operand::Kind::value; }
    const ValueView& constant(const Operand& operand) const { return bound_.values[operand.value]; }

    void requireDefined(const Path& path) const {
        for (const auto& step : path)
            if (!step.isIndex && !definedNames_[step.number])
                fail("An expression attribute name used in the document path is not defined; attribute name: " +
                     bound_.expression->names[step.number]);
    }
    void requireDefined(const Operand& operand) const {
        if (operand.kind == Operand::Kind::path) requireDefined(operand.path);
        if (isConstant(operand) && !definedValues_[operand.value])
            fail("An expression attribute value used in expression is not defined; attribute value: " +
                 bound_.expression->values[operand.value]);
        for (const auto& part : operand.operands) requireDefined(part);
    }

    /// The type, where the request alone tells it.
    std::optional<Type> typeOf(const Operand& operand) const {
        if (isConstant(operand)) return constant(operand).type;
        if (operand.kind == Operand::Kind::function && operand.function == Function::size) return Type::N;
        return std::nullopt;
    }
    template <typename Allowed>
    void want(const Operand& operand, std::string_view what, Allowed allowed) const {
        const auto type = typeOf(operand);
        if (type && !allowed(*type))
            fail("Incorrect operand type for operator or function; operator or function: " + std::string(what) +
                 ", operand type: " + std::string(nameOf(*type)));
    }
    template <typename Allowed>
    void wantForSection(const Operand& operand, std::string_view section, Allowed allowed) const {
        if (const auto type = constant(operand).type; !allowed(type))
            fail("Incorrect operand type for operator or function; operator: " + std::string(section) +
                 ", operand type: " + std::string(longNameOf(type)) + ", typeSet: ALLOWED_FOR_" + std::string(section) +
                 "_OPERAND");
    }
    void wantPath(const Operand& operand, std::string_view function) const {
        if (operand.kind != Operand::Kind::path)
            fail("Operator or function requires a document path; operator or function: " + std::string(function));
    }
    void wantCount(std::string_view what, std::size_t count, bool right) const {
        if (!right)
            fail("Incorrect number of operands for operator or function; operator or function: " + std::string(what) +
                 ", number of operands: " + std::to_string(count));
    }

    void check(const Operand& operand) const {
        if (operand.operands.empty()) return requireDefined(operand);
        for (const auto& part : operand.operands) check(part);
        if (operand.kind != Operand::Kind::function) {
            for (const auto& part : operand.operands)
                want(part, operand.kind == Operand::Kind::plus ? "+" : "-", [](Type type) { return type == Type::N; });
            return;
        }
        wantCount(operand.functionName, operand.operands.size(),
                  operand.operands.size() == operandCountOf(operand.function));
        if (operand.function == Function::listAppend)
            for (const auto& part : operand.operands)
                want(part, "list_append", [](Type type) { return type == Type::L; });
        else if (operand.function == Function::ifNotExists)
            wantPath(operand.operands[0], "if_not_exists");
        else if (operand.function == Function::size)
            want(operand.operands[0], "size", hasSize);
    }
    static bool hasSize(Type type) { return type != Type::N && type != Type::BOOL && type != Type::NULL_; }

    void comparison(const Condition& condition) const {
        const auto name = expressions::nameOf(condition.comparator);
        if (condition.comparator != Comparator::equal && condition.comparator != Comparator::notEqual)
            for (const auto& operand : condition.operands) want(operand, name, isScalarKeyType);
        distinct(name, condition.operands);
    }
    void distinct(std::string_view name, const std::vector<Operand>& operands) const {
        const auto& first = operands[0];
        for (std::size_t i = 1; i < operands.size(); ++i)
            if (first.kind == Operand::Kind::path && operands[i].kind == first.kind &&
                samePath(first.path, operands[i].path))
                fail(
                    "The first operand must be distinct from the remaining operands for this operator or function; "
                    "operator: " +
                    std::string(name) + ", first operand: " + printed(first.path, bound_));
    }
    void in(const Condition& condition) const {
        wantCount("IN", condition.operands.size() - 1, condition.operands.size() - 1 <= kInLimit);
        distinct("IN", condition.operands);
    }
    void between(const Condition& condition) const {
        for (const auto& operand : condition.operands) want(operand, "BETWEEN", isScalarKeyType);
        distinct("BETWEEN", condition.operands);
        const auto &low = condition.operands[1], &high = condition.operands[2];
        if (!isConstant(low) || !isConstant(high)) return;
        const auto bounds = [&] {
            return "lower bound operand: AttributeValue: " + dynamodb::printed(constant(low)) +
                   ", upper bound operand: AttributeValue: " + dynamodb::printed(constant(high));
        };
        if (constant(low).type != constant(high).type)
            fail("The BETWEEN operator requires same data type for lower and upper bounds; " + bounds());
        if (compareScalars(constant(low), constant(high)) > 0)
            fail("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; " + bounds());
    }
    void function(const Condition& condition) const {
        const auto name = expressions::nameOf(condition.function);
        const auto& operands = condition.operands;
        wantCount(name, operands.size(), operands.size() == operandCountOf(condition.function));
        switch (condition.function) {
            case Function::attributeExists:
            case Function::attributeNotExists: wantPath(operands[0], name); break;
            case Function::attributeType: attributeType(operands); break;
            case Function::beginsWith:
                for (const auto& operand : operands)
                    want(operand, name, [](Type type) { return type == Type::S || type == Type::B; });
                distinct(name, operands);
                break;
            case Function::contains: distinct(name, operands); break;
            default: break;
        }
    }
    void attributeType(const std::vector<Operand>& operands) const {
        wantPath(operands[0], "attribute_type");
        distinct("attribute_type", operands);
        if (!typeOf(operands[1]))
            fail(
                "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: "
                "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
        want(operands[1], "attribute_type", [](Type type) { return type == Type::S; });
        if (isConstant(operands[1]) && !typeNamed(constant(operands[1]).payload))
            fail("Invalid attribute type name found; type: " + std::string(constant(operands[1]).payload) +
                 ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
    }

    bool sameStep(const Step& a, const Step& b) const {
        if (a.isIndex != b.isIndex) return false;
        return a.isIndex ? a.number == b.number : bound_.nameOf(a) == bound_.nameOf(b);
    }
    bool samePath(const Path& a, const Path& b) const {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                          [this](const Step& x, const Step& y) { return sameStep(x, y); });
    }
    void check(const std::vector<const Path*>& paths) const {
        for (const bool overlaps : {true, false})  // overlaps are reported before conflicts
            for (std::size_t i = 0; i < paths.size(); ++i)
                for (std::size_t k = i + 1; k < paths.size(); ++k) compare(*paths[i], *paths[k], overlaps);
    }
    void compare(const Path& a, const Path& b, bool overlaps) const {
        const auto shorter = std::min(a.size(), b.size());
        std::size_t same = 0;
        while (same < shorter && sameStep(a[same], b[same])) ++same;
        const bool overlap = same == shorter;
        if (overlap != overlaps || (!overlap && a[same].isIndex == b[same].isIndex)) return;
        fail("Two document paths " + std::string(overlap ? "overlap" : "conflict") +
             " with each other; must remove or rewrite one of these paths; path one: " + printed(a, bound_) +
             ", path two: " + printed(b, bound_));
    }

    const Bound& bound_;
    std::string_view parameter_;
    const std::vector<bool>&definedNames_, &definedValues_;
};

}  // namespace

Substitutions::Substitutions(const Fields& request, bool anyExpression, std::string_view missingForValues)
    : givenNames_(request.find("ExpressionAttributeNames")), givenValues_(request.find("ExpressionAttributeValues")) {
    if (givenNames_ && !anyExpression)
        throw validation("ExpressionAttributeNames can only be specified when using expressions");
    if (givenValues_ && !missingForValues.empty())
        throw validation("ExpressionAttributeValues can only be specified when using expressions: " +
                         std::string(missingForValues));
}

void Substitutions::read() {
    if (givenNames_) readNames(*givenNames_);
    if (givenValues_) readValues(*givenValues_);
}

void Substitutions::readNames(const Json& names) {
    if (names.MemberCount() == 0) throw validation("ExpressionAttributeNames must not be empty");
    names_.reserve(names.MemberCount());
    for (const auto& member : names.GetObject()) {
        if (!isPlaceholder(view(member.name), '#'))
            throw validation("ExpressionAttributeNames contains invalid key: Syntax error; key: \"" +
                             text(member.name) + "\"");
        names_.push_back({view(member.name), view(member.value)});
    }
}

void Substitutions::readValues(const Json& values) {
    if (values.MemberCount() == 0) throw validation("ExpressionAttributeValues must not be empty");
    for (const auto& member : values.GetObject())
        if (!isPlaceholder(view(member.name), ':'))
            throw validation("ExpressionAttributeValues contains invalid key: Syntax error; key: \"" +
                             text(member.name) + "\"");
    values_.reserve(values.MemberCount());  // the views stay good: the strings do not move
    for (const auto& member : values.GetObject()) {
        auto& value = values_.emplace_back();
        value.placeholder = view(member.name);
        try {
            encodeValue(member.value, value.encoded);
        } catch (const AwsError& error) {
            if (error.code() != "ValidationException") throw;
            throw validation("ExpressionAttributeValues contains invalid value: " + error.message() + " for key " +
                             text(member.name));
        }
        value.view = viewOf(value.encoded);
    }
}

std::optional<std::string_view> Substitutions::name(std::string_view placeholder) {
    for (auto& name : names_) {
        if (name.placeholder != placeholder) continue;
        name.used = true;
        return name.name;
    }
    return std::nullopt;
}

const ValueView* Substitutions::value(std::string_view placeholder) {
    for (auto& value : values_) {
        if (value.placeholder != placeholder) continue;
        value.used = true;
        return &value.view;
    }
    return nullptr;
}

void Substitutions::requireAllUsed() const {
    const auto unused = [](std::string_view member, const auto& entries) {
        std::string keys;
        for (const auto& entry : entries)
            if (!entry.used) keys.append(keys.empty() ? "" : ", ").append(entry.placeholder);
        if (!keys.empty())
            throw validation("Value provided in " + std::string(member) + " unused in expressions: keys: {" + keys +
                             "}");
    };
    unused("ExpressionAttributeNames", names_);
    unused("ExpressionAttributeValues", values_);
}

Bound resolve(std::shared_ptr<const Expression> expression, std::string_view parameter, Substitutions& substitutions) {
    if (const auto* fault = expression->faults.first()) throw invalid(parameter, *fault);
    Bound bound{.expression = std::move(expression), .names = {}, .values = {}};
    const auto& parsed = *bound.expression;
    std::vector<bool> definedNames, definedValues;
    for (const auto& name : parsed.names) {
        const auto resolved = name[0] == '#' ? substitutions.name(name) : std::optional<std::string_view>(name);
        definedNames.push_back(resolved.has_value());
        bound.names.push_back(resolved.value_or(""));
    }
    for (const auto& name : parsed.values) {
        const auto* value = substitutions.value(name);
        definedValues.push_back(value != nullptr);
        bound.values.push_back(value ? *value : ValueView{});
    }
    Checker checker(bound, parameter, definedNames, definedValues);
    if (parsed.condition) checker.check(*parsed.condition);
    checker.check(parsed.update);
    checker.check(parsed.projection);
    return bound;
}

std::string printed(const Path& path, const Bound& bound) {
    std::string out;
    for (const auto& step : path) {
        if (!out.empty()) out += ", ";
        if (step.isIndex)
            out += "[" + std::to_string(step.number) + "]";
        else
            out += bound.nameOf(step);
    }
    return "[" + out + "]";
}

std::shared_ptr<const Expression> ExpressionCache::get(ExpressionKind kind, std::string_view parameter,
                                                       std::string_view text) {
    if (text.size() > kTextLimit)
        throw invalid(parameter, "Expression size has exceeded the maximum allowed size; expression size: " +
                                     std::to_string(text.size()));
    std::string key;
    key.reserve(text.size() + 1);
    key += static_cast<char>(kind);
    key += text;
    if (const auto kept = kept_.find(std::string_view(key)); kept != kept_.end()) return kept->second;
    auto parsed = std::make_shared<const Expression>(parse(kind, text));
    if (!parsed->syntaxError.empty()) throw invalid(parameter, parsed->syntaxError);
    if (kept_.size() >= kCacheLimit) kept_.clear();
    kept_.emplace(std::move(key), parsed);
    return parsed;
}

}  // namespace backlot::dynamodb::expressions
