#pragma once

#include "emulator/world/call.h"

namespace backlot::s3 {

bool hasObjects(Call& call, const std::string& bucket);

/// Bodies are bytes. Throw NoSuchBucket, NoSuchKey, PreconditionFailed (If-Match, If-None-Match), InvalidRange,
/// InvalidPartNumber, EntityTooLarge, BadDigest. Source: Amazon S3 API Reference.
Json putObject(Call& call, const Fields& request);
Json getObject(Call& call, const Fields& request);
Json headObject(Call& call, const Fields& request);
Json getObjectAttributes(Call& call, const Fields& request);
Json copyObject(Call& call, const Fields& request);
/// Deleting what is not there is no error.
Json deleteObject(Call& call, const Fields& request);
Json deleteObjects(Call& call, const Fields& request);

}  // namespace backlot::s3
