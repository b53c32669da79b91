#pragma once

#include <functional>
#include <string>

#include "emulator/world/operation.h"

namespace backlot::cloudformation {

/// A template with what it is deployed as. `parameters` is {name: value}.
struct TemplateUse {
    std::string body, stackName, account, region;
    Json parameters;
};

/// What reads and carries out templates (emulator/template, joined in main.cpp).
struct Templates {
    /// {"Description"?, "Parameters": [{ParameterKey, ParameterType, DefaultValue?, NoEcho, Description?}],
    /// "Resources":
    /// [{LogicalResourceId, ResourceType}], "DeclaredTransforms": [text]}; with `whole` all that stands in the template
    /// is checked, the values of parameters too. Throws AwsError (ValidationError).
    std::function<Json(const TemplateUse&, bool whole)> summarize;
    /// Begins to make the stack's resources, and ends with SaveStack. Called between operations.
    std::function<void(const TemplateUse&)> deploy;
    /// Begins to remove them, and ends with ForgetStack.
    std::function<void(const std::string& stackName, const std::string& account, const std::string& region)> destroy;
};

/// Stacks and change sets. What runs long on AWS is over when CreateStack, UpdateStack, ExecuteChangeSet and
/// DeleteStack answer, so that clients' waiters are content at their first look. A stack that cannot be created is
/// rolled back, deleted or left as OnFailure and DisableRollback say.
/// Differs: an update that fails is not rolled back; the stack is UPDATE_FAILED and can be updated. So is one of
/// `backlot up` and `backlot deploy`, which asks for no rollback.
Service cloudformationService(Templates templates);

}  // namespace backlot::cloudformation
