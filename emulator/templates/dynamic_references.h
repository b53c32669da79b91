#pragma once
// {{resolve:ssm:NAME:VERSION}}, {{resolve:ssm-secure:…}}, {{resolve:secretsmanager:ID:SecretString:KEY:STAGE:VERSION}}.
// Source: AWS CloudFormation User Guide, "Get values stored in other services using dynamic references".

#include <map>
#include <set>
#include <string>

#include "emulator/templates/resource_types.h"

namespace backlot::templates {

/// The references in all texts of the node, braces and all.
std::set<std::string> dynamicReferences(const Node& node);
/// Every reference that has a value is replaced by it.
Node withValues(Node node, const std::map<std::string, std::string>& values);

/// The call that finds a reference's value and puts it into `values`. Where there is none, `missing` is told what, and
/// a placeholder is put there.  Throws std::runtime_error for a reference that means nothing.
Action resolveReference(const std::string& reference, std::map<std::string, std::string>& values,
                        std::function<void(const std::string& problem)> missing);

}  // namespace backlot::templates
