#pragma once

#include "emulator/base/retention.h"
#include "emulator/world/operation.h"

namespace backlot::logs {

/// Amazon CloudWatch Logs: groups, streams, events, filters, retention, tags, resource policies.
/// Callers inside the program may use `AppendLogs` {logGroupName, logStreamName, events: [{timestamp, message}]}, which
/// makes the group and the stream where they are missing and takes events of any age and size. `retention` is for all
/// groups together; a group's own goes before.
Service logsService(const Retention& retention = {});

}  // namespace backlot::logs
