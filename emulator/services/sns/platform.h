#pragma once

#include "emulator/services/sns/topic.h"

namespace backlot::sns {

// Platform applications and endpoints for mobile push: kept and shown. What names one that is not there throws
// NotFoundException, but for the deletions; what is no ARN is an InvalidParameterException.
// Differs: nothing is pushed; Subscribe and Publish say so for endpoints of platforms.
// Source of all: Amazon SNS API Reference; recorded answers of AWS.

/// Makes the application, or puts its attributes anew. Throws InvalidParameterException (name, platform, credentials
/// that the platform does not have), ValidationError (no attributes).
Json createPlatformApplication(Sns& sns, Call& call, const Fields& request);
/// With its endpoints.
Json deletePlatformApplication(Sns& sns, Call& call, const Fields& request);
/// Without credentials.
Json getPlatformApplicationAttributes(Sns& sns, Call& call, const Fields& request);
/// Changes the attributes that are named. Throws ValidationError where there are none.
Json setPlatformApplicationAttributes(Sns& sns, Call& call, const Fields& request);
/// Those of the caller's account and region.
Json listPlatformApplications(Sns& sns, Call& call, const Fields& request);
/// An endpoint for a device's Token; the same again answers the ARN it has. Throws InvalidParameterException where the
/// token has one with other attributes.
Json createPlatformEndpoint(Sns& sns, Call& call, const Fields& request);
Json deleteEndpoint(Sns& sns, Call& call, const Fields& request);
Json getEndpointAttributes(Sns& sns, Call& call, const Fields& request);
/// Changes the attributes that are named.
Json setEndpointAttributes(Sns& sns, Call& call, const Fields& request);
Json listEndpointsByPlatformApplication(Sns& sns, Call& call, const Fields& request);

}  // namespace backlot::sns
