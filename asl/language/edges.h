#pragma once
// The transitions of a state with the words that a drawing puts on them.

#include <string>
#include <vector>

#include "asl/language/state.h"

namespace backlot::asl {

struct Edge {
    StateId to = kEnd;
    std::string label;    ///< a Choice rule's condition, "otherwise", or the errors that a Catch takes; else empty
    bool caught = false;  ///< of a Catch
};

/// In the order of the text. Succeed and Fail go to kEnd.
std::vector<Edge> edgesOf(const State& state);

}  // namespace backlot::asl
