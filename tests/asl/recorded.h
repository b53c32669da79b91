#pragma once
// Cases recorded on AWS, and how to compare with them.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"

namespace backlot::asl::recorded {

/// The cases of one kind ("exec", "validate" …), file by file. None where they are not there, which then has been said.
struct Case {
    std::string file;
    Json json;
};
std::vector<Case> cases(const std::string& kind);

/// Checks that the cases which went otherwise are those whose difference is known: no more, and no fewer.
void checkDifferences(const std::set<std::string>& seen, const std::set<std::string>& known);

/// JSON texts become values, as the recordings have them; timestamps go.
Json plain(const Json& value);

/// Nothing where they agree, otherwise where they do not. `<…>` in an expected text stands for any text.
std::optional<std::string> differ(const Json& expected, const Json& actual, const std::set<std::string>& wildcards,
                                  const std::string& path = "$", bool loose = false);

/// Puts names where a case has tokens (@@role@@, @@fn-arn:…@@, {{…}}).
std::string fill(std::string text);

}  // namespace backlot::asl::recorded
