#pragma once
// Who may use a route: signatures, JWTs, and what an authorizer's function said.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/services/apigateway/http_apis/requests.h"

namespace backlot::apigateway::http_apis {

/// The values of the authorizer's identity sources; nothing where one is missing.
std::optional<std::vector<std::string>> identityOf(const Json& authorizer, const HttpTarget& target,
                                                   const ApiRequest& request);

/// The token that the request brings for a JWT authorizer, without "Bearer "; empty: none.
std::string tokenOf(const Json& authorizer, const HttpTarget& target, const ApiRequest& request);

/// A JWT's fate: its requestContext.authorizer, or the answer that refuses it. `keys` are null where the issuer could
/// not be asked.
std::variant<Json, ApiResponse> judgeToken(const HttpTarget& target, std::string_view token, const Json& keys);
/// 401, with what is wrong in WWW-Authenticate.
ApiResponse unauthorized(std::string_view fault = {});

/// What a function answered in the authorizer's format: its requestContext.authorizer, or the answer that refuses.
std::variant<Json, ApiResponse> judgeDecision(const HttpTarget& target, const ApiRequest& request,
                                              const Json& decision);

/// Asks the issuer for its keys, after the commit; ReceiveKeys brings them.
void askForKeys(Call& call, HttpGateway& gateway, const std::string& issuer, const std::string& requestId);

}  // namespace backlot::apigateway::http_apis
