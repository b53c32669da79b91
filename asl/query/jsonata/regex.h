#pragma once
// JavaScript's regular expressions.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/regex.h"

namespace backlot::asl::jsonata {

/// A compiled pattern; several threads may match with it at once.
/// Differs: works on code points where JavaScript works on UTF-16 units; look-behind needs a bounded length; a match
/// that takes more than a million steps ends with an error.
class Regex {
public:
    /// Throws Failure. `flags` are of i and m.
    static std::shared_ptr<const Regex> compile(std::string_view pattern, std::string_view flags, int position);

    using Match = backlot::Regex::Match;
    /// The first match at or after `from`. Throws Failure where the limits are reached.
    std::optional<Match> find(std::string_view subject, std::size_t from) const;
    const std::string& source() const { return source_; }

private:
    Regex(backlot::Regex regex, std::string source) : regex_(std::move(regex)), source_(std::move(source)) {}
    backlot::Regex regex_;
    std::string source_;
};

}  // namespace backlot::asl::jsonata
