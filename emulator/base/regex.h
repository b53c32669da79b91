#pragma once
// Regular expressions: PCRE2 with limits, never std::regex, which crashes on long subjects.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace backlot {

struct RegexOptions {
    bool whole = false;             // all of the text must match, not a part of it
    bool caseless = false;          // i
    bool multiline = false;         // m: ^ and $ at each line
    bool dotAll = false;            // s: '.' is a newline too
    bool extended = false;          // x: blanks and comments in the pattern do not count
    bool javascript = false;        // \u20AC, [] and back references to what took no part, as JavaScript has them
    std::uint32_t steps = 100'000;  // of one match; a million take some 10 ms
};

/// The text is no regular expression; what() is PCRE2's reason.
struct RegexError : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A match would take more steps, depth (10,000) or memory (20 MB) than it may.
struct RegexLimit : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A compiled expression over UTF-8; bytes that are none match nothing. Several threads may match with it at once.
/// Its parentheses nest at most 200 deep, and \C is refused.
class Regex {
public:
    /// Throws RegexError.
    explicit Regex(std::string_view pattern, const RegexOptions& options = {});
    ~Regex();
    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;

    /// Whether it matches the text, all of it or somewhere (RegexOptions::whole). Also false where a limit is reached,
    /// so that no pattern can hold up the world.
    bool matches(std::string_view text) const;

    struct Match {
        std::size_t start, end;                               // bytes
        std::vector<std::optional<std::string_view>> groups;  // views into the text; a group may have taken no part
    };
    /// The first match at or after `from`, or nothing. Throws RegexLimit.
    std::optional<Match> find(std::string_view text, std::size_t from = 0) const;

private:
    struct Compiled;
    std::unique_ptr<const Compiled> compiled_;
};

/// Whether all of the text matches; false too where the pattern is no regular expression.
bool matchesWhole(std::string_view pattern, std::string_view text, RegexOptions options = {});

}  // namespace backlot
