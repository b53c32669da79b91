#pragma once
// What stands for a resource of the template: names, and placeholders of what Backlot does not make.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/templates/template.h"

namespace backlot::templates {

/// "STACK-LOGICALID-1A2B3C4D5E6F", at most `limit` characters: the stack's name and the logical id are cut, the end is
/// kept.  Source: AWS CloudFormation User Guide, "Name type".
std::string physicalName(const Environment& environment, const std::string& logicalId, std::size_t limit = 255);

/// A stack's name of any text: letters, digits and hyphens, beginning with a letter, at most 128.
std::string stackNameOf(std::string_view text);

/// Stands for a resource that Backlot does not make, so that what refers to it can be made: Ref is a well-formed id.
Physical placeholder(const Environment& environment, const std::string& logicalId, const std::string& type);

/// An attribute of it: an ARN, a URL, a host, a number or a name, as the attribute's name wants.
std::string placeholderAttribute(const Environment& environment, const Physical& physical,
                                 const std::string& attribute);

/// Reads files for AWS::Include relative to a folder, which a confined template may not leave.
std::function<std::optional<Node>(const std::string&)> includeFrom(std::filesystem::path folder, bool confined = false);

}  // namespace backlot::templates
