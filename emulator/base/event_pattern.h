#pragma once
// Event patterns: which events a rule, a subscription or an event source mapping wants.

#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"

namespace backlot {

/// The text is no event pattern. `reason` is AWS's sentence ("Empty arrays are not allowed"), `where` the line that
/// follows it in AWS's message ("at [Source: (String)"…"; line: 1, column: 9]"; empty where AWS names no place).
/// what() is "REASON\n WHERE": services put their own words before it ("Event pattern is not valid. Reason: ").
struct PatternError : std::runtime_error {
    PatternError(std::string reason, std::string where);
    std::string reason, where;
};

/// A compiled pattern. Immutable and cheap to copy.
/// Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns"; AWS's recorded verdicts.
///
/// A pattern is an object of fields down to arrays of values and operators: all fields must match, in an array any
/// element is enough. Several fields below one array of objects must match in the same element. `$or` is expanded
/// into alternatives when the pattern is compiled, so that a match costs time linear in event and pattern.
/// Differs: a wildcard that AWS refuses as too complex is refused here when one character follows five or more of its
/// asterisks; AWS's own bound is not published.
/// Differs: below an array of objects `exists: false` looks at the element at hand; at AWS it looks at all elements
/// where the field sorts before every other field that the pattern asks of the element.
class EventPattern {
public:
    /// Throws PatternError.
    static EventPattern compile(std::string_view patternText);

    bool matches(const Json& event) const;
    /// The first field that keeps `event` from matching ("detail.status"); empty where it matches, or where the
    /// pattern has alternatives and none of them does.
    std::string mismatch(const Json& event) const;

    /// The strings of which the top-level `field` must be one, where the pattern says just that: what an index over
    /// many patterns needs. Nothing where other values could match, too.
    std::optional<std::vector<std::string>> onlyTexts(std::string_view field) const;

    struct Node;  // a field of the pattern; see event_pattern.cpp

private:
    std::shared_ptr<const std::vector<Node>> alternatives_;
};

}  // namespace backlot
