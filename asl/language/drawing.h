#pragma once
// Pictures of a machine.

#include <string>

#include "asl/language/machine.h"

namespace backlot::asl {

/// The machine as a Mermaid state diagram ("stateDiagram-v2 …").
std::string mermaid(const Machine& machine);

/// The machine as an SVG document: states in layers from StartAt down, branches and iterations inside their state,
/// catchers dashed. The same machine gives the same bytes.
std::string svg(const Machine& machine);

}  // namespace backlot::asl
