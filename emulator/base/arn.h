#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace backlot {

/// arn:partition:service:region:account:resource, where the resource may itself hold colons.
struct Arn {
    std::string partition, service, region, account, resource;
    std::string text() const;
};

/// Nothing where the text does not have six parts or does not begin with "arn:".
std::optional<Arn> parseArn(std::string_view text);
/// An ARN of the partition "aws".
std::string arn(std::string_view service, std::string_view region, std::string_view account, std::string_view resource);

}  // namespace backlot
