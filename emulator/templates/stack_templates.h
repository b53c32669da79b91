#pragma once
// Templates as the CloudFormation service uses them: main.cpp joins these functions to it.

#include <filesystem>
#include <string>

#include "emulator/templates/deployer.h"

namespace backlot::templates {

/// {"Description"?, "Parameters": [{ParameterKey, ParameterType, DefaultValue?, NoEcho, Description?}], "Resources":
/// [{LogicalResourceId, ResourceType}], "DeclaredTransforms": [text]}. With `whole` it is planned, so that all errors
/// show. Throws AwsError (ValidationError, "Template format error: …").
Json summarizeTemplate(const std::string& body, const Environment& environment, bool whole);

/// Deploys and tells nobody but the CloudFormation service. `folder`: what local paths are relative to, and may not
/// leave, since whoever can call the API can ask for it.
void deployStack(World& world, const std::string& body, const Environment& environment, const std::string& endpoint,
                 const std::filesystem::path& folder);

/// {name: value} as an Environment's parameters.
std::map<std::string, std::string> parametersOf(const Json& values);

}  // namespace backlot::templates
