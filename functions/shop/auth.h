#pragma once

#include <string>

#include "functions/sdk/context.h"
#include "functions/sdk/event.h"

namespace shop {

using namespace backlot::sdk;

/// Who is calling, as the token says. `role` is "admin" or "customer".
struct Caller {
    std::string userId, email, role;
    bool isAdmin() const { return role == "admin"; }
};

/// A token that login hands out; it expires after TOKEN_LIFETIME_SECONDS.
std::string issueToken(Context& context, const Caller& caller);
/// From `Authorization: Bearer TOKEN`. Throws HttpError 401.
Caller authenticate(const ApiRequest& request, Context& context);
/// The same, for administrators alone. Throws HttpError 401, 403.
Caller authenticateAdmin(const ApiRequest& request, Context& context);

}  // namespace shop
