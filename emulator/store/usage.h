#pragma once
// Who holds what in the store.

#include <cstdint>
#include <map>
#include <string>

#include "emulator/store/store.h"

namespace backlot {

/// Pages of the data file, in bytes: all of it, and what is free to be used again.
struct Space {
    std::uint64_t file = 0, free = 0;
};
Space spaceOf(const Store& store);

struct RowsHeld {
    std::uint64_t rows = 0, bytes = 0;  // of keys and values
};
/// Rows by table and by kind, which is the first part of a key. Counted a piece at a time, between other work; what
/// changes meanwhile is counted before or after.
class Usage {
public:
    explicit Usage(const Store& store);
    /// Goes on for about a millisecond; false at the end.
    bool step();
    using Kinds = std::map<std::string, RowsHeld>;
    const std::map<std::string, Kinds>& tables() const { return tables_; }

private:
    const Store& store_;
    std::vector<std::string> left_;  // tables still to be counted, by name
    std::string from_;               // where in the last of them
    std::map<std::string, Kinds> tables_;
};

}  // namespace backlot
