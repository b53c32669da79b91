#pragma once
// From a template to the steps that make it: pure, nothing is called.

#include <string>
#include <vector>

#include "emulator/templates/serverless.h"
#include "emulator/templates/template.h"

namespace backlot::templates {

/// One resource to be made. Its properties are evaluated but for what other resources give.
struct Step {
    std::string logicalId, type;
    int line = 0;
    Node properties;
    bool retain = false;
};

struct Plan {
    Template source;  // what it was made of, SAM expanded
    Environment environment;
    std::vector<Step> steps;  // each after those that it depends on; else in the template's order
    std::vector<std::pair<std::string, std::string>> placeholders;  // logical id and type of what is not made
    std::vector<Warning> warnings;                                  // what is left out
    bool strict = false;                                            // a warning is an error
};

/// Evaluates parameters and conditions, expands SAM, checks every reference and orders the resources.
/// Resource types that Backlot cannot make become warnings, and placeholders where something refers to them.
/// Throws TemplateError: all that is wrong with the template itself, and in `strict` the first warning.
Plan makePlan(Template source, Environment environment, bool strict = false);

/// For --dry-run and tests: [{"logicalId", "type", "line", "properties"}].
Json describe(const Plan& plan);

}  // namespace backlot::templates
