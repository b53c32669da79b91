#pragma once

#include "emulator/services/ses/errors.h"
#include "emulator/world/call.h"

namespace backlot::ses {

/// The configuration set of the sender's identity: the address's, or else its domain's; empty where it has none.
std::string configurationSetOfSender(Call& call, const std::string& from);

// Identities that were named; each is verified from the start, and so is every other one.
// Source of all: Amazon SES API Reference (v1 and v2); recorded answers of AWS.

// API v1

/// Throws InvalidParameterValue for what is no address.
Json verifyEmailIdentity(Call& call, const Fields& request);
/// Answers what the domain's owner would put into its DNS: the same each time.
Json verifyDomainIdentity(Call& call, const Fields& request);
/// The same with three tokens for DKIM.
Json verifyDomainDkim(Call& call, const Fields& request);
/// Addresses and domains, or those of one IdentityType.
Json listIdentities(Call& call, const Fields& request);
Json listVerifiedEmailAddresses(Call& call, const Fields& request);
/// Of those that were named; others stay out.
Json getIdentityVerificationAttributes(Call& call, const Fields& request);
/// One that is not there is no error.
Json deleteIdentity(Call& call, const Fields& request);

// API v2, of the same identities. What names one that is not there throws NotFoundException.

/// Throws AlreadyExistsException, NotFoundException for the configuration set. The private key of DkimSigningAttributes
/// is not kept: nothing is signed.
Json createEmailIdentity(Call& call, const Fields& request);
Json getEmailIdentity(Call& call, const Fields& request);
Json deleteEmailIdentity(Call& call, const Fields& request);
Json listEmailIdentities(Call& call, const Fields& request);

}  // namespace backlot::ses
