#pragma once

#include "emulator/world/call.h"

namespace backlot::s3 {

/// The rows of a bucket's objects, in the order of their keys: what is known of each but its body.
Key objectsOf(std::string_view bucket);
bool hasObjects(Call& call, const std::string& bucket);

/// Bodies are bytes. Throw NoSuchBucket, NoSuchKey, PreconditionFailed (If-Match, If-None-Match), InvalidRange,
/// EntityTooLarge. Source: Amazon S3 API Reference. Hashes the body: pure work, which for a large one is done by a
/// helper thread.
Json prepareObject(Json request);
Json putObject(Call& call, const Fields& request);
Json getObject(Call& call, const Fields& request);
Json headObject(Call& call, const Fields& request);
Json copyObject(Call& call, const Fields& request);
/// Deleting what is not there is no error.
Json deleteObject(Call& call, const Fields& request);
Json deleteObjects(Call& call, const Fields& request);

}  // namespace backlot::s3
