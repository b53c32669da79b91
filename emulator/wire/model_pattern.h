#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include "emulator/base/regex.h"

namespace backlot::wire {

/// A pattern of an API model (Java's regular expressions), compiled at its first use. A value must match as a whole.
class ModelPattern {
public:
    explicit ModelPattern(std::string_view javaPattern) : source_(javaPattern) {}
    ModelPattern(const ModelPattern&) = delete;
    ModelPattern& operator=(const ModelPattern&) = delete;
    /// The text as the model has it, for messages.
    std::string_view source() const { return source_; }
    /// Also false where matching takes more steps than the limit. Text that is not UTF-8 never matches.
    bool matches(std::string_view text) const;
    /// False where PCRE2 cannot read the pattern; such a pattern matches everything.
    bool usable() const;

private:
    std::string_view source_;
    mutable std::once_flag once_;
    mutable std::optional<Regex> regex_;
};

}  // namespace backlot::wire
