#pragma once

#include "emulator/world/operation.h"

namespace backlot::sts {

/// Credentials for whoever asks. Nothing of them is stored: their access keys sign as any other would.
Service stsService();

}  // namespace backlot::sts
