#pragma once
// What makes, changes and removes stacks.

#include "emulator/services/cloudformation/stacks.h"

namespace backlot::cloudformation {

/// Throws ValidationError, AlreadyExistsException, InsufficientCapabilitiesException is never asked for.
/// Source: AWS CloudFormation API Reference.  Differs: TemplateURL is refused, there is no S3.
Reply createStack(Call& call, const Fields& request, const Templates& templates);
Reply updateStack(Call& call, const Fields& request, const Templates& templates);
Reply deleteStack(Call& call, const Fields& request);
Json validateTemplate(Call& call, const Fields& request, const Templates& templates);
Json getTemplateSummary(Call& call, const Fields& request, const Templates& templates);

Json createChangeSet(Call& call, const Fields& request, const Templates& templates);
Json describeChangeSet(Call& call, const Fields& request);
Json listChangeSets(Call& call, const Fields& request);
Json deleteChangeSet(Call& call, const Fields& request);
Reply executeChangeSet(Call& call, const Fields& request);

/// The job behind a stack in progress: {StackName}. Waits until it is through; after a crash it begins again.
Reply runStack(Call& call, const Fields& request, const Templates& templates);

}  // namespace backlot::cloudformation
