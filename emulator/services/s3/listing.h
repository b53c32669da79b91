#pragma once

#include "emulator/world/call.h"

namespace backlot::s3 {

/// Keys in their byte order, up to MaxKeys (1,000) with common prefixes counted in; both roll up at `Delimiter`.
/// Throw NoSuchBucket, InvalidArgument. Source: Amazon S3 API Reference, ListObjectsV2, ListObjects.
/// Whether keys are told percent-encoded. Throws InvalidArgument for an EncodingType but "url".
bool wantsEncoding(const Fields& request);
Json listObjectsV2(Call& call, const Fields& request);
Json listObjects(Call& call, const Fields& request);

}  // namespace backlot::s3
