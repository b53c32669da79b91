#pragma once

#include <string_view>

namespace backlot::logs {

/// A %regular expression% of a filter pattern: letters, digits and ^ $ ? [ ] { } | \ * + . with \d \D \s \S \w \W \xHH,
/// no groups.
/// Source: CloudWatch Logs User Guide, "Supported regular expressions syntax".
class Regex {
public:
    /// Throws InvalidParameterException where it is none.
    explicit Regex(std::string_view text);
    ~Regex();
    Regex(const Regex&) = delete;
    Regex& operator=(const Regex&) = delete;
    /// Anywhere in the text. Also false where the search takes more steps than the limit, so that no pattern can hold
    /// up the world.
    bool finds(std::string_view text) const;

private:
    void* code_ = nullptr;  // pcre2_code
};

}  // namespace backlot::logs
