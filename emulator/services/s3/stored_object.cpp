#include "emulator/services/s3/stored_object.h"

#include <algorithm>
#include <array>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/http_message.h"
#include "emulator/services/s3/buckets.h"
#include "emulator/services/s3/checksums.h"
#include "emulator/services/s3/errors.h"
#include "emulator/services/s3/refusals.h"
#include "emulator/services/s3/rows.h"

namespace backlot::s3 {
namespace {

constexpr std::array kKept = {"CacheControl", "ContentDisposition", "ContentEncoding",         "ContentLanguage",
                              "Expires",      "StorageClass",       "WebsiteRedirectLocation", "Metadata"};

/// Added to a request by prepareBody(). A client cannot send them: the API model has no such members.
constexpr const char *kPreparedMd5 = "backlot:md5", *kPreparedSums = "backlot:checksums";

/// The bytes of a base64 text in hexadecimal; empty where it is none.
std::string hexOf(const std::string& base64) {
    std::string hex;
    for (const unsigned char byte : base64Decode(base64).value_or("")) appendHex(hex, byte, 2);
    return hex;
}

/// The conditions of a copy's source. One of an entity tag that holds outweighs one of time; a time to come says
/// nothing.
/// Source: Amazon S3 API Reference, "CopyObject".
void checkCopyConditions(Call& call, const Fields& request, const Json& row) {
    const std::string etag = textOr(row, "ETag");
    const double modified = static_cast<double>(intOr(row, "modifiedAt", 0) / 1000),
                 now = static_cast<double>(epochMillis(call.now) / 1000);
    const auto time = [&](const char* member) {
        const Json* given = request.find(member);
        return given && given->IsNumber() ? std::optional(given->GetDouble()) : std::nullopt;
    };
    const auto match = request.optionalText("CopySourceIfMatch"), none = request.optionalText("CopySourceIfNoneMatch");
    const auto before = time("CopySourceIfUnmodifiedSince"), after = time("CopySourceIfModifiedSince");
    if (match && !matches(*match, etag)) throw preconditionFailed("x-amz-copy-source-If-Match");
    if (!match && before && modified > *before) throw preconditionFailed("x-amz-copy-source-If-Unmodified-Since");
    if (none && matches(*none, etag)) throw preconditionFailed("x-amz-copy-source-If-None-Match");
    if (!none && after && *after <= now && modified <= *after)
        throw preconditionFailed("x-amz-copy-source-If-Modified-Since");
}

}  // namespace

Json headersGiven(const Fields& request) {
    Json row = object({{"ContentType", request.valueOr("ContentType", "binary/octet-stream")}});
    for (const char* name : kKept)
        if (const Json* value = request.find(name)) set(row, name, copy(*value));
    return row;
}

void addHeaders(const Json& row, Json& answer) {
    for (const char* name : kKept)
        if (const Json* value = find(row, name); value && !(value->IsString() && view(*value) == "STANDARD"))
            set(answer, name, copy(*value));
}

void requireSizes(const std::string& key, std::size_t bodyBytes) {
    if (key.size() > kKeyLimitBytes) throw AwsError("KeyTooLongError", "Your key is too long", 400);
    if (bodyBytes > kBodyLimitBytes)
        throw AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400);
}

std::string_view bodyOf(const Json& request) {
    const Json* body = find(request, "Body");
    return body && body->IsString() ? view(*body) : std::string_view();
}

Json prepareBody(Json request) {
    const auto body = bodyOf(request);
    std::string md5 = md5Hex(body);
    try {
        Json sums = checksumsOf(Fields(request), body);
        set(request, kPreparedSums, std::move(sums));
        set(request, kPreparedMd5, std::move(md5));
    } catch (const AwsError&) {  // sumsOf() throws it, after what is checked before
    }
    return request;
}

BodySums sumsOf(const Fields& request) {
    const Json* prepared = request.find(kPreparedSums);
    if (prepared) request.passOver({"ChecksumAlgorithm"});
    givenAlgorithm(request);
    BodySums sums{.md5 = prepared ? request.text(kPreparedMd5) : md5Hex(bodyOf(request.json())),
                  .checksums = prepared ? copy(*prepared) : checksumsOf(request, bodyOf(request.json()))};
    if (const auto given = request.optionalText("ContentMD5")) {
        const std::string hex = hexOf(*given);
        if (hex.size() != 32)
            throw AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400,
                           object({{"Content-MD5", *given}}));
        if (hex != sums.md5)
            throw AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", 400);
    }
    return sums;
}

bool matches(const std::string& condition, const std::string& etag) {
    return condition == "*" || condition == etag || "\"" + condition + "\"" == etag;
}

