#pragma once
// Checksums of bodies: what a client says of one, what is computed, and of an object that was uploaded in parts.
// Source: Amazon S3 User Guide, "Checking object integrity in Amazon S3".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"

namespace backlot::s3 {

/// "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256": ChecksumAlgorithm's values that are computed here.
bool isComputed(std::string_view algorithm);
/// Base64, as in a header.
std::string checksumOf(std::string_view algorithm, std::string_view body);

/// The checksums to be kept with a body, as members ("ChecksumCRC32": …): those that the request gives, else the one
/// that its ChecksumAlgorithm names, else CRC64NVME. Throws BadDigest where one given is another body's, InvalidRequest
/// where it is no checksum.
Json checksumsOf(const Fields& request, std::string_view body);
/// The algorithm of the checksum that a request gives, or that a row has, or none.
std::optional<std::string> givenAlgorithm(const Fields& request);
std::optional<std::string> algorithmIn(const Json& row);
/// Copies an object's or a part's checksums and ChecksumType; takes them away.
void copyChecksums(const Json& from, Json& to);
void eraseChecksums(Json& from);
/// One checksum, of that algorithm; empty where there is none.
std::string checksumIn(const Json& from, std::string_view algorithm);
void setChecksum(Json& to, std::string_view algorithm, const std::string& value);

/// The checksum of a whole that is made of parts, of their checksums alone.
struct PartSum {
    std::string checksum;  // base64
    std::uint64_t size;
};
/// Of kind FULL_OBJECT, which CRCs have: that of the bytes.
std::string fullChecksum(std::string_view algorithm, const std::vector<PartSum>& parts);
/// Of kind COMPOSITE: that of the parts' checksums, "…-3" for three parts.
std::string compositeChecksum(std::string_view algorithm, const std::vector<PartSum>& parts);

}  // namespace backlot::s3
