#pragma once
// What a request may ask of S3 and Backlot's S3 has not.

#include "emulator/base/json.h"
#include "emulator/world/call.h"

namespace backlot::s3 {

/// Throws NotImplemented (501) where the request has a member that asks for what is not here: keys of the customer's
/// own, object locks, checksums of later kinds, appending, directory buckets.
void refuseWhatIsNotHere(const Fields& request);

/// Buckets have no versions: an object's version is "null". Throws InvalidArgument for any other VersionId.
void requireNoVersion(const Fields& request, std::string_view member = "VersionId");

/// Throws AccessDenied where ExpectedBucketOwner is another account than the bucket's.
void requireOwner(const Fields& request, std::string_view member, std::string_view owner);

}  // namespace backlot::s3
