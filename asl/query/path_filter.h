#pragma once
// Filters of JSONPath: [?(@.price < 10 && @.name =~ /a.*/i)]

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "asl/query/jsonpath.h"

namespace backlot::asl {

class PathFilter {
public:
    /// Reads what stands between "?(" and ")"; `depth` counts filters within filters. Throws PathSyntaxError.
    static std::shared_ptr<const PathFilter> parse(std::string_view text, int depth);
    bool matches(const Json& item, const Json& root) const;
    const std::string& text() const { return text_; }

    struct Node;

private:
    std::string text_;
    std::shared_ptr<const Node> node_;
};

}  // namespace backlot::asl
