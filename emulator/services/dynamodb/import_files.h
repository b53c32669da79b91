#pragma once
// The files of an import, read from S3 a piece at a time.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "emulator/base/aws_error.h"
#include "emulator/base/gzip.h"
#include "emulator/world/call.h"

namespace backlot::dynamodb {

/// The next whole lines of a file.
struct ImportPiece {
    std::string lines;
    bool ends = false;   // with them the file is over
    bool later = false;  // a zipped file is being unpacked up to where the import stands: ask again
};

/// What is unpacked of zipped files: in memory only, made again where it is not what the import asks for.
struct Unpacking {
    std::string key;
    std::uint64_t offset = 0, packed = 0;  // of `plain` in the unpacked file; of what was read of the packed one…
    std::uint64_t total = UINT64_MAX;      // …and its size
    std::string plain;
    std::unique_ptr<Inflater> inflater;
};
using Unpackings = std::map<std::string, Unpacking, std::less<>>;  // by the import's ARN

/// The keys that begin with the prefix and are no manifest of an export, in their order. Throws S3's errors.
std::vector<std::string> importFiles(Call& call, const Fields& source);
/// What stands in the file from `offset` on. Throws S3's errors, and InvalidObject where a zipped file is broken.
ImportPiece readImport(Call& call, const std::string& bucket, const std::string& key, std::uint64_t offset);
ImportPiece readZippedImport(Call& call, Unpacking& unpacking, const std::string& bucket, const std::string& key,
                             std::uint64_t offset);

}  // namespace backlot::dynamodb
