#pragma once
// Stacks as they are stored, and what shows them.
//   stack      ACCOUNT REGION NAME
//   event      ACCOUNT REGION NAME NUMBER
//   changeset  ACCOUNT REGION STACK NAME

#include <optional>
#include <string>

#include "emulator/services/cloudformation/service.h"
#include "emulator/services/kit/pages.h"

namespace backlot::cloudformation {

Key stackKey(const Call& call, std::string_view name);
Key changeSetKey(const Call& call, std::string_view stack);
Key changeSetKey(const Call& call, std::string_view stack, std::string_view name);
AwsError validationError(std::string message);

/// "shop" of "shop" or of arn:aws:cloudformation:…:stack/shop/ID.
std::string stackNameOf(const std::string& nameOrId);
std::optional<Json> findStack(const Call& call, const std::string& nameOrId);
/// Throws ValidationError "Stack with id X does not exist".
Json requireStack(const Call& call, const std::string& nameOrId);
void saveStack(Call& call, const Json& stack);
/// A new stack's row, without resources.
Json newStack(Call& call, const std::string& name, const char* status);
void addEvent(Call& call, const Json& stack, const std::string& logicalId, const std::string& physicalId,
              const std::string& type, const std::string& status, const std::string& reason = {});
std::string topicOf(const Call& call, const std::string& stackName);

/// The part of a list of `total` from NextToken on, a hundred at most. Throws ValidationError.
kit::Page pageOf(const Fields& request, std::size_t total);

/// {name: value} of a request's [{ParameterKey, ParameterValue, UsePreviousValue}].
Json parameterValues(const Fields& request, const Json* previous);

// --- operations -----------------------------------------------------------------------------------------------------
Json describeStacks(Call& call, const Fields& request);
Json listStacks(Call& call, const Fields& request);
Json describeStackResources(Call& call, const Fields& request);
Json describeStackResource(Call& call, const Fields& request);
Json listStackResources(Call& call, const Fields& request);
Json describeStackEvents(Call& call, const Fields& request);
Json getTemplate(Call& call, const Fields& request);
/// What stacks export, by name, a hundred a page.  Throws ValidationError for a token of no page.
/// Source: AWS CloudFormation API Reference, ListExports.
Json listExports(Call& call, const Fields& request);

// Inner ones, which deployments call.
/// {StackName} → the stack's row, or {} where there is none.
Json loadStack(Call& call, const Fields& request);
/// How a deployment ended: {StackName, Status: COMPLETE or FAILED, StatusReason, TemplateBody, Description, Parameters,
/// Outputs, Resources, FailedResource?: {LogicalResourceId, ResourceType}}. A stack that was to be created may go on to
/// be rolled back.
Json saveDeployment(Call& call, const Fields& request);
/// {StackName}: its resources are gone, and with them the stack, unless it is being rolled back.
Json forgetStack(Call& call, const Fields& request);

}  // namespace backlot::cloudformation
