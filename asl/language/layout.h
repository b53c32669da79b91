#pragma once
// Where the states of a scope stand on a drawing, and the ways between them. Units: pixels, y downward.

#include <string>
#include <vector>

#include "asl/language/machine.h"

namespace backlot::asl {

struct Point {
    double x = 0, y = 0;
};

struct Layout {
    enum class Kind { start, end, state };
    struct Node {
        Kind kind = Kind::state;
        StateId state = kEnd;
        double x = 0, y = 0, width = 0, height = 0;  ///< x, y: its upper left corner, in the layout
        std::string caption;                         ///< under its name: its type, or what a Task calls
        std::vector<Layout> inner;                   ///< of a Parallel's branches, or a Map's processor
    };
    struct Way {
        std::vector<Point> points;  ///< from the state that is left to the one that is entered, two a layer
        std::string label;
        bool caught = false;
    };
    double x = 0, y = 0;  ///< in the node that it is inside of
    double width = 0, height = 0;
    std::vector<Node> nodes;
    std::vector<Way> ways;
};

/// Layers from the top by the longest way from StartAt (what leads back counts the other way round), each layer in the
/// order that has its neighbours nearest.
Layout layOut(const Machine& machine, ScopeId scope = kWholeMachine);

}  // namespace backlot::asl
