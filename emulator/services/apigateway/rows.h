#pragma once
// Where the parts of a REST API lie.
//   api      ACCOUNT REGION ID              the API as GetRestApi answers it
//   part     ACCOUNT REGION ID KIND NAME    its resources, authorizers, models, …
//   owner    ID                             {"account", "region"}: a request to the API knows the id alone
//   account  ACCOUNT REGION KIND ID         what belongs to no API: keys and usage plans

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/call.h"

namespace backlot::apigateway {

/// Kinds of parts.
inline constexpr std::string_view kResource = "resource", kDeployment = "deployment", kSnapshot = "snapshot",
                                  kStage = "stage", kAuthorizer = "authorizer", kModel = "model",
                                  kValidator = "validator", kGatewayResponse = "gatewayresponse";
/// Kinds of what belongs to the account.
inline constexpr std::string_view kApiKey = "apikey", kUsagePlan = "usageplan", kUsagePlanKey = "usageplankey",
                                  kUsage = "usage", kAccount = "account";

Key apiKey(const Call& call, std::string_view apiId);
Key ownerKey(std::string_view apiId);
Key partKey(const Call& call, std::string_view apiId, std::string_view kind);
Key partKey(const Call& call, std::string_view apiId, std::string_view kind, std::string_view name);
Key accountKey(const Call& call, std::string_view kind);
Key accountKey(const Call& call, std::string_view kind, std::string_view id);

std::optional<Json> findApi(const Call& call, std::string_view apiId);
/// Throws NotFoundException "Invalid API identifier specified ACCOUNT:ID".
Json requireApi(const Call& call, std::string_view apiId);
std::vector<Json> parts(const Call& call, std::string_view apiId, std::string_view kind);
std::vector<Json> rowsOf(const Call& call, const Key& prefix);

/// Lower-case letters and digits, as AWS's ids are: 10 for an API, 6 for most of its parts.
std::string newId(Call& call, std::string_view kind, std::size_t length = 6);

/// A page of `items`: `limit` (25 by default, 500 at most) from `position` on. {"items": […], "position"?: …}.
Json page(std::vector<Json> items, const Fields& request);

}  // namespace backlot::apigateway
