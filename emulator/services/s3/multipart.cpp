#include "emulator/services/s3/multipart.h"

#include <algorithm>

#include "emulator/base/hash.h"
#include "emulator/base/http_message.h"
#include "emulator/services/s3/buckets.h"
#include "emulator/services/s3/checksums.h"
#include "emulator/services/s3/errors.h"
#include "emulator/services/s3/listing.h"
#include "emulator/services/s3/refusals.h"
#include "emulator/services/s3/rows.h"
#include "emulator/services/s3/stored_object.h"

namespace backlot::s3 {
namespace {

constexpr std::int64_t kPartNumberLimit = 10'000, kSmallestPartBytes = 5 * 1024 * 1024;

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

/// The kind of checksum an upload's object will have. Throws InvalidRequest.
std::string checksumTypeOf(const Fields& request, const std::optional<std::string>& algorithm) {
    const auto type = request.optionalText("ChecksumType");
    if (!algorithm) {
        if (type)
            throw invalidRequest(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        return "FULL_OBJECT";
    }
    const bool isSha = algorithm->starts_with("SHA");
    if ((type == "FULL_OBJECT" && isSha) || (type == "COMPOSITE" && *algorithm == "CRC64NVME"))
        throw invalidRequest("The " + *type + " checksum type cannot be used with the " + lower(*algorithm) +
                             " checksum algorithm.");
    return type.value_or(*algorithm == "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
}

/// The row of the upload that Bucket, Key and UploadId name. Throws NoSuchUpload.
Json requireUpload(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), id = request.text("UploadId");
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    auto upload = call.getJson(uploadKey(bucket, request.text("Key"), id));
    if (!upload)
        throw AwsError("NoSuchUpload",
                       "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
                       "aborted or completed.",
                       404, object({{"UploadId", id}}));
    return std::move(*upload);
}

std::uint64_t partNumberOf(const Fields& request) {
    const auto number = request.valueOr("PartNumber", std::int64_t(0));
    if (number < 1 || number > kPartNumberLimit)
        throw AwsError("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", 400,
                       object({{"ArgumentName", "partNumber"}, {"ArgumentValue", std::to_string(number)}}));
    return static_cast<std::uint64_t>(number);
}

Json savePart(Call& call, const Fields& request, std::uint64_t number, std::string_view body, BodySums sums) {
    const std::string bucket = request.text("Bucket"), id = request.text("UploadId");
    Json part =
        object({{"ETag", "\"" + sums.md5 + "\""}, {"Size", body.size()}, {"modifiedAt", epochMillis(call.now)}});
    copyChecksums(sums.checksums, part);
    call.put(partBodyKey(bucket, id, number), body);
    call.putJson(partKey(bucket, id, number), part);
    return part;
}

void forgetUpload(Call& call, const std::string& bucket, const std::string& key, const std::string& id) {
    call.erase(uploadKey(bucket, key, id));
    call.erasePrefix(partsKey(bucket, id));
    call.erasePrefix(partBodiesKey(bucket, id));
}

/// The parts that a completion names, in their order, each as it is kept, with its PartNumber.
std::vector<Json> partsNamed(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), id = request.text("UploadId");
    const auto named = request.child("MultipartUpload").items("Parts");
    if (named.empty()) throw invalidRequest("You must specify at least one part");
    std::vector<Json> parts;
    std::int64_t before = 0;
    for (const Json* one : named) {
        const Fields wanted(*one);
        const auto number = wanted.valueOr("PartNumber", std::int64_t(0));
        const std::string etag = wanted.valueOr("ETag", "");
        auto part = number > 0 ? call.getJson(partKey(bucket, id, static_cast<std::uint64_t>(number))) : std::nullopt;
        const auto algorithm = givenAlgorithm(wanted);
        const bool sumFits =
            !part || !algorithm || wanted.text("Checksum" + *algorithm) == checksumIn(*part, *algorithm);
        if (!part || !matches(etag, textOr(*part, "ETag")) || etag == "*" || !sumFits)
            throw AwsError(
                "InvalidPart",
                "One or more of the specified parts could not be found.  The part may not have been "
                "uploaded, or the specified entity tag may not match the part's entity tag.",
                400,
                object({{"ETag", etag.starts_with('"') && etag.size() > 1 ? etag.substr(1, etag.size() - 2) : etag},
                        {"PartNumber", std::to_string(number)},
                        {"UploadId", id}}));
        if (number <= before)
            throw AwsError("InvalidPartOrder",
                           "The list of parts was not in ascending order. Parts must be ordered by part number.", 400,
                           object({{"UploadId", id}}));
        before = number;
        set(*part, "PartNumber", number);
        parts.push_back(std::move(*part));
    }
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        const auto size = intOr(parts[i], "Size", 0);
        if (size < kSmallestPartBytes)
            throw AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400,
                           object({{"ETag", textOr(parts[i], "ETag").substr(1, 32)},
                                   {"MinSizeAllowed", std::to_string(kSmallestPartBytes)},
                                   {"PartNumber", std::to_string(intOr(parts[i], "PartNumber", 0))},
                                   {"ProposedSize", std::to_string(size)}}));
    }
    return parts;
}

