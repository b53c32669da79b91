#pragma once

#include "emulator/services/sns/topic.h"

namespace backlot::sns {

// Platform applications and endpoints for mobile push: kept and shown.
// Differs: nothing is pushed; Subscribe and Publish say so for endpoints of platforms.
Json createPlatformApplication(Sns& sns, Call& call, const Fields& request);
Json deletePlatformApplication(Sns& sns, Call& call, const Fields& request);
Json getPlatformApplicationAttributes(Sns& sns, Call& call, const Fields& request);
Json setPlatformApplicationAttributes(Sns& sns, Call& call, const Fields& request);
Json listPlatformApplications(Sns& sns, Call& call, const Fields& request);
Json createPlatformEndpoint(Sns& sns, Call& call, const Fields& request);
Json deleteEndpoint(Sns& sns, Call& call, const Fields& request);
Json getEndpointAttributes(Sns& sns, Call& call, const Fields& request);
Json setEndpointAttributes(Sns& sns, Call& call, const Fields& request);
Json listEndpointsByPlatformApplication(Sns& sns, Call& call, const Fields& request);

}  // namespace backlot::sns
