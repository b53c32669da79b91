#pragma once
// Source: Amazon S3 API Reference, "Error responses".

#include "emulator/base/aws_error.h"

namespace backlot::s3 {

inline AwsError noSuchBucket(const std::string& bucket) {
    return {"NoSuchBucket", "The specified bucket does not exist", 404, object({{"BucketName", bucket}})};
}
inline AwsError noSuchKey(const std::string& key) {
    return {"NoSuchKey", "The specified key does not exist.", 404, object({{"Key", key}})};
}
inline AwsError invalidBucketName(const std::string& bucket) {
    return {"InvalidBucketName", "The specified bucket is not valid.", 400, object({{"BucketName", bucket}})};
}
inline AwsError bucketAlreadyExists(const std::string& bucket) {
    return {"BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
            "Please select a different name and try again.",
            409, object({{"BucketName", bucket}})};
}
inline AwsError bucketAlreadyOwnedByYou(const std::string& bucket) {
    return {"BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.", 409,
            object({{"BucketName", bucket}})};
}
inline AwsError bucketNotEmpty(const std::string& bucket) {
    return {"BucketNotEmpty", "The bucket you tried to delete is not empty", 409, object({{"BucketName", bucket}})};
}
inline AwsError preconditionFailed(const std::string& condition) {
    return {"PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412,
            object({{"Condition", condition}})};
}
inline AwsError invalidRequest(std::string message) { return {"InvalidRequest", std::move(message), 400}; }
inline AwsError invalidArgument(std::string message) { return {"InvalidArgument", std::move(message), 400}; }

}  // namespace backlot::s3