/// The checksum of the whole, by the parts'. Throws BadDigest where the request gives another, InvalidRequest.
void addChecksum(const Fields& request, const std::vector<Json>& parts, Json& object) {
    const std::string algorithm = textOr(object, "ChecksumAlgorithm", "CRC64NVME"),
                      type = textOr(object, "ChecksumType");
    const auto wantedType = request.optionalText("ChecksumType");
    if (wantedType && *wantedType != type)
        throw invalidRequest("The upload was created using the " + type +
                             " checksum mode. The complete request must use the same checksum mode.");
    std::vector<PartSum> sums;
    for (const Json& part : parts)
        sums.push_back({checksumIn(part, algorithm), static_cast<std::uint64_t>(intOr(part, "Size", 0))});
    const std::string sum = type == "COMPOSITE" ? compositeChecksum(algorithm, sums) : fullChecksum(algorithm, sums);
    if (const auto given = givenAlgorithm(request); given && *given == algorithm) {
        const std::string expected = request.text("Checksum" + *given);
        if (expected != sum && expected + "-" + std::to_string(parts.size()) != sum)
            throw AwsError("BadDigest",
                           "The " + lower(algorithm) + " you specified did not match the calculated checksum.");
    }
    setChecksum(object, algorithm, sum);
    if (type == "COMPOSITE") {
        Json each = list();
        for (const PartSum& one : sums) {
            Json entry = backlot::object();
            setChecksum(entry, algorithm, one.checksum);
            push(each, std::move(entry));
        }
        set(object, "PartSums", std::move(each));
    }
}

}  // namespace

void forgetUploads(Call& call, const std::string& bucket) {
    std::vector<std::pair<std::string, std::string>> uploads;  // key, id
    const Key all = uploadsKey(bucket);
    call.scan(all, [&](std::string_view row, std::string_view) {
        KeyReader parts(row.substr(all.bytes().size()));
        std::string key = parts.text();
        uploads.emplace_back(std::move(key), parts.text());
        return true;
    });
    for (const auto& [key, id] : uploads) forgetUpload(call, bucket, key, id);
}

