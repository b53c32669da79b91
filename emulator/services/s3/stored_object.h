#pragma once
// An object as it is kept, and what requests that read or write one have in common.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/call.h"

namespace backlot::s3 {

constexpr std::size_t kBodyLimitBytes = std::size_t(1) << 30, kKeyLimitBytes = 1024;

/// The members that are kept with an object and given back with it; ContentType among them.
Json headersGiven(const Fields& request);
/// Adds those that a row has, but ContentType, and StorageClass where it is STANDARD.
void addHeaders(const Json& row, Json& answer);

/// Throws KeyTooLongError, EntityTooLarge.
void requireSizes(const std::string& key, std::size_t bodyBytes);
/// Hashes the body, which for a large one a helper thread does: md5 and checksums are added to the request.
Json prepareBody(Json request);
std::string_view bodyOf(const Json& request);
/// The body's MD5 in hexadecimal and its checksums. Throws BadDigest, InvalidDigest (ContentMD5).
struct BodySums {
    std::string md5;
    Json checksums;
};
BodySums sumsOf(const Fields& request);

/// Whether a condition of If-Match names an entity tag, with or without its quotes, or any.
bool matches(const std::string& condition, const std::string& etag);
/// Throws NoSuchKey, PreconditionFailed (IfMatch, IfNoneMatch).
void checkWriteConditions(Call& call, const Fields& request);
/// Throws PreconditionFailed; NotModified (304).
void checkReadConditions(const Fields& request, const Json& row);

/// The row of the object that Bucket and Key name. Throws NoSuchBucket, NoSuchKey, InvalidArgument (VersionId).
Json requireObject(Call& call, const Fields& request);
/// Keeps an object. Gives back its row.
Json storeObject(Call& call, const std::string& bucket, const std::string& key, Json row, std::string_view body,
                 const std::string& etag);

/// The entity tag of an object of parts: of their MD5 sums, "…-3" for three; in hexadecimal.
std::string etagOfParts(const std::vector<std::string>& etags);

/// What CopySource names, its conditions checked. Throws what requireObject() throws, InvalidArgument.
struct Source {
    std::string bucket, key;
    Json row;
};
Source sourceOf(Call& call, const Fields& request);

/// "bytes=0-9", "bytes=10-", "bytes=-5"; nothing where it is malformed and so ignored. Throws InvalidRange.
struct Range {
    std::size_t first = 0, last = 0;  // with the last one
};
std::optional<Range> rangeOf(const std::string& text, std::size_t size);

}  // namespace backlot::s3
