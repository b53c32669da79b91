#pragma once

#include <vector>

#include "emulator/services/ssm/parameter.h"

namespace backlot::ssm {

/// Which operation's rules hold: GetParametersByPath takes Type, KeyId and Label only.
enum class FilterUse { byPath, describe };

/// Throws InvalidFilterKey, InvalidFilterOption, InvalidFilterValue.
void requireFilters(const std::vector<const Json*>& filters, FilterUse use);
/// Whether a parameter passes all ParameterFilters.
/// Source: AWS Systems Manager API Reference, ParameterStringFilter.
bool passes(Call& call, const std::vector<const Json*>& filters, const Parameter& parameter, const Version& version);
/// The same of DescribeParameters' older Filters (Name, Type, KeyId).
bool passesOld(const std::vector<const Json*>& filters, const Parameter& parameter, const Version& version);

/// Whether `name` lies below `path`, directly or (`recursive`) at any depth.
bool liesBelow(const std::string& name, const std::string& path, bool recursive);

}  // namespace backlot::ssm