Json createMultipartUpload(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    requireBucket(call, request);
    refuseWhatIsNotHere(request);
    call.about(bucket + "/" + key);
    requireSizes(key, 0);
    const auto algorithm = request.optionalText("ChecksumAlgorithm");
    const std::string type = checksumTypeOf(request, algorithm);
    Json upload = headersGiven(request);
    set(upload, "ChecksumAlgorithm", algorithm);
    set(upload, "ChecksumType", type);
    set(upload, "initiatedAt", epochMillis(call.now));
    const std::string id =
        call.randomText("upload", 64, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
    call.putJson(uploadKey(bucket, key, id), upload);
    Json answer = object({{"Bucket", bucket}, {"Key", key}, {"UploadId", id}, {"ServerSideEncryption", "AES256"}});
    if (algorithm) {
        set(answer, "ChecksumAlgorithm", *algorithm);
        set(answer, "ChecksumType", type);
    }
    return answer;
}

Json uploadPart(Call& call, const Fields& request) {
    const auto number = partNumberOf(request);
    const Json upload = requireUpload(call, request);
    call.about(request.text("Bucket") + "/" + request.text("Key"));
    requireSizes({}, bodyOf(request.json()).size());
    const auto given = givenAlgorithm(request), wanted = optionalText(upload, "ChecksumAlgorithm");
    if (wanted && given != wanted && (given || textOr(upload, "ChecksumType") == "COMPOSITE"))
        throw invalidRequest("Checksum Type mismatch occurred, expected checksum Type: " + lower(*wanted) +
                             ", actual checksum Type: " + (given ? lower(*given) : "null"));
    BodySums sums = sumsOf(request);
    const std::string needed = wanted.value_or("CRC64NVME");  // that of the whole is made of the parts'
    if (checksumIn(sums.checksums, needed).empty())
        setChecksum(sums.checksums, needed, checksumOf(needed, bodyOf(request.json())));
    const Json part = savePart(call, request, number, bodyOf(request.json()), std::move(sums));
    Json answer = object({{"ETag", textOr(part, "ETag")}, {"ServerSideEncryption", "AES256"}});
    if (given) setChecksum(answer, *given, checksumIn(part, *given));
    return answer;
}

Json uploadPartCopy(Call& call, const Fields& request) {
    const auto number = partNumberOf(request);
    const Json upload = requireUpload(call, request);
    call.about(request.text("Bucket") + "/" + request.text("Key"));
    const Source source = sourceOf(call, request);
    std::string body(call.get(bodyKey(source.bucket, source.key)).value_or(""));
    if (const auto wanted = request.optionalText("CopySourceRange")) {
        const auto range = body.empty() ? std::nullopt : rangeOf(*wanted, body.size());
        if (!range)
            throw AwsError("InvalidArgument",
                           "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
                           "last are the zero-based offsets of the first and last bytes to copy",
                           400, object({{"ArgumentName", "x-amz-copy-source-range"}, {"ArgumentValue", *wanted}}));
        body = body.substr(range->first, range->last - range->first + 1);
    }
    const auto algorithm = optionalText(upload, "ChecksumAlgorithm");
    const std::string needed = algorithm.value_or("CRC64NVME");
    BodySums sums{.md5 = md5Hex(body), .checksums = object()};
    setChecksum(sums.checksums, needed, checksumOf(needed, body));
    const Json part = savePart(call, request, number, body, std::move(sums));
    Json result = object({{"ETag", textOr(part, "ETag")}, {"LastModified", intOr(part, "modifiedAt", 0) / 1000}});
    if (algorithm) copyChecksums(part, result);
    return object({{"CopyPartResult", std::move(result)}, {"ServerSideEncryption", "AES256"}});
}

Json completeMultipartUpload(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key"), id = request.text("UploadId");
    Json row = requireUpload(call, request);
    call.about(bucket + "/" + key);
    const auto parts = partsNamed(call, request);
    checkWriteConditions(call, request);
    const auto existing = call.getJson(objectKey(bucket, key));
    if (request.has("IfMatch") && existing && intOr(*existing, "modifiedAt", 0) > intOr(row, "initiatedAt", 0))
        throw AwsError("ConditionalRequestConflict",
                       "The conditional request cannot succeed due to a conflicting operation against this resource.",
                       409, object({{"Condition", "If-Match"}, {"Key", key}}));
    addChecksum(request, parts, row);
    std::string body;
    std::vector<std::string> etags;
    Json sizes = list();
    std::size_t total = 0;
    for (const Json& part : parts) total += static_cast<std::size_t>(intOr(part, "Size", 0));
    if (const auto size = request.optionalText("MpuObjectSize"); size && *size != std::to_string(total))
        throw invalidRequest("The provided 'x-amz-mp-object-size' header value " + *size +
                             " does not match what was computed: " + std::to_string(total));
    requireSizes(key, total);
    body.reserve(total);
    for (const Json& part : parts) {
        const auto number = static_cast<std::uint64_t>(intOr(part, "PartNumber", 0));
        body += call.get(partBodyKey(bucket, id, number)).value_or("");
        etags.push_back(textOr(part, "ETag"));
        push(sizes, intOr(part, "Size", 0));
    }
    set(row, "PartSizes", std::move(sizes));
    for (const char* name : {"initiatedAt", "ChecksumAlgorithm"}) erase(row, name);
    row = storeObject(call, bucket, key, std::move(row), body, etagOfParts(etags));
    forgetUpload(call, bucket, key, id);
    Json answer = object({{"Bucket", bucket},
                          {"Key", key},
                          {"ETag", textOr(row, "ETag")},
                          {"Location", "http://" + bucket + ".s3.amazonaws.com/" + percentEncode(key)},
                          {"ServerSideEncryption", "AES256"}});
    copyChecksums(row, answer);
    return answer;
}

Json abortMultipartUpload(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), key = request.text("Key");
    requireUpload(call, request);
    call.about(bucket + "/" + key);
    forgetUpload(call, bucket, key, request.text("UploadId"));
    return object();
}

