#include "emulator/services/s3/description.h"

#include <algorithm>

extern "C" const char backlot_model_s3[], backlot_model_s3_end[];

namespace backlot::s3 {
namespace {

/// The bucket in a Host like "assets.s3.eu-central-1.localhost:4566" or "assets.localhost"; empty where the path
/// names it.
std::string_view bucketOfHost(std::string_view host) {
    host = host.substr(0, host.find(':'));
    if (host.starts_with("s3.") || host.starts_with("s3-")) return {};
    if (const auto s3 = std::min(host.find(".s3."), host.find(".s3-")); s3 != std::string_view::npos)
        return host.substr(0, s3);
    if (host.ends_with(".localhost")) return host.substr(0, host.size() - 10);
    return {};
}

}  // namespace

const ServiceDescription description{
    .name = "s3",
    .model = {backlot_model_s3, backlot_model_s3_end},
    .protocols = {"rest-xml"},
    .endpointPrefix = "s3",
    .signingName = "s3",
    .apiVersion = "2006-03-01",
    .openToPages = {"GetObject", "HeadObject"},
    .rest = {.objectStore = true,
             .hostLabel = bucketOfHost,
             .xmlNamespace = "http://s3.amazonaws.com/doc/2006-03-01/",
             // Root elements of answers, which the model does not name.  Source: Amazon S3 API Reference.
             .xmlRoots = {{"ListBuckets", "ListAllMyBucketsResult"},
                          {"ListObjects", "ListBucketResult"},
                          {"ListObjectsV2", "ListBucketResult"},
                          {"ListObjectVersions", "ListVersionsResult"},
                          {"DeleteObjects", "DeleteResult"},
                          {"GetBucketLocation", "LocationConstraint"},
                          {"CreateMultipartUpload", "InitiateMultipartUploadResult"},
                          {"CompleteMultipartUpload", "CompleteMultipartUploadResult"},
                          {"ListParts", "ListPartsResult"},
                          {"ListMultipartUploads", "ListMultipartUploadsResult"},
                          {"GetObjectTagging", "Tagging"},
                          {"GetBucketTagging", "Tagging"},
                          {"GetBucketVersioning", "VersioningConfiguration"},
                          {"GetBucketCors", "CORSConfiguration"},
                          {"GetBucketLifecycleConfiguration", "LifecycleConfiguration"},
                          {"GetBucketNotificationConfiguration", "NotificationConfiguration"}},
             .errorEnvelope = false},
    .validation = {.style = ValidationManners::Style::none},
    // As the SDK for Java 2 sends a text.
    .tasks = {.sdk = "s3",
              .sdkErrors = "S3",
              .sdkDefaults = {{"PutObject", "ContentType", "text/plain; charset=UTF-8"},
                              {"PutObject", "ChecksumAlgorithm", "CRC32"}},
              .extendedRequestId = true},
};

}  // namespace backlot::s3
