#pragma once
// The rows of the service, each kind's key and value in one place. What belongs to a bucket lies below its name.

#include <cstdint>
#include <string_view>

#include "emulator/store/key.h"

namespace backlot::s3 {

/// Value: {account, region, createdAt}. Bucket names are shared by all accounts.
inline Key bucketsKey() { return Key("bucket"); }
inline Key bucketKey(std::string_view bucket) { return bucketsKey().text(bucket); }

/// Value: what is known of an object but its body, by member of GetObject's answer; Size; modifiedAt in milliseconds;
/// PartSizes, [bytes…], and PartSums, [checksums…], of one that was uploaded in parts.
inline Key objectsKey(std::string_view bucket) { return Key("object").text(bucket); }
inline Key objectKey(std::string_view bucket, std::string_view key) { return objectsKey(bucket).text(key); }
/// Value: the bytes.
inline Key bodyKey(std::string_view bucket, std::string_view key) { return Key("body").text(bucket).text(key); }

/// An upload in parts that is under way. Value: the object's members as they will be; initiatedAt in milliseconds.
inline Key uploadsKey(std::string_view bucket) { return Key("upload").text(bucket); }
inline Key uploadKey(std::string_view bucket, std::string_view key, std::string_view id) {
    return uploadsKey(bucket).text(key).text(id);
}
/// Value: {ETag, Size, checksums, modifiedAt}.
inline Key partsKey(std::string_view bucket, std::string_view uploadId) {
    return Key("part").text(bucket).text(uploadId);
}
inline Key partKey(std::string_view bucket, std::string_view uploadId, std::uint64_t number) {
    return partsKey(bucket, uploadId).number(number);
}
/// Value: the bytes.
inline Key partBodiesKey(std::string_view bucket, std::string_view uploadId) {
    return Key("partbody").text(bucket).text(uploadId);
}
inline Key partBodyKey(std::string_view bucket, std::string_view uploadId, std::uint64_t number) {
    return partBodiesKey(bucket, uploadId).number(number);
}

}  // namespace backlot::s3
