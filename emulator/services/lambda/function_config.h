#pragma once

#include <string>

#include "emulator/services/lambda/names.h"

namespace backlot::lambda {

/// Which program a runtime's functions run under.
enum class Language { provided, node, python };
/// Throws InvalidParameterValueException for one that AWS no longer takes, or that Backlot does not run.
Language languageOf(std::string_view runtime);

/// A new function's configuration, checked, with AWS's defaults. Code, version, revision and times are the caller's to
/// add.
Json newConfiguration(const Call& call, const Fields& request, const FunctionName& function);
/// The same members of UpdateFunctionConfiguration, put over an existing one.
void updateConfiguration(const Call& call, const Fields& request, Json& configuration, const FunctionName& function);

}  // namespace backlot::lambda
