#include "emulator/services/s3/buckets.h"
#include "emulator/services/s3/listing.h"
#include "emulator/services/s3/objects.h"
#include "emulator/services/s3/service.h"

namespace backlot::s3 {

Service s3Service() {
    return {.name = "s3",
            .operations = {
                {"CopyObject", copyObject, dataEvent},
                {"CreateBucket", createBucket},
                {"DeleteBucket", deleteBucket},
                {"DeleteObject", deleteObject, dataEvent},
                {"DeleteObjects", deleteObjects, dataEvent},
                {"GetBucketLocation", getBucketLocation, readOnly},
                {"GetObject", getObject, readOnly | dataEvent},
                {"HeadBucket", headBucket, readOnly},
                {"HeadObject", headObject, readOnly | dataEvent},
                {"ListBuckets", listBuckets, readOnly},
                {"ListObjects", listObjects, readOnly | dataEvent},
                {"ListObjectsV2", listObjectsV2, readOnly | dataEvent},
                {"PutObject", putObject, dataEvent, {}, prepareObject},
            }};
}

}  // namespace backlot::s3
