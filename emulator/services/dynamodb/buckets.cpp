#include "emulator/services/dynamodb/buckets.h"

#include <algorithm>

#include "emulator/services/dynamodb/errors.h"

namespace backlot::dynamodb {

std::filesystem::path pathInBucket(const Memory& memory, const std::string& bucket, const std::string& key) {
    if (memory.settings.bucketsFolder.empty())
        throw validation("Backlot has no S3, and no folder was named that holds the buckets: exports and imports are not supported");
    const auto relative = std::filesystem::path(bucket) / key;
    const bool leadsOut = relative.is_absolute() || std::any_of(relative.begin(), relative.end(), [](const auto& part) { return part == ".."; });
    if (leadsOut || bucket.find('/') != std::string::npos) throw validation("The key leads out of the bucket: " + bucket + "/" + key);
    return memory.settings.bucketsFolder / relative;
}

}  // namespace backlot::dynamodb
