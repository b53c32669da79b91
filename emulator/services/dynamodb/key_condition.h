#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "emulator/services/dynamodb/expressions/resolve.h"
#include "emulator/services/dynamodb/keys.h"

namespace backlot::dynamodb {

/// One condition on one key attribute.
struct KeyTest {
    enum class Kind {
        equal,
        less,
        lessOrEqual,
        greater,
        greaterOrEqual,
        between,
        beginsWith,
        other
    };  // other: of KeyConditions
    std::string_view attribute;
    Kind kind = Kind::equal;
    ValueView value, upper;  // upper: of BETWEEN
};

/// The conjunction of tests that a KeyConditionExpression is. Throws ValidationException for what none may hold:
/// other operators, nested attributes, two conditions on one attribute.
std::vector<KeyTest> keyTests(const expressions::Bound& bound);
/// The same for KeyConditions; what no key can be searched by is `other`, to be refused later.
std::vector<KeyTest> legacyKeyTests(const expressions::Bound& bound);

/// Every hash attribute must have a test, and no attribute may that is not of the key. Throws ValidationException.
void requireHashTested(const KeySchema& key, const std::vector<KeyTest>& tests);
/// Whether a key attribute's value passes the test.
bool holds(const KeyTest& test, const ValueView& value);

/// Which rows of a table or of an index the tests choose. `base`: itemsPrefix or entriesPrefix; `partial`: the range
/// attributes are followed by other parts (an index's entries). The hash attributes are tested.
/// Throws ValidationException where the tests do not fit the key.
KeyRange rangeOf(const KeySchema& key, const std::vector<KeyTest>& tests, const std::string& base, bool partial);

}  // namespace backlot::dynamodb
