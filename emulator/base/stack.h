#pragma once

#include <cstddef>

namespace backlot {

/// Bytes that the calling thread may still put on its stack, less some for whatever is called at the bottom (a page of
/// text to format, an exception to throw). Whatever recurses over outside input has a limit of levels; it asks this
/// besides, so that a small stack (`ulimit -s`) gives an orderly error as well. Costs a comparison; the first call of a
/// thread some microseconds.
std::size_t stackLeft();

/// Whether one more level of a recursion may be begun.
inline bool mayRecurse() { return stackLeft() > 0; }

}  // namespace backlot
