#pragma once
// JSON Web Tokens as JWT authorizers check them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/base/time.h"

namespace backlot::apigateway::http_apis {

struct Token {
    Json header, claims;
    std::string signedPart, signature;  // "HEADER.CLAIMS" as it stands; the signature's bytes
};

/// Nothing where the text is no token.
std::optional<Token> parseToken(std::string_view text);

/// Whether the token is signed by a key of the set: RS256, RS384 or RS512 by the key with its "kid".
/// `keys` is a JWK set: {"keys": [{"kty", "kid", "n", "e"} …]}.
bool isSignedBy(const Token& token, const Json& keys);

/// Why a token's claims do not do, in AWS's words; empty: they do. `now` is the world's clock.
/// Source: API Gateway Developer Guide, "Control access to HTTP APIs with JWT authorizers".
std::string faultOf(const Token& token, const Json& jwtConfiguration, Time now);

/// The token's scopes: of "scope", or of "scp".
std::vector<std::string> scopesOf(const Token& token);

/// The claims as texts, as requestContext shows them: {"claims": {…}, "scopes": […] or null}.
Json authorizerContext(const Token& token, const std::vector<std::string>& wantedScopes);

}  // namespace backlot::apigateway::http_apis
