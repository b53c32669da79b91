#pragma once
// JavaScript's regular expressions by PCRE2.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backlot::asl::jsonata {

/// A compiled pattern; several threads may match with it at once.
/// Differs: works on code points where JavaScript works on UTF-16 units; look-behind needs a bounded length; a match
/// that takes more than a million steps ends with an error.
class Regex {
public:
    ~Regex();
    Regex(const Regex&) = delete;
    Regex& operator=(const Regex&) = delete;
    /// Throws Failure. `flags` are of i and m.
    static std::shared_ptr<const Regex> compile(std::string_view pattern, std::string_view flags, int position);

    struct Match {
        std::size_t start, end;  ///< bytes
        std::vector<std::optional<std::string_view>>
            groups;  ///< views into the subject; a group may have taken no part
    };
    /// The first match at or after `from`. Throws Failure where the limits are reached.
    std::optional<Match> find(std::string_view subject, std::size_t from) const;
    const std::string& source() const { return source_; }

private:
    Regex(void* code, std::string source) : code_(code), source_(std::move(source)) {}
    void* code_;  // pcre2_code
    std::string source_;
};

}  // namespace backlot::asl::jsonata
