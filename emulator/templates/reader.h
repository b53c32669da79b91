#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/templates/node.h"

namespace backlot::templates {

/// What is odd about a template and no error.
struct ReadNote {
    int line = 0;
    std::string problem;
};

struct ReadLimits {
    std::size_t bytes = 1'000'000;  // CloudFormation's own limit for a template body in S3
    std::size_t nodes = 100'000;    // values, those that aliases stand for counted each time
    int depth = 100;
};

/// Reads YAML or JSON with CloudFormation's tags. `file` names it in errors.
/// Of equal keys in one mapping the last counts, which `notes` are told of, where they are wanted.
/// Throws TemplateError: no YAML, two documents, a merge key (`<<`), a tag that is none of
/// CloudFormation's, an alias of what holds it, or more than the limits.
Node readTemplate(std::string_view text, const std::string& file, const ReadLimits& limits = {},
                  std::vector<ReadNote>* notes = nullptr);

}  // namespace backlot::templates
