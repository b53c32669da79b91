#pragma once

#include <string>
#include <vector>

#include "asl/payload.h"
#include "emulator/services/states/executions.h"

namespace backlot::states {

/// Gives the results of a map run their form and, where the ResultWriter names a bucket, writes them there: a file for
/// each status and a manifest.json. The output of the Map state: where the manifest is, or the results themselves.
/// Throws AwsError: what S3 refused.
/// Source: AWS Step Functions Developer Guide, "ResultWriter (Map)".
asl::Payload writeResults(Call& call, const std::string& mapRunArn, const Json& writer,
                          const std::vector<ExecutionRow>& children);

}  // namespace backlot::states
