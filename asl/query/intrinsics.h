#pragma once
// Intrinsic functions: States.Format('Order {}', $.id)

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/query/jsonpath.h"
#include "asl/query/scene.h"

namespace backlot::asl {

struct IntrinsicFunction;  // a line of the table in intrinsics.cpp

/// A call: a function and its arguments, which may be calls themselves.
class Intrinsic {
public:
    /// Throws PathSyntaxError where the text is no call of a known function; nesting deeper than 10 is refused.
    static Intrinsic parse(std::string_view text);
    /// Whether the text looks like a call ("States.…(").
    static bool isCall(std::string_view text);

    /// Throws StateFailure (States.IntrinsicFailure), PathNotFound.
    Json evaluate(const Scene& scene) const;
    void collectVariables(std::set<std::string>& names) const;
    const std::string& text() const { return text_; }
    /// Whether an argument anywhere in it holds a backslash that escapes nothing, which AWS refuses.
    bool hasBadEscape() const;

private:
    friend class IntrinsicReader;
    using Argument = std::variant<std::shared_ptr<const Json>, JsonPath, std::shared_ptr<const Intrinsic>>;
    std::string text_;
    const IntrinsicFunction* function_ = nullptr;
    std::vector<Argument> arguments_;
    bool badEscape_ = false;
};

/// The node or nodes that a path names, seen from the scene. Throws PathNotFound, StateFailure.
Json readPath(const JsonPath& path, const Scene& scene);

}  // namespace backlot::asl
