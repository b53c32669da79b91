#include "emulator/services/s3/buckets.h"

#include <algorithm>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/services/s3/errors.h"
#include "emulator/services/s3/objects.h"
#include "emulator/services/s3/multipart.h"
#include "emulator/services/s3/refusals.h"
#include "emulator/services/s3/rows.h"

namespace backlot::s3 {
namespace {

/// Source: Amazon S3 User Guide, "General purpose bucket naming rules".
void requireName(const std::string& name) {
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const bool plain =
        name.size() >= 3 && name.size() <= 63 && isLetter(name.front()) && isLetter(name.back()) &&
        name.find("..") == std::string::npos &&
        std::all_of(name.begin(), name.end(), [&](char c) { return isLetter(c) || c == '-' || c == '.'; });
    if (!plain) throw invalidBucketName(name);
}

Json bucketRow(Call& call, const std::string& bucket) {
    auto row = call.getJson(bucketKey(bucket));
    if (!row) throw noSuchBucket(bucket);
    return std::move(*row);
}

}  // namespace

void requireBucket(Call& call, const std::string& bucket) {
    if (!call.has(bucketKey(bucket))) throw noSuchBucket(bucket);
}

void requireBucket(Call& call, const Fields& request) {
    requireOwner(request, "ExpectedBucketOwner", textOr(bucketRow(call, request.text("Bucket")), "account"));
}

Json ownerOf(const std::string& account) { return object({{"ID", sha256Hex("owner " + account)}}); }

Json createBucket(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket");
    requireName(bucket);
    refuseWhatIsNotHere(request);
    call.about(bucket);
    const std::string region = request.child("CreateBucketConfiguration").valueOr("LocationConstraint", call.region);
    if (const auto existing = call.getJson(bucketKey(bucket))) {
        if (textOr(*existing, "account") != call.account) throw bucketAlreadyExists(bucket);
        if (region != "us-east-1") throw bucketAlreadyOwnedByYou(bucket);  // there AWS answers as if it were made anew
    } else {
        call.putJson(bucketKey(bucket),
                     object({{"account", call.account}, {"region", region}, {"createdAt", epochMillis(call.now)}}));
    }
    return object({{"Location", "/" + bucket}, {"BucketArn", "arn:aws:s3:::" + bucket}});
}

Json deleteBucket(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket");
    requireBucket(call, request);
    call.about(bucket);
    if (hasObjects(call, bucket)) throw bucketNotEmpty(bucket);
    forgetUploads(call, bucket);  // they keep no bucket
    call.erase(bucketKey(bucket));
    return object();
}

Json getBucketLocation(Call& call, const Fields& request) {
    requireBucket(call, request);
    const std::string region = textOr(bucketRow(call, request.text("Bucket")), "region");
    return object({{"LocationConstraint", region == "us-east-1" ? std::nullopt : std::optional(region)}});
}

Json headBucket(Call& call, const Fields& request) {
    const std::string bucket = request.text("Bucket");
    requireBucket(call, request);
    const Json row = bucketRow(call, bucket);
    return object({{"BucketArn", "arn:aws:s3:::" + bucket},
                   {"BucketRegion", textOr(row, "region")},
                   {"AccessPointAlias", false}});
}

Json listBuckets(Call& call, const Fields& request) {
    const std::string prefix = request.valueOr("Prefix", ""), region = request.valueOr("BucketRegion", "");
    const auto most = static_cast<std::size_t>(request.valueOr("MaxBuckets", 10'000));
    if (most < 1 || most > 10'000) throw invalidArgument("Argument max-buckets must be an integer between 1 and 10000");
    const std::string after = base64Decode(request.valueOr("ContinuationToken", "")).value_or("");
    Json buckets = list();
    std::optional<std::string> last;  // of the page, where there are more
    call.scan(bucketsKey(), [&](std::string_view key, std::string_view value) {
        KeyReader parts(key);
        parts.text();
        const std::string name = parts.text();
        const Json row = parseJson(value);
        if (textOr(row, "account") != call.account || !name.starts_with(prefix) || name <= after) return true;
        if (!region.empty() && textOr(row, "region") != region) return true;
        if (buckets.Size() == most) {
            last = textOr(buckets[buckets.Size() - 1], "Name");
            return false;
        }
        push(buckets, object({{"Name", name},
                              {"BucketArn", "arn:aws:s3:::" + name},
                              {"BucketRegion", textOr(row, "region")},
                              {"CreationDate", epochSeconds(fromMillis(intOr(row, "createdAt", 0)))}}));
        return true;
    });
    Json answer = object({{"Buckets", std::move(buckets)}, {"Owner", ownerOf(call.account)}});
    if (request.has("Prefix")) set(answer, "Prefix", prefix);
    if (last) set(answer, "ContinuationToken", base64Encode(*last));
    return answer;
}

}  // namespace backlot::s3