void checkWriteConditions(Call& call, const Fields& request) {
    const std::string key = request.text("Key");
    const auto none = request.optionalText("IfNoneMatch"), match = request.optionalText("IfMatch");
    if (!none && !match) return;
    const auto existing = call.getJson(objectKey(request.text("Bucket"), key));
    if (none && existing) throw preconditionFailed("If-None-Match");
    if (!match) return;
    if (!existing) throw noSuchKey(key);
    if (!matches(*match, textOr(*existing, "ETag"))) throw preconditionFailed("If-Match");
}

void checkReadConditions(const Fields& request, const Json& row) {
    const std::string etag = textOr(row, "ETag");
    const double modified = static_cast<double>(intOr(row, "modifiedAt", 0) / 1000);
    if (const auto condition = request.optionalText("IfMatch"); condition && !matches(*condition, etag))
        throw preconditionFailed("If-Match");
    if (const auto condition = request.optionalText("IfNoneMatch"); condition && matches(*condition, etag))
        throw AwsError("NotModified", "Not Modified", 304);
    if (const Json* since = request.find("IfUnmodifiedSince");
        since && since->IsNumber() && modified > since->GetDouble())
        throw preconditionFailed("If-Unmodified-Since");
    if (const Json* since = request.find("IfModifiedSince");
        since && since->IsNumber() && modified <= since->GetDouble())
        throw AwsError("NotModified", "Not Modified", 304);
}

Json requireObject(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    auto row = call.getJson(objectKey(bucket, key));
    if (!row) throw noSuchKey(key);
    requireNoVersion(request);
    return std::move(*row);
}

Json storeObject(Call& call, const std::string& bucket, const std::string& key, Json row, std::string_view body,
                 const std::string& etag) {
    set(row, "ETag", "\"" + etag + "\"");
    set(row, "Size", body.size());
    set(row, "modifiedAt", epochMillis(call.now));
    call.put(bodyKey(bucket, key), body);
    call.putJson(objectKey(bucket, key), row);
    return row;
}

std::string etagOfParts(const std::vector<std::string>& etags) {
    std::string sums;
    for (const auto& etag : etags)
        for (std::size_t i = 1; i + 2 < etag.size(); i += 2)
            sums += static_cast<char>(std::stoi(etag.substr(i, 2), nullptr, 16));
    return md5Hex(sums) + "-" + std::to_string(etags.size());
}

Source sourceOf(Call& call, const Fields& request) {
    std::string source = request.text("CopySource");
    if (const auto version = source.find("?versionId="); version != std::string::npos) {
        if (source.substr(version + 11) != "null") throw invalidArgument("Invalid version id specified");
        source.resize(version);
    }
    if (source.starts_with('/')) source.erase(0, 1);
    const auto slash = source.find('/');
    if (slash == std::string::npos) throw invalidArgument("Invalid copy source object key");
    Source found{.bucket = source.substr(0, slash), .key = percentDecode(source.substr(slash + 1)), .row = {}};
    const Json named = object({{"Bucket", found.bucket},
                               {"Key", found.key},
                               {"ExpectedBucketOwner", request.optionalText("ExpectedSourceBucketOwner")}});
    found.row = requireObject(call, Fields(named));
    checkCopyConditions(call, request, found.row);
    return found;
}

std::optional<Range> rangeOf(const std::string& text, std::size_t size) {
    if (!text.starts_with("bytes=")) return std::nullopt;
    const auto dash = text.find('-', 6);
    if (dash == std::string::npos) return std::nullopt;
    const std::string from = text.substr(6, dash - 6), to = text.substr(dash + 1);
    const auto digits = [](const std::string& s) {
        return s.size() < 19 && s.find_first_not_of("0123456789") == std::string::npos;
    };
    if (!digits(from) || !digits(to) || (from.empty() && to.empty())) return std::nullopt;
    const AwsError unsatisfiable("InvalidRange", "The requested range is not satisfiable", 416,
                                 object({{"RangeRequested", text}, {"ActualObjectSize", std::to_string(size)}}));
    if (from.empty()) {
        const std::size_t count = std::min<std::size_t>(std::stoull(to), size);
        if (!count) throw unsatisfiable;
        return Range{size - count, size - 1};
    }
    const std::size_t first = std::stoull(from),
                      last = to.empty() ? size - 1 : std::min<std::size_t>(std::stoull(to), size - 1);
    if (first >= size) throw unsatisfiable;
    if (last < first) return std::nullopt;
    return Range{first, last};
}

}  // namespace backlot::s3
