#pragma once

#include "emulator/services/ses/errors.h"
#include "emulator/world/call.h"

namespace backlot::ses {

// Identities that were named; each is verified from the start, and so is every other one.
// API v1
Json verifyEmailIdentity(Call& call, const Fields& request);
Json verifyDomainIdentity(Call& call, const Fields& request);
Json verifyDomainDkim(Call& call, const Fields& request);
Json listIdentities(Call& call, const Fields& request);
Json listVerifiedEmailAddresses(Call& call, const Fields& request);
Json getIdentityVerificationAttributes(Call& call, const Fields& request);
Json deleteIdentity(Call& call, const Fields& request);
// API v2
Json createEmailIdentity(Call& call, const Fields& request);
Json getEmailIdentity(Call& call, const Fields& request);
Json deleteEmailIdentity(Call& call, const Fields& request);
Json listEmailIdentities(Call& call, const Fields& request);

}  // namespace backlot::ses
