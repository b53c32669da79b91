#pragma once

#include "emulator/world/call.h"

namespace backlot::s3 {

/// Bucket names are shared by all accounts. Throws NoSuchBucket.
void requireBucket(Call& call, const std::string& bucket);
/// The same of the request's Bucket; throws AccessDenied where ExpectedBucketOwner is not its owner.
void requireBucket(Call& call, const Fields& request);
/// The canonical id that stands for an account as an owner.
Json ownerOf(const std::string& account);

Json createBucket(Call& call, const Fields& request);
Json deleteBucket(Call& call, const Fields& request);
Json getBucketLocation(Call& call, const Fields& request);
Json headBucket(Call& call, const Fields& request);
Json listBuckets(Call& call, const Fields& request);

}  // namespace backlot::s3
