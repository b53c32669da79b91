#pragma once
// Joins a parsed expression with what one request gives it, and checks what depends on both.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/services/dynamodb/attribute_value.h"
#include "emulator/services/dynamodb/expressions/ast.h"

namespace backlot::dynamodb::expressions {

/// ExpressionAttributeNames and ExpressionAttributeValues of one request, and which of them were used.
/// The request outlives it. Throws ValidationException for keys and values that no request may have.
class Substitutions {
public:
    /// Checks that they are there with reason: `anyExpression` tells whether the request has an expression at all;
    /// `missingForValues` names, for the message, the expressions that could use values where none of them is there
    /// ("ConditionExpression is null").
    Substitutions(const Fields& request, bool anyExpression, std::string_view missingForValues);
    /// Reads names and values: AWS checks other parts of the request in between.
    void read();
    Substitutions(const Substitutions&) = delete;
    Substitutions& operator=(const Substitutions&) = delete;

    std::optional<std::string_view> name(std::string_view placeholder);
    const ValueView* value(std::string_view placeholder);
    /// Throws where a name or a value served no expression.
    void requireAllUsed() const;

private:
    struct Name {
        std::string_view placeholder, name;
        bool used = false;
    };
    struct Value {
        std::string_view placeholder;
        std::string encoded;
        ValueView view;
        bool used = false;
    };
    void readNames(const Json& names);
    void readValues(const Json& values);
    const Json *givenNames_, *givenValues_;
    std::vector<Name> names_;
    std::vector<Value> values_;
};

/// An expression ready for items: a name or a value for each slot. Views into the request's substitutions.
struct Bound {
    std::shared_ptr<const Expression> expression;
    std::vector<std::string_view> names;
    std::vector<ValueView> values;

    std::string_view nameOf(const Step& step) const { return names[step.number]; }
    const Condition& condition() const { return *expression->condition; }
    const Update& update() const { return expression->update; }
    const std::vector<Path>& projection() const { return expression->projection; }
};

/// `parameter` is the request member's name, for messages. Throws ValidationException "Invalid <parameter>: …".
Bound resolve(std::shared_ptr<const Expression> expression, std::string_view parameter, Substitutions& substitutions);

/// "[a, b, [1]]"
std::string printed(const Path& path, const Bound& bound);

/// Expressions by their text: those of a program are few and come again and again.
class ExpressionCache {
public:
    /// Throws ValidationException where the text is longer than 4,096 bytes, has a syntax error or is empty.
    std::shared_ptr<const Expression> get(ExpressionKind kind, std::string_view parameter, std::string_view text);
    void clear() { kept_.clear(); }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, std::shared_ptr<const Expression>, Hash, std::equal_to<>> kept_;
};

}  // namespace backlot::dynamodb::expressions
