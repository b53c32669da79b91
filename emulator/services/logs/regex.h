#pragma once

#include "emulator/base/regex.h"

namespace backlot::logs {

/// A %regular expression% of a filter pattern: letters, digits and ^ $ ? [ ] { } | \ * + . with \d \D \s \S \w \W \xHH,
/// no groups. Matches anywhere in a text.  Throws InvalidParameterException where it is none.
/// Source: CloudWatch Logs User Guide, "Supported regular expressions syntax".
Regex compiledRegex(std::string_view text);

}  // namespace backlot::logs
