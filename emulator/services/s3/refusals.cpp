#include "emulator/services/s3/refusals.h"

#include "emulator/services/s3/checksums.h"
#include "emulator/services/s3/errors.h"

namespace backlot::s3 {
namespace {

constexpr const char* kNotHere[] = {
    "SSECustomerAlgorithm",
    "SSECustomerKey",
    "SSECustomerKeyMD5",
    "CopySourceSSECustomerAlgorithm",
    "CopySourceSSECustomerKey",
    "CopySourceSSECustomerKeyMD5",
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "ObjectLockLegalHoldStatus",
    "ChecksumMD5",
    "ChecksumSHA512",
    "ChecksumXXHASH128",
    "ChecksumXXHASH3",
    "ChecksumXXHASH64",
    "WriteOffsetBytes",
    "IfMatchLastModifiedTime",
    "IfMatchSize",
    "IfMatchInitiatedTime",
    "BucketNamespace",
};

}  // namespace

void refuseWhatIsNotHere(const Fields& request) {
    for (const char* member : kNotHere)
        if (request.has(member))
            throw AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", 501,
                           object({{"Header", member}}));
    if (const auto algorithm = request.optionalText("ChecksumAlgorithm"); algorithm && !isComputed(*algorithm))
        throw AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", 501,
                       object({{"Header", "ChecksumAlgorithm"}}));
    if (request.valueOr("ObjectLockEnabledForBucket", false) ||
        request.child("CreateBucketConfiguration").has("Bucket") ||
        request.child("CreateBucketConfiguration").has("Location"))
        throw AwsError("NotImplemented", "A header you provided implies functionality that is not implemented", 501);
}

void requireNoVersion(const Fields& request, std::string_view member) {
    const auto version = request.optionalText(member);
    if (version && *version != "null") throw invalidArgument("Invalid version id specified");
}

void requireOwner(const Fields& request, std::string_view member, std::string_view owner) {
    const auto expected = request.optionalText(member);
    if (expected && *expected != owner) throw AwsError("AccessDenied", "Access Denied", 403);
}

}  // namespace backlot::s3
