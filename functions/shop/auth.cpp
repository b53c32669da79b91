#include "functions/shop/auth.h"

#include "functions/sdk/crypto.h"
#include "functions/sdk/errors.h"
#include "functions/sdk/http.h"

namespace shop {

std::string issueToken(Context& context, const Caller& caller) {
    const auto now = epochSeconds(context.now());
    const std::int64_t lifetime = std::stoll(context.env("TOKEN_LIFETIME_SECONDS", "86400"));
    return signJwt(object({{"sub", caller.userId},
                           {"email", caller.email},
                           {"role", caller.role},
                           {"iat", now},
                           {"exp", now + lifetime}}),
                   context.env("JWT_SECRET"));
}

Caller authenticate(const ApiRequest& request, Context& context) {
    const auto header = request.header("Authorization").value_or("");
    if (header.size() < 8 || !sameIgnoringCase(std::string_view(header).substr(0, 7), "Bearer "))
        throw HttpError(401, "Authorization must be a Bearer token.");
    const auto claims = verifyJwt(std::string_view(header).substr(7), context.env("JWT_SECRET"), context.now());
    if (!claims) throw HttpError(401, "The token is invalid or has expired.");
    return {textOr(*claims, "sub"), textOr(*claims, "email"), textOr(*claims, "role")};
}

Caller authenticateAdmin(const ApiRequest& request, Context& context) {
    auto caller = authenticate(request, context);
    if (!caller.isAdmin()) throw HttpError(403, "Only an administrator may do this.");
    return caller;
}

}  // namespace shop
