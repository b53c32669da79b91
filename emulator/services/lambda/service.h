#pragma once

#include "emulator/services/lambda/settings.h"
#include "emulator/world/operation.h"

namespace backlot::lambda {

/// AWS Lambda: functions, versions, aliases, invocations, asynchronous invocations, event source mappings.
/// `settings.outside` must outlive the world. A function's own process is started at its first invocation.
Service lambdaService(Settings settings);

}  // namespace backlot::lambda
