#include "emulator/services/s3/listing.h"

#include <algorithm>

#include "emulator/base/base64.h"
#include "emulator/base/http_message.h"
#include "emulator/services/s3/buckets.h"
#include "emulator/services/s3/checksums.h"
#include "emulator/services/s3/errors.h"
#include "emulator/services/s3/rows.h"

namespace backlot::s3 {
namespace {

constexpr std::int64_t kMostKeys = 1'000;

struct Listing {
    Json contents = list(), prefixes = list();
    std::size_t count = 0;
    bool truncated = false;
    std::string last;  // the key or common prefix that was given out last
};

struct Wanted {
    std::string prefix, delimiter, after;  // after: everything up to and with this key or common prefix is left out
    std::size_t most = 0;
    bool owner = false, encoded = false;
};

Listing listed(Call& call, const std::string& bucket, const Wanted& wanted) {
    Listing result;
    const auto shown = [&](const std::string& text) { return wanted.encoded ? percentEncode(text, true) : text; };
    const Key prefix = objectsKey(bucket);
    std::string from = Key(prefix).text(std::max(wanted.prefix, wanted.after)).bytes();
    std::string skipped = wanted.after;  // a common prefix whose keys have been told already
    call.scan(
        prefix,
        [&](std::string_view rowKey, std::string_view value) {
            const std::string key = KeyReader(rowKey.substr(prefix.bytes().size())).text();
            if (!key.starts_with(wanted.prefix)) return key < wanted.prefix;
            if (!wanted.after.empty() && key <= wanted.after) return true;
            const bool isRolled =
                !wanted.delimiter.empty() && skipped.ends_with(wanted.delimiter) && key.starts_with(skipped);
            if (isRolled) return true;
            const auto cut =
                wanted.delimiter.empty() ? std::string::npos : key.find(wanted.delimiter, wanted.prefix.size());
            if (result.count == wanted.most) {
                result.truncated = true;
                return false;
            }
            ++result.count;
            if (cut != std::string::npos) {
                skipped = result.last = key.substr(0, cut + wanted.delimiter.size());
                push(result.prefixes, object({{"Prefix", shown(skipped)}}));
                return true;
            }
            const Json row = parseJson(value);
            result.last = key;
            Json entry = object({{"Key", shown(key)},
                                 {"LastModified", intOr(row, "modifiedAt", 0) / 1000},
                                 {"ETag", textOr(row, "ETag")},
                                 {"Size", intOr(row, "Size", 0)},
                                 {"StorageClass", textOr(row, "StorageClass", "STANDARD")},
                                 {"Owner", wanted.owner ? std::optional(ownerOf(call.account)) : std::nullopt}});
            if (const auto algorithm = algorithmIn(row)) {
                set(entry, "ChecksumAlgorithm", list({*algorithm}));
                set(entry, "ChecksumType", textOr(row, "ChecksumType"));
            }
            push(result.contents, std::move(entry));
            return true;
        },
        from);
    return result;
}

Wanted wantedBy(const Fields& request) {
    const auto most = request.valueOr("MaxKeys", std::int64_t(kMostKeys));
    if (most < 0) throw invalidArgument("Argument maxKeys must be an integer between 0 and 2147483647");
    return {.prefix = request.valueOr("Prefix", ""),
            .delimiter = request.valueOr("Delimiter", ""),
            .after = {},
            .most = static_cast<std::size_t>(std::min(most, kMostKeys)),
            .encoded = wantsEncoding(request)};
}

Json answerOf(const std::string& bucket, const Fields& request, const Wanted& wanted, Listing& listing) {
    Json answer = object(
        {{"Name", bucket}, {"Prefix", wanted.prefix}, {"MaxKeys", wanted.most}, {"IsTruncated", listing.truncated}});
    if (!wanted.delimiter.empty()) set(answer, "Delimiter", wanted.delimiter);
    if (const auto encoding = request.optionalText("EncodingType")) set(answer, "EncodingType", *encoding);
    if (!listing.contents.Empty()) set(answer, "Contents", std::move(listing.contents));
    if (!listing.prefixes.Empty()) set(answer, "CommonPrefixes", std::move(listing.prefixes));
    return answer;
}

}  // namespace

bool wantsEncoding(const Fields& request) {
    const auto encoding = request.optionalText("EncodingType");
    if (encoding && *encoding != "url")
        throw AwsError("InvalidArgument", "Invalid Encoding Method specified in Request", 400,
                       object({{"ArgumentName", "encoding-type"}, {"ArgumentValue", *encoding}}));
    return encoding.has_value();
}

Json listObjectsV2(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket");
    requireBucket(call, request);
    call.about(bucket);
    Wanted wanted = wantedBy(request);
    wanted.owner = request.valueOr("FetchOwner", false);
    wanted.after = request.valueOr("StartAfter", "");
    const auto token = request.optionalText("ContinuationToken");
    if (token) {
        const auto place = base64Decode(*token);
        if (!place) throw invalidArgument("The continuation token provided is incorrect");
        wanted.after = *place;
    }
    Listing listing = listed(call, bucket, wanted);
    Json answer = answerOf(bucket, request, wanted, listing);
    set(answer, "KeyCount", listing.count);
    set(answer, "ContinuationToken", token);
    set(answer, "StartAfter", request.optionalText("StartAfter"));
    if (listing.truncated) set(answer, "NextContinuationToken", base64Encode(listing.last));
    return answer;
}

Json listObjects(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket");
    requireBucket(call, request);
    call.about(bucket);
    Wanted wanted = wantedBy(request);
    wanted.owner = true;
    wanted.after = request.valueOr("Marker", "");
    Listing listing = listed(call, bucket, wanted);
    Json answer = answerOf(bucket, request, wanted, listing);
    set(answer, "Marker", wanted.after);
    if (listing.truncated && !wanted.delimiter.empty()) set(answer, "NextMarker", listing.last);
    return answer;
}

}  // namespace backlot::s3
