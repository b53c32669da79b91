#pragma once

#include "emulator/world/operation.h"

namespace backlot::s3 {

/// Amazon S3 as far as a serverless system leans on it: buckets and objects, read, written, listed, copied and deleted.
/// Object bodies stand in the store like everything else, so a snapshot holds them.
/// Differs: no versions, access control, lifecycle or event notifications; objects are limited to 1
/// GiB.
Service s3Service();

}  // namespace backlot::s3
