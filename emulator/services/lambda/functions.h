#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/services/lambda/names.h"
#include "emulator/services/lambda/settings.h"

namespace backlot::lambda {

/// Rows of a function:
///   function  {nextVersion, tags, reserved?, published?: {version, fingerprint}}
///   config    per version: {"public": FunctionConfiguration as AWS answers it, "code": {"sha"} or {"folder"},
///   "instance"} code      the zip, by the hash of its bytes
/// `instance` changes whenever a warm instance would be out of date.
Key functionKey(const FunctionName& function);
Key configKey(const FunctionName& function);  // all versions
Key configKey(const FunctionName& function, std::string_view version);
Key aliasKey(const FunctionName& function);  // all aliases
Key codeKey(const FunctionName& function);
Key policyKey(const FunctionName& function);
Key invokeConfigKey(const FunctionName& function);
Key urlKey(const FunctionName& function);

std::optional<Json> findFunction(const Call& call, const FunctionName& function);
/// Throws ResourceNotFoundException with the function's ARN.
Json requireFunction(const Call& call, const FunctionName& function);

/// The version that a qualifier stands for ("$LATEST", "3"); an alias is followed, by `draw` in [0, 1) where it has
/// weights. Throws ResourceNotFoundException.
std::string versionOf(const Call& call, const FunctionName& function, double draw = 1);
/// The stored configuration of that version. Throws ResourceNotFoundException.
Json requireConfig(const Call& call, const FunctionName& function, const std::string& version);
/// What AWS calls a FunctionConfiguration. `arn` stands in it; lists leave State and LastUpdateStatus out.
enum class View { whole, listed, creating, updating };
Json describe(const Json& config, std::string_view arn, View view);

/// Publishes $LATEST as a new version, or answers the last one where nothing has changed since.
Json publish(Call& call, const FunctionName& function, const std::optional<std::string>& description);

/// Decodes and hashes the archive: pure work, which for a large one is done by a helper thread.
Json prepareNewFunction(Json request);
Json prepareNewCode(Json request);
/// Throws InvalidParameterValueException, ResourceConflictException. With `Code: {"LocalFolder": path}`, which the API
/// model does not know and only callers inside the program can therefore send, the code is never copied: functions see
/// the folder itself as /var/task, so relative links that lead out of it lead nowhere, as on AWS.
/// Differs: State is Active at the next look, and layers, images, S3 objects and file systems are refused by name.
Reply createFunction(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime);
Json getFunction(Call& call, const Fields& request, const Settings& settings);
Json getFunctionConfiguration(Call& call, const Fields& request);
/// {FunctionName, Qualifier?} → {"ZipFile": base64}: what GetFunction's Location leads to.
Json getFunctionCode(Call& call, const Fields& request);
Json listFunctions(Call& call, const Fields& request);
Json publishVersion(Call& call, const Fields& request);
Json listVersionsByFunction(Call& call, const Fields& request);
Reply updateFunctionCode(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime);
Json updateFunctionConfiguration(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime);
Json deleteFunction(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime);
/// Always none: functions that bear a signature cannot be made.
Json getFunctionCodeSigningConfig(Call& call, const Fields& request);
Json getAccountSettings(Call& call, const Fields& request);

}  // namespace backlot::lambda
