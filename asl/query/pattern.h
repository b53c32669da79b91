#pragma once
// Regular expressions with limits: PCRE2, never std::regex.

#include <memory>
#include <string_view>

namespace backlot::asl {

class Pattern {
public:
    /// Null where the source is no regular expression. Flags: i, m, s, x.
    static std::shared_ptr<const Pattern> compile(std::string_view source, std::string_view flags);
    /// Whether all of the text matches. A match that takes too many steps counts as none.
    bool matchesWhole(std::string_view text) const;
    ~Pattern();
    Pattern(const Pattern&) = delete;
    Pattern& operator=(const Pattern&) = delete;

private:
    explicit Pattern(void* code) : code_(code) {}
    void* code_;  // pcre2_code: kept out of the header
};

}  // namespace backlot::asl
