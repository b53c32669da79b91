#pragma once
// Where exports go and imports come from: a folder of this machine that holds one folder for each S3 bucket.

#include <filesystem>
#include <string_view>

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

/// The file or folder of a key in a bucket. Throws ValidationException where no folder of buckets was given
/// (Settings::bucketsFolder), or where the key leads out of the bucket.
std::filesystem::path pathInBucket(const Memory& memory, const std::string& bucket, const std::string& key);

}  // namespace backlot::dynamodb
