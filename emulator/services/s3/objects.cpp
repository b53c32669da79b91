#include "emulator/services/s3/objects.h"

#include "emulator/base/hash.h"
#include "emulator/services/s3/buckets.h"
#include "emulator/services/s3/checksums.h"
#include "emulator/services/s3/errors.h"
#include "emulator/services/s3/refusals.h"
#include "emulator/services/s3/rows.h"
#include "emulator/services/s3/stored_object.h"

namespace backlot::s3 {
namespace {

/// The headers of an object.
Json headersOf(const Fields& request, const Json& row) {
    Json answer = object({{"AcceptRanges", "bytes"},
                          {"ContentLength", intOr(row, "Size", 0)},
                          {"ContentType", textOr(row, "ContentType")},
                          {"ETag", textOr(row, "ETag")},
                          {"LastModified", intOr(row, "modifiedAt", 0) / 1000},
                          {"Metadata", object()},
                          {"ServerSideEncryption", "AES256"}});
    addHeaders(row, answer);
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

/// The bytes that Range or PartNumber ask for; nothing for all of them. Throws InvalidRange, InvalidPartNumber.
std::optional<Range> wantedRange(const Fields& request, const Json& row) {
    const auto size = static_cast<std::size_t>(intOr(row, "Size", 0));
    if (!request.has("PartNumber")) return size ? rangeOf(request.valueOr("Range", ""), size) : std::nullopt;
    request.passOver({"Range"});
    const auto number = request.valueOr("PartNumber", 1);
    const Json* sizes = find(row, "PartSizes");
    const std::int64_t parts = sizes ? sizes->Size() : 1;
    if (number < 1 || number > parts)
        throw AwsError(
            "InvalidPartNumber", "The requested partnumber is not satisfiable", 416,
            object({{"PartNumberRequested", std::to_string(number)}, {"ActualPartCount", std::to_string(parts)}}));
    if (!sizes) return std::nullopt;
    Range range;
    for (rapidjson::SizeType i = 0; i < number; ++i) {
        range.first = range.last;
        range.last += static_cast<std::size_t>((*sizes)[i].GetInt64());
    }
    if (range.last == range.first) return std::nullopt;  // the empty part of an empty object
    --range.last;
    return range;
}

/// An object's headers, or those of the bytes that a request asks for. Checksums belong to the whole.
Json rangedHeaders(const Fields& request, const Json& row, const std::optional<Range>& range) {
    Json answer = headersOf(request, row);
    if (const Json* sizes = find(row, "PartSizes"); sizes && request.has("PartNumber"))
        set(answer, "PartsCount", sizes->Size());
    if (!range) return answer;
    const std::size_t length = range->last - range->first + 1;
    set(answer, "ContentLength", length);
    set(answer, "ContentRange",
        "bytes " + std::to_string(range->first) + "-" + std::to_string(range->last) + "/" +
            std::to_string(intOr(row, "Size", 0)));
    if (length < static_cast<std::size_t>(intOr(row, "Size", 0))) eraseChecksums(answer);
    return answer;
}

/// GetObjectAttributes' ObjectParts. Which parts there were, an object tells only where each has a checksum of its own.
Json partsOf(const Fields& request, const Json& row) {
    const Json& sizes = *find(row, "PartSizes");
    Json answer = object({{"TotalPartsCount", sizes.Size()}});
    const Json* sums = find(row, "PartSums");
    if (!sums) {
        request.passOver({"MaxParts", "PartNumberMarker"});
        return answer;
    }
    const auto after = static_cast<std::size_t>(request.valueOr("PartNumberMarker", 0)),
               most = static_cast<std::size_t>(request.valueOr("MaxParts", 1000));
    Json parts = list();
    std::size_t last = after;
    for (; last < sizes.Size() && parts.Size() < most; ++last) {
        Json part =
            object({{"PartNumber", last + 1}, {"Size", sizes[static_cast<rapidjson::SizeType>(last)].GetInt64()}});
        copyChecksums((*sums)[static_cast<rapidjson::SizeType>(last)], part);
        push(parts, std::move(part));
    }
    set(answer, "PartNumberMarker", after);
    set(answer, "NextPartNumberMarker", last);
    set(answer, "MaxParts", most);
    set(answer, "IsTruncated", last < sizes.Size());
    set(answer, "Parts", std::move(parts));
    return answer;
}

}  // namespace

bool hasObjects(Call& call, const std::string& bucket) {
    bool found = false;
    call.scan(objectsKey(bucket), [&](std::string_view, std::string_view) {
        found = true;
        return false;
    });
    return found;
}

Json putObject(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    const std::string_view body = bodyOf(request.json());
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    call.about(bucket + "/" + key);
    requireSizes(key, body.size());
    checkWriteConditions(call, request);
    const BodySums sums = sumsOf(request);
    Json row = headersGiven(request);
    copyChecksums(sums.checksums, row);
    set(row, "ChecksumType", "FULL_OBJECT");
    row = storeObject(call, bucket, key, std::move(row), body, sums.md5);
    Json answer = object({{"ETag", textOr(row, "ETag")}, {"ServerSideEncryption", "AES256"}});
    copyChecksums(row, answer);
    return answer;
}

Json getObject(Call& call, const Fields& request) {
    const Json row = requireObject(call, request);
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    call.about(bucket + "/" + key);
    checkReadConditions(request, row);
    if (const std::string kept = textOr(row, "StorageClass"); kept == "GLACIER" || kept == "DEEP_ARCHIVE")
        throw AwsError("InvalidObjectState", "The operation is not valid for the object's storage class", 403,
                       object({{"StorageClass", kept}}));
    const auto range = wantedRange(request, row);
    Json answer = rangedHeaders(request, row, range);
    const std::string_view body = call.get(bodyKey(bucket, key)).value_or("");
    set(answer, "Body", range ? body.substr(range->first, range->last - range->first + 1) : body);
    return answer;
}

Json headObject(Call& call, const Fields& request) {
    const Json row = requireObject(call, request);
    call.about(request.text("Bucket") + "/" + request.text("Key"));
    checkReadConditions(request, row);
    return rangedHeaders(request, row, wantedRange(request, row));
}

/// Source: Amazon S3 API Reference, "GetObjectAttributes".
Json getObjectAttributes(Call& call, const Fields& request) {
    const Json row = requireObject(call, request);
    call.about(request.text("Bucket") + "/" + request.text("Key"));
    const std::string etag = textOr(row, "ETag");
    Json checksum = object();
    copyChecksums(row, checksum);
    Json answer = object({{"LastModified", intOr(row, "modifiedAt", 0) / 1000}});
    for (const std::string& wanted : request.texts("ObjectAttributes")) {
        if (wanted == "ETag") set(answer, "ETag", etag.substr(1, etag.size() - 2));
        if (wanted == "Checksum" && !checksum.ObjectEmpty()) set(answer, "Checksum", copy(checksum));
        if (wanted == "ObjectParts" && find(row, "PartSizes")) set(answer, "ObjectParts", partsOf(request, row));
        if (wanted == "StorageClass") set(answer, "StorageClass", textOr(row, "StorageClass", "STANDARD"));
        if (wanted == "ObjectSize") set(answer, "ObjectSize", intOr(row, "Size", 0));
    }
    return answer;
}

Json copyObject(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    call.about(bucket + "/" + key);
    requireSizes(key, 0);
    Source source = sourceOf(call, request);
    checkWriteConditions(call, request);
    const std::string body(call.get(bodyKey(source.bucket, source.key)).value_or(""));
    Json row = object({{"ContentType", textOr(source.row, "ContentType")}});
    addHeaders(source.row, row);
    if (request.valueOr("MetadataDirective", "COPY") == "REPLACE") {
        row = headersGiven(request);
    } else if (source.bucket == bucket && source.key == key) {
        throw AwsError("InvalidRequest",
                       "This copy request is illegal because it is trying to copy an object to itself without changing "
                       "the object's metadata, storage class, "
                       "website redirect location or encryption attributes.",
                       400);
    }
    const auto wanted = request.optionalText("ChecksumAlgorithm");
    if (wanted || textOr(source.row, "ChecksumType") != "FULL_OBJECT")
        copyChecksums(checksumsOf(request, body), row);
    else
        copyChecksums(source.row, row);
    set(row, "ChecksumType", "FULL_OBJECT");
    row = storeObject(call, bucket, key, std::move(row), body, md5Hex(body));
    Json result = object({{"ETag", textOr(row, "ETag")}, {"LastModified", intOr(row, "modifiedAt", 0) / 1000}});
    copyChecksums(row, result);
    return object({{"CopyObjectResult", std::move(result)}, {"ServerSideEncryption", "AES256"}});
}

Json deleteObject(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    requireNoVersion(request);
    call.about(bucket + "/" + key);
    if (const auto condition = request.optionalText("IfMatch")) {
        const auto row = call.getJson(objectKey(bucket, key));
        if (!row) throw noSuchKey(key);
        if (!matches(*condition, textOr(*row, "ETag"))) throw preconditionFailed("If-Match");
    }
    call.erase(objectKey(bucket, key));
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
