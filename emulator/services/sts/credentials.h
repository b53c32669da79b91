#pragma once

#include "emulator/world/operation.h"

namespace backlot::sts {

/// Every caller counts as the root of the account that it is signed for.
/// Differs: calls signed with credentials from AssumeRole are answered as the root's, too.
Json getCallerIdentity(Call& call, const Fields& request);
/// Throws ValidationError, InvalidParameterValue.  Source: AWS STS API Reference.
/// Differs: any role can be assumed, also one that does not exist; trust policies are not asked.
Json assumeRole(Call& call, const Fields& request);
/// Differs: the token's signature and issuer are not checked.
Json assumeRoleWithWebIdentity(Call& call, const Fields& request);
Json getSessionToken(Call& call, const Fields& request);
Json getFederationToken(Call& call, const Fields& request);
Json getAccessKeyInfo(Call& call, const Fields& request);
/// Internal: {"SecretAccessKey"} of the temporary {"AccessKeyId"}; empty where there is none. Throws
/// ExpiredTokenException.
/// Differs: the session token is not asked for.
Json findSecret(Call& call, const Fields& request);

}  // namespace backlot::sts
