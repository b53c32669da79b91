#include "emulator/services/s3/buckets.h"
#include "emulator/services/s3/listing.h"
#include "emulator/services/s3/multipart.h"
#include "emulator/services/s3/objects.h"
#include "emulator/services/s3/service.h"
#include "emulator/services/s3/stored_object.h"

namespace backlot::s3 {
namespace {

constexpr std::string_view kOpen = "who may reach an object is not asked: everybody may", kFree = "nobody pays",
                           kPlain = "bodies lie as they are: no key encrypts them",
                           kUnlocked = "objects have no locks that it could pass by";

using Reasons = std::vector<Ignored>;

Reasons together(std::initializer_list<Reasons> parts) {
    Reasons all;
    for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

const Reasons& grants() {
    static const Reasons all{{"ACL", kOpen},          {"GrantFullControl", kOpen}, {"GrantRead", kOpen},
                             {"GrantReadACP", kOpen}, {"GrantWrite", kOpen},       {"GrantWriteACP", kOpen}};
    return all;
}
const Reasons& keys() {
    static const Reasons all{{"SSEKMSKeyId", kPlain},
                             {"SSEKMSEncryptionContext", kPlain},
                             {"BucketKeyEnabled", kPlain},
                             {"ServerSideEncryption", kPlain}};
    return all;
}
const Reasons& payer() {
    static const Reasons all{{"RequestPayer", kFree}};
    return all;
}
const Reasons& locks() {
    static const Reasons all{{"MFA", kUnlocked}, {"BypassGovernanceRetention", kUnlocked}};
    return all;
}
const Reasons& listing() {
    static const Reasons all{{"OptionalObjectAttributes", "no object is ever being restored"}};
    return all;
}

}  // namespace

Service s3Service() {
    return {.name = "s3",
            .operations = {
                {"AbortMultipartUpload", abortMultipartUpload, dataEvent, payer()},
                {"CompleteMultipartUpload", completeMultipartUpload, dataEvent, payer()},
                {"CopyObject", copyObject, dataEvent,
                 together({grants(), keys(), payer(), {{"TaggingDirective", "objects have no tags"}}})},
                {"CreateBucket", createBucket, writes,
                 together({grants(),
                           {{"ObjectOwnership", kOpen}, {"CreateBucketConfiguration.Tags", "buckets have no tags"}}})},
                {"CreateMultipartUpload", createMultipartUpload, dataEvent,
                 together({grants(), keys(), payer(), {{"Tagging", "objects have no tags"}}})},
                {"DeleteBucket", deleteBucket},
                {"DeleteObject", deleteObject, dataEvent, together({locks(), payer()})},
                {"DeleteObjects", deleteObjects, dataEvent,
                 together({locks(), payer(), {{"ChecksumAlgorithm", "of the request's own body"}}})},
                {"GetBucketLocation", getBucketLocation, readOnly},
                {"GetObject", getObject, readOnly | dataEvent, payer()},
                {"GetObjectAttributes", getObjectAttributes, readOnly | dataEvent, payer()},
                {"HeadBucket", headBucket, readOnly},
                {"HeadObject", headObject, readOnly | dataEvent, payer()},
                {"ListBuckets", listBuckets, readOnly},
                {"ListMultipartUploads", listMultipartUploads, readOnly | dataEvent, payer()},
                {"ListObjects", listObjects, readOnly | dataEvent, together({listing(), payer()})},
                {"ListObjectsV2", listObjectsV2, readOnly | dataEvent, together({listing(), payer()})},
                {"ListParts", listParts, readOnly | dataEvent, payer()},
                {"PutObject", putObject, dataEvent, together({grants(), keys(), payer()}), prepareBody},
                {"UploadPart", uploadPart, dataEvent,
                 together({payer(), {{"ContentLength", "the body says how long it is"}}}), prepareBody},
                {"UploadPartCopy", uploadPartCopy, dataEvent, payer()},
            }};
}

}  // namespace backlot::s3
