#include "emulator/services/s3/objects.h"

#include <array>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/base/http_message.h"
#include "emulator/services/s3/buckets.h"
#include "emulator/services/s3/errors.h"
#include "emulator/services/s3/refusals.h"

namespace backlot::s3 {
namespace {

constexpr std::size_t kBodyLimitBytes = std::size_t(1) << 30, kKeyLimitBytes = 1024;
/// What is kept with an object and given back with it.
constexpr std::array kKept = {"CacheControl", "ContentDisposition", "ContentEncoding",         "ContentLanguage",
                              "Expires",      "StorageClass",       "WebsiteRedirectLocation", "Metadata"};
constexpr std::array kChecksums = {"ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1",
                                   "ChecksumSHA256"};

Key rowKey(std::string_view bucket, std::string_view key) { return objectsOf(bucket).text(key); }
Key bodyKey(std::string_view bucket, std::string_view key) { return Key("body").text(bucket).text(key); }

std::string crc32Text(std::string_view body) {
    const auto sum = crc32(body);
    const char bytes[] = {static_cast<char>(sum >> 24), static_cast<char>(sum >> 16), static_cast<char>(sum >> 8),
                          static_cast<char>(sum)};
    return base64Encode(std::string_view(bytes, 4));
}

/// Added to a request by prepareObject(). A client cannot send it: the API model has no such member.
constexpr const char* kPreparedMd5 = "backlot:md5";

std::string_view bodyOf(const Json& request) {
    const Json* body = find(request, "Body");
    return body && body->IsString() ? view(*body) : std::string_view();
}

/// The bytes of a base64 text in hexadecimal; empty where it is none.
std::string hexOf(const std::string& base64) {
    std::string hex;
    for (const unsigned char byte : base64Decode(base64).value_or("")) appendHex(hex, byte, 2);
    return hex;
}

/// The checksum asked for by name, where the client has not sent it itself.
/// Differs: CRC32C and CRC64NVME are kept as they come, and not computed.
std::vector<std::pair<const char*, std::string>> checksumsOf(const Fields& request, std::string_view body) {
    const std::string algorithm = request.valueOr("ChecksumAlgorithm", "");
    if (algorithm == "CRC32") return {{"ChecksumCRC32", crc32Text(body)}};
    if (algorithm == "SHA1") return {{"ChecksumSHA1", base64Encode(digest("SHA1", body))}};
    if (algorithm == "SHA256") return {{"ChecksumSHA256", base64Encode(digest("SHA256", body))}};
    return {};
}

void copyChecksums(const Json& row, Json& answer) {
    for (const char* name : kChecksums)
        if (const Json* value = find(row, name)) {
            set(answer, name, copy(*value));
            set(answer, "ChecksumType", "FULL_OBJECT");
        }
}

Json requireObject(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    auto row = call.getJson(rowKey(bucket, key));
    if (!row) throw noSuchKey(key);
    requireNoVersion(request);
    if (request.valueOr("PartNumber", 1) != 1)
        throw AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", 416);
    return std::move(*row);
}

bool matches(const std::string& condition, const std::string& etag) {
    return condition == "*" || condition == etag || "\"" + condition + "\"" == etag;
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

/// The same conditions, of the source of a copy: whatever does not hold is a failed precondition.
void checkCopyConditions(const Fields& request, const Json& row) {
    Json conditions = object();
    for (const auto& [from, to] : {std::pair{"CopySourceIfMatch", "IfMatch"},
                                   {"CopySourceIfNoneMatch", "IfNoneMatch"},
                                   {"CopySourceIfModifiedSince", "IfModifiedSince"},
                                   {"CopySourceIfUnmodifiedSince", "IfUnmodifiedSince"}})
        if (const Json* value = request.find(from)) set(conditions, to, copy(*value));
    try {
        checkReadConditions(Fields(conditions), row);
    } catch (const AwsError& error) {
        if (error.code() == "NotModified") throw preconditionFailed("x-amz-copy-source");
        throw;
    }
}

/// The headers of an object.
Json headersOf(const Fields& request, const Json& row) {
    Json answer = object({{"AcceptRanges", "bytes"},
                          {"ContentLength", intOr(row, "Size", 0)},
                          {"ContentType", textOr(row, "ContentType")},
                          {"ETag", textOr(row, "ETag")},
                          {"LastModified", intOr(row, "modifiedAt", 0) / 1000},
                          {"Metadata", object()},
                          {"ServerSideEncryption", "AES256"}});
    for (const char* name : kKept)
        if (const Json* value = find(row, name); value && !(value->IsString() && view(*value) == "STANDARD"))
            set(answer, name, copy(*value));
    if (request.valueOr("ChecksumMode", "") == "ENABLED") copyChecksums(row, answer);
    for (const auto& [wanted, name] : {std::pair{"ResponseCacheControl", "CacheControl"},
                                       {"ResponseContentDisposition", "ContentDisposition"},
                                       {"ResponseContentEncoding", "ContentEncoding"},
                                       {"ResponseContentLanguage", "ContentLanguage"},
                                       {"ResponseContentType", "ContentType"},
                                       {"ResponseExpires", "Expires"}})
        if (const Json* value = request.find(wanted)) set(answer, name, copy(*value));
    return answer;
}

/// "bytes=0-9", "bytes=10-", "bytes=-5"; nothing where it is malformed and so ignored. Throws InvalidRange.
struct Range {
    std::size_t first = 0, last = 0;
};
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

/// `md5` in hexadecimal; empty: not known yet.
Json store(Call& call, const std::string& bucket, const std::string& key, Json row, std::string_view body,
           std::string md5 = {}) {
    set(row, "ETag", "\"" + (md5.empty() ? md5Hex(body) : md5) + "\"");
    set(row, "Size", body.size());
    set(row, "modifiedAt", epochMillis(call.now));
    call.put(bodyKey(bucket, key), body);
    call.putJson(rowKey(bucket, key), row);
    return row;
}

}  // namespace

Key objectsOf(std::string_view bucket) { return Key("object").text(bucket); }

bool hasObjects(Call& call, const std::string& bucket) {
    bool found = false;
    call.scan(objectsOf(bucket), [&](std::string_view, std::string_view) {
        found = true;
        return false;
    });
    return found;
}

Json prepareObject(Json request) {
    const auto body = bodyOf(request);
    set(request, kPreparedMd5, md5Hex(body));
    for (const auto& [name, value] : checksumsOf(Fields(request), body)) set(request, name, value);
    return request;
}

Json putObject(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    const std::string_view body = bodyOf(request.json());
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    call.about(bucket + "/" + key);
    if (key.size() > kKeyLimitBytes) throw AwsError("KeyTooLongError", "Your key is too long", 400);
    if (body.size() > kBodyLimitBytes)
        throw AwsError("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400);
    const auto existing = call.getJson(rowKey(bucket, key));
    if (const auto condition = request.optionalText("IfNoneMatch"); condition && existing)
        throw preconditionFailed("If-None-Match");
    if (const auto condition = request.optionalText("IfMatch")) {
        if (!existing) throw noSuchKey(key);
        if (!matches(*condition, textOr(*existing, "ETag"))) throw preconditionFailed("If-Match");
    }
    const auto known = request.valueOr(kPreparedMd5, "");
    const auto md5 = known.empty() ? md5Hex(body) : known;
    if (const auto sum = request.optionalText("ContentMD5"); sum && hexOf(*sum) != md5)
        throw AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.", 400);
    Json row = object({{"ContentType", request.valueOr("ContentType", "binary/octet-stream")}});
    for (const char* name : kKept)
        if (const Json* value = request.find(name)) set(row, name, copy(*value));
    for (const char* name : kChecksums)
        if (const auto given = request.optionalText(name)) set(row, name, *given);
    if (known.empty())
        for (const auto& [name, value] : checksumsOf(request, body)) set(row, name, value);
    row = store(call, bucket, key, std::move(row), body, md5);
    Json answer = object({{"ETag", textOr(row, "ETag")}, {"ServerSideEncryption", "AES256"}});
    copyChecksums(row, answer);
    return answer;
}

Json getObject(Call& call, const Fields& request) {
    const Json row = requireObject(call, request);
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    call.about(bucket + "/" + key);
    checkReadConditions(request, row);
    Json answer = headersOf(request, row);
    const std::string_view body = call.get(bodyKey(bucket, key)).value_or("");
    const auto range = body.empty() ? std::nullopt : rangeOf(request.valueOr("Range", ""), body.size());
    if (!range) {
        set(answer, "Body", body);
        return answer;
    }
    set(answer, "Body", body.substr(range->first, range->last - range->first + 1));
    set(answer, "ContentLength", range->last - range->first + 1);
    set(answer, "ContentRange",
        "bytes " + std::to_string(range->first) + "-" + std::to_string(range->last) + "/" +
            std::to_string(body.size()));
    return answer;
}

Json headObject(Call& call, const Fields& request) {
    const Json row = requireObject(call, request);
    call.about(request.text("Bucket") + "/" + request.text("Key"));
    checkReadConditions(request, row);
    return headersOf(request, row);
}

Json copyObject(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    std::string source = request.text("CopySource");
    if (const auto version = source.find("?versionId="); version != std::string::npos) {
        if (source.substr(version + 11) != "null") throw invalidArgument("Invalid version id specified");
        source.resize(version);
    }
    if (source.starts_with('/')) source.erase(0, 1);
    const auto slash = source.find('/');
    if (slash == std::string::npos) throw invalidArgument("Invalid copy source object key");
    const std::string fromBucket = source.substr(0, slash), fromKey = percentDecode(source.substr(slash + 1));
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    call.about(bucket + "/" + key);
    const Json from = object({{"Bucket", fromBucket},
                              {"Key", fromKey},
                              {"ExpectedBucketOwner", request.optionalText("ExpectedSourceBucketOwner")}});
    Json row = requireObject(call, from);
    checkCopyConditions(request, row);
    if (request.valueOr("MetadataDirective", "COPY") == "REPLACE") {
        Json given = object({{"ContentType", request.valueOr("ContentType", "binary/octet-stream")}});
        for (const char* name : kKept)
            if (const Json* value = request.find(name)) set(given, name, copy(*value));
        row = std::move(given);
    } else if (fromBucket == bucket && fromKey == key) {
        throw AwsError("InvalidRequest",
                       "This copy request is illegal because it is trying to copy an object to itself without changing "
                       "the object's metadata, storage class, "
                       "website redirect location or encryption attributes.",
                       400);
    }
    const std::string body(call.get(bodyKey(fromBucket, fromKey)).value_or(""));
    row = store(call, bucket, key, std::move(row), body);
    return object({{"CopyObjectResult",
                    object({{"ETag", textOr(row, "ETag")}, {"LastModified", intOr(row, "modifiedAt", 0) / 1000}})},
                   {"ServerSideEncryption", "AES256"}});
}

Json deleteObject(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    requireNoVersion(request);
    call.about(bucket + "/" + key);
    if (const auto condition = request.optionalText("IfMatch")) {
        const auto row = call.getJson(rowKey(bucket, key));
        if (!row) throw noSuchKey(key);
        if (!matches(*condition, textOr(*row, "ETag"))) throw preconditionFailed("If-Match");
    }
    call.erase(rowKey(bucket, key));
    call.erase(bodyKey(bucket, key));
    return object();
}

Json deleteObjects(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket");
    requireBucket(call, request);
    call.about(bucket);
    const Fields wanted = request.child("Delete");
    Json deleted = list(), errors = list();
    for (const Json* entry : wanted.items("Objects")) {
        const std::string key = textOr(*entry, "Key");
        try {
            Json one = copy(*entry);  // as a request of its own
            set(one, "Bucket", bucket);
            if (const Json* etag = find(one, "ETag")) set(one, "IfMatch", copy(*etag));
            if (const Json* time = find(one, "LastModifiedTime")) set(one, "IfMatchLastModifiedTime", copy(*time));
            if (const Json* size = find(one, "Size")) set(one, "IfMatchSize", copy(*size));
            deleteObject(call, Fields(one));
            push(deleted, object({{"Key", key}}));
        } catch (const AwsError& error) {
            push(errors, object({{"Key", key},
                                 {"VersionId", optionalText(*entry, "VersionId")},
                                 {"Code", error.code()},
                                 {"Message", error.message()}}));
        }
    }
    Json answer = object();
    if (!wanted.valueOr("Quiet", false)) set(answer, "Deleted", std::move(deleted));
    if (!errors.Empty()) set(answer, "Errors", std::move(errors));
    return answer;
}

}  // namespace backlot::s3
