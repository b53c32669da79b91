#pragma once

#include "emulator/services/ses/errors.h"
#include "emulator/world/call.h"

namespace backlot::ses {

/// Throws ConfigurationSetDoesNotExist(Exception) / NotFoundException.
void requireConfigurationSet(Call& call, Api api, const std::string& name);

// API v1.  Differs: event destinations are kept and checked, and nothing is published to them.
Json createConfigurationSet(Call& call, const Fields& request);
Json deleteConfigurationSet(Call& call, const Fields& request);
Json describeConfigurationSet(Call& call, const Fields& request);
Json listConfigurationSets(Call& call, const Fields& request);
Json createConfigurationSetEventDestination(Call& call, const Fields& request);
Json deleteConfigurationSetEventDestination(Call& call, const Fields& request);
// API v2
Json createConfigurationSetV2(Call& call, const Fields& request);
Json getConfigurationSet(Call& call, const Fields& request);
Json deleteConfigurationSetV2(Call& call, const Fields& request);
Json listConfigurationSetsV2(Call& call, const Fields& request);

}  // namespace backlot::ses
