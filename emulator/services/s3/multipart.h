#pragma once
// Objects that are uploaded in parts.
// Source: Amazon S3 API Reference, "CreateMultipartUpload" and the operations it names.

#include "emulator/world/call.h"

namespace backlot::s3 {

/// Ends the uploads under way in a bucket that is deleted.
void forgetUploads(Call& call, const std::string& bucket);

/// Throws InvalidRequest where a ChecksumType does not go with its algorithm.
Json createMultipartUpload(Call& call, const Fields& request);
/// Throws NoSuchUpload, InvalidArgument (PartNumber), InvalidRequest (another checksum than the upload's), BadDigest.
Json uploadPart(Call& call, const Fields& request);
/// Throws NoSuchUpload, and what GetObject does of the source.
Json uploadPartCopy(Call& call, const Fields& request);
/// Throws NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall (a part but the last below 5 MiB),
/// InvalidRequest, BadDigest, PreconditionFailed.
/// Differs: a second completion of an upload is NoSuchUpload at once.
Json completeMultipartUpload(Call& call, const Fields& request);
Json abortMultipartUpload(Call& call, const Fields& request);
Json listParts(Call& call, const Fields& request);
Json listMultipartUploads(Call& call, const Fields& request);

}  // namespace backlot::s3
