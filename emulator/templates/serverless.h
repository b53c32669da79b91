#pragma once

#include <string>
#include <vector>

#include "emulator/templates/template.h"

namespace backlot::templates {

/// A part of the template that is left out, and why.
struct Warning {
    int line = 0;
    std::string logicalId, problem;
};

/// Replaces the AWS::Serverless resources by the CloudFormation resources that they stand for, with SAM's own logical
/// ids (ServerlessRestApi, ServerlessRestApiProdStage, <Function>Role, <Function><Event>, …), so that templates which
/// refer to those work. Resources' properties have been evaluated as far as they can be; `source.aliases` is filled.
/// Source: AWS SAM specification, "Generated AWS CloudFormation resources".
/// Differs: SAM policy templates (SQSPollerPolicy, …) leave no statements on the role; permissions are not enforced.
/// Throws TemplateError.
void expandServerless(Template& source, std::vector<Warning>& warnings);

}  // namespace backlot::templates
