#pragma once
// AWS Signature Version 4 in the Authorization header.

#include "emulator/base/sigv4.h"

namespace backlot::sdk {

using backlot::sigv4::Credentials;
using backlot::sigv4::Signer;

}  // namespace backlot::sdk
