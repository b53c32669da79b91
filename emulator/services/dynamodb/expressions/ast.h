#pragma once
// What an expression's text means, before names and values are known: the text is parsed once and kept, and each
// request brings its own ExpressionAttributeNames and ExpressionAttributeValues (resolve.h).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backlot::dynamodb::expressions {

/// One step into a document: a name (its slot in Expression::names) or a list index.
struct Step {
    bool isIndex = false;
    std::uint32_t number = 0;
    bool operator==(const Step&) const = default;
};
using Path = std::vector<Step>;

enum class Function {
    size,
    ifNotExists,
    listAppend,
    attributeExists,
    attributeNotExists,
    attributeType,
    beginsWith,
    contains,
    unknown
};

struct Operand {
    enum class Kind { path, value, function, plus, minus };
    Kind kind = Kind::path;
    Path path = {};
    std::uint32_t value = 0;  // slot in Expression::values
    Function function = Function::unknown;
    std::string functionName = {};       // as written
    std::vector<Operand> operands = {};  // of a function or an arithmetic operator
    bool inParentheses = false;
};

enum class Comparator { equal, notEqual, less, lessOrEqual, greater, greaterOrEqual };

struct Condition {
    enum class Kind { allOf, anyOf, negation, comparison, between, in, function };
    Kind kind = Kind::allOf;
    Comparator comparator = Comparator::equal;
    Function function = Function::unknown;
    std::vector<Condition> conditions = {};  // of allOf, anyOf, negation
    std::vector<Operand> operands = {};      // of the others: first what is tested, then what it is tested with
    bool inParentheses = false;
};

struct Assignment {
    Path path;
    Operand value;
    std::uint32_t place = 0;  // among all of the update, as written
};

struct Update {
    std::vector<Assignment> set, add, remove_, delete_;  // remove_ has paths only
    bool empty() const { return set.empty() && add.empty() && remove_.empty() && delete_.empty(); }
};

/// What can be wrong with an expression whose syntax is right, whatever it is used with, in the order in which AWS
/// reports it.
enum class Fault {
    parentheses,
    unknownFunction,
    misusedFunction,
    reservedWord,
    doubledSection,
    tooManyOperators,
    deepPath,
    count_
};

/// The first fault of each kind; the one to report is the first of all.
class Faults {
public:
    void note(Fault fault, std::string text) {
        auto& place = texts_[static_cast<std::size_t>(fault)];
        if (!place) place = std::move(text), any_ = true;
    }
    const std::string* first() const {
        if (any_)
            for (const auto& text : texts_)
                if (text) return &*text;
        return nullptr;
    }

private:
    std::array<std::optional<std::string>, static_cast<std::size_t>(Fault::count_)> texts_;
    bool any_ = false;
};

enum class ExpressionKind { condition, update, projection };

struct Expression {
    ExpressionKind kind = ExpressionKind::condition;
    std::vector<std::string> names;   // distinct, as written: "price" or "#p"
    std::vector<std::string> values;  // distinct: ":low"
    std::optional<Condition> condition;
    Update update;
    std::vector<Path> projection;
    Faults faults;            // those that do not depend on the request
    bool legacy = false;      // made from parameters of before expressions, whose errors have other words
    std::string syntaxError;  // not empty: nothing else counts
};

/// "size", "begins_with", …
std::string_view nameOf(Function function);
std::size_t operandCountOf(Function function);
std::string_view nameOf(Comparator comparator);

}  // namespace backlot::dynamodb::expressions
