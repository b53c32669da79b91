#pragma once

#include "emulator/world/operation.h"

namespace backlot::ses {

/// Amazon SES, API v1 ("ses") and v2 ("sesv2"), over the same rows. Nothing leaves the machine: what is sent lies in an
/// inbox. Operations of our own, for callers inside: Deliver, ListInbox, ClearInbox (of "ses").
/// Differs: every identity counts as verified, whether it was ever named or not, and the account is out of the sandbox.
Service sesService();
Service sesv2Service();

}  // namespace backlot::ses
