#pragma once

#include <string>

#include "emulator/world/operation.h"

namespace backlot::sqs {

/// Amazon SQS. Queue URLs are "ENDPOINT/ACCOUNT/NAME"; `endpoint` is the server's, without a slash at its end
/// ("http://127.0.0.1:4566").
///
/// Signals `sqs:visible:QUEUEARN` whenever a message is, or becomes, visible; for a later moment only where somebody
/// subscribed or waits. Operations of our own, for callers inside: PeekMessages.
Service sqsService(std::string endpoint);

}  // namespace backlot::sqs
