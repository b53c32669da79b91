#pragma once
// HTTP APIs and their parts as rows, and the operations that all parts have.
//   http-api   ACCOUNT REGION ID          the API as GetApi answers it, and "revision", which each change counts up
//   http-part  ID KIND PART               its routes, integrations, authorizers, stages, deployments, as they are
//   answered http-taken ID DEPLOYMENT              what was deployed: {"api", "routes", "integrations", "authorizers"}
//   owner      ID                         as REST APIs have it (rows.h), with "http": true

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/world/operation.h"

namespace backlot::apigateway::http_apis {

/// A kind of part: its members as requests bring and answers show them, and what is checked before it is stored.
struct PartKind {
    std::string_view name;      // of its rows: "route"
    std::string_view idMember;  // "RouteId"
    std::vector<std::string_view> members;
    std::string_view shown;  // in "Unable to find Route by id x within apiId y"
    /// Fills in defaults and throws BadRequestException, ConflictException where `part` cannot be. `before` is null for
    /// a new one.
    void (*check)(Call& call, const Json& api, Json& part, const Json* before);
};
extern const PartKind kRoutes, kIntegrations, kAuthorizers, kStages, kDeployments;

Key httpApiKey(const Call& call, std::string_view apiId);
Key partsKey(std::string_view apiId, const PartKind& kind);
Key takenKey(std::string_view apiId, std::string_view deploymentId);

std::optional<Json> findHttpApi(const Call& call, std::string_view account, std::string_view region,
                                std::string_view apiId);
/// Throws NotFoundException "Invalid API identifier specified".
Json requireHttpApi(const Call& call, std::string_view apiId);
/// By id.
std::vector<Json> partsOf(const Call& call, std::string_view apiId, const PartKind& kind);
std::optional<Json> findPart(const Call& call, std::string_view apiId, const PartKind& kind, std::string_view id);
/// Throws NotFoundException.
Json requirePart(const Call& call, std::string_view apiId, const PartKind& kind, std::string_view id);
/// Stores a part as it is, and counts the API's revision up.
void savePart(Call& call, const std::string& apiId, const PartKind& kind, const Json& part);
void saveApi(Call& call, Json api);
/// Adds a part made of `members` of the request: as Create… does. The part as stored.
Json addPart(Call& call, const std::string& apiId, const PartKind& kind, const Fields& request);

/// Create…, Get…, Get…s, Update…, Delete… of a kind.  Throw BadRequestException, ConflictException, NotFoundException.
/// Source: Amazon API Gateway Version 2 API Reference.
OperationFunction creates(const PartKind& kind);
OperationFunction gets(const PartKind& kind);
OperationFunction lists(const PartKind& kind);
OperationFunction updates(const PartKind& kind);
OperationFunction deletes(const PartKind& kind);

/// {"Items": […], "NextToken"?}: MaxResults (a text, as in the API) from NextToken on.
Json itemsPage(const Fields& request, std::vector<Json> items);

}  // namespace backlot::apigateway::http_apis