Json listParts(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), id = request.text("UploadId");
    const Json upload = requireUpload(call, request);
    const auto after = std::max<std::int64_t>(request.valueOr("PartNumberMarker", std::int64_t(0)), 0);
    const auto most = std::clamp<std::int64_t>(request.valueOr("MaxParts", std::int64_t(1000)), 0, 1000);
    Json parts = list();
    std::int64_t last = after;
    bool truncated = false;
    const Key all = partsKey(bucket, id);
    call.scan(
        all,
        [&](std::string_view key, std::string_view value) {
            const auto number = static_cast<std::int64_t>(KeyReader(key.substr(all.bytes().size())).number());
            truncated = parts.Size() == most;
            if (truncated) return false;
            const Json row = parseJson(value);
            Json part = object({{"PartNumber", number},
                                {"ETag", textOr(row, "ETag")},
                                {"Size", intOr(row, "Size", 0)},
                                {"LastModified", intOr(row, "modifiedAt", 0) / 1000}});
            if (find(upload, "ChecksumAlgorithm")) copyChecksums(row, part);
            push(parts, std::move(part));
            last = number;
            return true;
        },
        partKey(bucket, id, static_cast<std::uint64_t>(after) + 1).bytes());
    Json initiator = ownerOf(call.account);
    set(initiator, "DisplayName", call.account);
    Json answer = object({{"Bucket", bucket},
                          {"Key", request.text("Key")},
                          {"UploadId", id},
                          {"PartNumberMarker", after},
                          {"NextPartNumberMarker", last},
                          {"MaxParts", most},
                          {"IsTruncated", truncated},
                          {"StorageClass", textOr(upload, "StorageClass", "STANDARD")},
                          {"Initiator", std::move(initiator)},
                          {"Owner", ownerOf(call.account)}});
    if (!parts.Empty()) set(answer, "Parts", std::move(parts));
    if (const Json* algorithm = find(upload, "ChecksumAlgorithm")) {
        set(answer, "ChecksumAlgorithm", copy(*algorithm));
        set(answer, "ChecksumType", textOr(upload, "ChecksumType"));
    }
    return answer;
}

Json listMultipartUploads(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket"), prefix = request.valueOr("Prefix", ""),
                      delimiter = request.valueOr("Delimiter", ""), keyMarker = request.valueOr("KeyMarker", ""),
                      idMarker = request.valueOr("UploadIdMarker", "");
    requireBucket(call, request);
    call.about(bucket);
    const auto most = std::clamp<std::int64_t>(request.valueOr("MaxUploads", std::int64_t(1000)), 1, 1000);
    const bool encoded = wantsEncoding(request);
    const auto shown = [&](const std::string& text) { return encoded ? percentEncode(text, true) : text; };
    Json uploads = list(), prefixes = list();
    std::string lastPrefix, lastKey, lastId;
    bool truncated = false;
    const Key all = uploadsKey(bucket);
    call.scan(all, [&](std::string_view rowKey, std::string_view value) {
        KeyReader parts(rowKey.substr(all.bytes().size()));
        const std::string key = parts.text(), id = parts.text();
        const bool isBefore = idMarker.empty() ? !keyMarker.empty() && key <= keyMarker
                                               : std::pair(key, id) <= std::pair(keyMarker, idMarker);
        if (isBefore || !key.starts_with(prefix)) return true;
        const auto cut = delimiter.empty() ? std::string::npos : key.find(delimiter, prefix.size());
        const std::string rolled = cut == std::string::npos ? "" : key.substr(0, cut + delimiter.size());
        if (!rolled.empty() && rolled == lastPrefix) {
            lastKey = key, lastId = id;
            return true;
        }
        truncated = uploads.Size() + prefixes.Size() == most;
        if (truncated) return false;
        lastKey = key, lastId = id;
        if (!rolled.empty()) {
            lastPrefix = rolled;
            push(prefixes, object({{"Prefix", shown(rolled)}}));
            return true;
        }
        const Json row = parseJson(value);
        Json upload = object({{"UploadId", id},
                              {"Key", shown(key)},
                              {"Initiated", intOr(row, "initiatedAt", 0) / 1000},
                              {"StorageClass", textOr(row, "StorageClass", "STANDARD")},
                              {"Owner", ownerOf(call.account)},
                              {"Initiator", ownerOf(call.account)}});
        if (const Json* algorithm = find(row, "ChecksumAlgorithm")) {
            set(upload, "ChecksumAlgorithm", copy(*algorithm));
            set(upload, "ChecksumType", textOr(row, "ChecksumType"));
        }
        push(uploads, std::move(upload));
        return true;
    });
    Json answer = object({{"Bucket", bucket},
                          {"KeyMarker", keyMarker},
                          {"UploadIdMarker", idMarker},
                          {"Prefix", prefix},
                          {"Delimiter", delimiter.empty() ? std::nullopt : std::optional(delimiter)},
                          {"EncodingType", request.optionalText("EncodingType")},
                          {"MaxUploads", most},
                          {"IsTruncated", truncated}});
    if (!lastKey.empty()) {
        set(answer, "NextKeyMarker", lastKey);
        set(answer, "NextUploadIdMarker", lastId);
    }
    if (!uploads.Empty()) set(answer, "Uploads", std::move(uploads));
    if (!prefixes.Empty()) set(answer, "CommonPrefixes", std::move(prefixes));
    return answer;
}

}  // namespace backlot::s3
