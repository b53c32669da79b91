#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace backlot::logs {

/// CloudWatch Logs' filter patterns: terms (all of them, in any order, case counts), "quoted" terms, -excluded and
/// ?alternative ones; { $.level = "ERROR" && $.status >= 500 } over JSON events; [ip, user, status = 4*, ...] over
/// fields set apart by spaces. %regular expressions% stand for terms and values. An empty pattern matches everything.
/// The constructor throws InvalidParameterException where the text is no pattern.
/// Source: CloudWatch Logs User Guide, "Filter pattern syntax".
class FilterPattern {
public:
    explicit FilterPattern(std::string_view text);
    ~FilterPattern();
    bool matches(std::string_view message) const;

    class Matcher {
    public:
        virtual ~Matcher() = default;
        virtual bool matches(std::string_view message) const = 0;
    };

private:
    std::unique_ptr<Matcher> matcher_;  // null: matches everything
};

}  // namespace backlot::logs
