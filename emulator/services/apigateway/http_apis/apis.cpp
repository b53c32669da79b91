#include "emulator/services/apigateway/http_apis/apis.h"

#include "emulator/base/arn.h"
#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/http_apis/parts.h"
#include "emulator/services/apigateway/rows.h"

namespace backlot::apigateway::http_apis {
namespace {

constexpr std::string_view kMembers[] = {"ApiKeySelectionExpression",
                                         "CorsConfiguration",
                                         "Description",
                                         "DisableExecuteApiEndpoint",
                                         "DisableSchemaValidation",
                                         "IpAddressType",
                                         "Name",
                                         "ProtocolType",
                                         "RouteSelectionExpression",
                                         "Tags",
                                         "Version"};

/// An integration with a function's ARN or an URL.
Json quickIntegration(const Fields& request) {
    const std::string target = request.text("Target");
    const bool function = target.starts_with("arn:");
    return object({{"IntegrationType", function ? "AWS_PROXY" : "HTTP_PROXY"},
                   {"IntegrationUri", target},
                   {"CredentialsArn", request.optionalText("CredentialsArn")},
                   {"IntegrationMethod", function ? "POST" : "ANY"},
                   {"PayloadFormatVersion", function ? "2.0" : "1.0"}});
}

Json managed(Call& call, const std::string& apiId, const PartKind& kind, const Json& request) {
    Json part = addPart(call, apiId, kind, request);
    set(part, "ApiGatewayManaged", true);
    savePart(call, apiId, kind, part);
    return part;
}

void quickCreate(Call& call, const std::string& apiId, const Fields& request) {
    const Json integration = managed(call, apiId, kIntegrations, quickIntegration(request));
    managed(call, apiId, kRoutes,
            object({{"RouteKey", request.valueOr("RouteKey", "$default")},
                    {"Target", "integrations/" + textOr(integration, "IntegrationId")}}));
    managed(call, apiId, kStages, object({{"StageName", "$default"}, {"AutoDeploy", true}}));
}

/// The part of the kind that CreateApi made by itself.
std::optional<Json> managedPart(const Call& call, const std::string& apiId, const PartKind& kind) {
    for (auto& part : partsOf(call, apiId, kind))
        if (boolOr(part, "ApiGatewayManaged", false)) return std::move(part);
    return std::nullopt;
}

void quickUpdate(Call& call, const std::string& apiId, const Fields& request) {
    auto integration = managedPart(call, apiId, kIntegrations), route = managedPart(call, apiId, kRoutes);
    if (!integration || !route) throw badRequest("The API was not made by quick create: it has no target of its own.");
    if (request.has("Target")) {
        Json members = quickIntegration(request);
        for (auto& member : members.GetObject()) set(*integration, view(member.name), std::move(member.value));
        savePart(call, apiId, kIntegrations, *integration);
    }
    if (const auto key = request.optionalText("RouteKey")) {
        set(*route, "RouteKey", *key);
        savePart(call, apiId, kRoutes, *route);
    }
}

/// The part of the ARN that tells what is tagged.
struct Tagged {
    std::string apiId, stage;  // stage empty: the API
};
Tagged taggedOf(const std::string& text) {
    const auto arn = parseArn(text);
    constexpr std::string_view apis = "/apis/", stages = "/stages/";
    if (!arn || arn->service != "apigateway" || !arn->resource.starts_with(apis))
        throw notFound("Unable to find a resource with the ARN " + text);
    std::string rest = arn->resource.substr(apis.size());
    const auto at = rest.find(stages);
    if (at == std::string::npos) return {rest, {}};
    return {rest.substr(0, at), rest.substr(at + stages.size())};
}

/// Changes the tags of an API or a stage.
template <typename Change>
Json changeTags(Call& call, const Fields& request, const Change& change) {
    const Tagged tagged = taggedOf(request.text("ResourceArn"));
    Json api = requireHttpApi(call, tagged.apiId);
    if (tagged.stage.empty()) {
        Json tags = find(api, "Tags") ? copy(*find(api, "Tags")) : object();
        change(tags);
        set(api, "Tags", std::move(tags));
        saveApi(call, std::move(api));
    } else {
        Json stage = requirePart(call, tagged.apiId, kStages, tagged.stage);
        Json tags = copy(*find(stage, "Tags"));
        change(tags);
        set(stage, "Tags", std::move(tags));
        savePart(call, tagged.apiId, kStages, stage);
    }
    return object();
}

}  // namespace

Json shown(Json api) {
    erase(api, "revision");
    return api;
}

Json makeApi(const Settings& settings, Call& call, Json members) {
    const std::string id = newId(call, "api", 10);
    call.about(id);
    const auto unlessThere = [&](std::string_view member, JsonItem value) {
        if (!find(members, member)) set(members, member, std::move(value));
    };
    set(members, "ApiId", id);
    set(members, "ApiEndpoint", settings.endpoint + "/_aws/execute-api/" + id);
    set(members, "CreatedDate", iso8601Seconds(call.now));
    unlessThere("ProtocolType", "HTTP");
    unlessThere("ApiKeySelectionExpression", "$request.header.x-api-key");
    unlessThere("RouteSelectionExpression", "$request.method $request.path");
    unlessThere("DisableExecuteApiEndpoint", false);
    unlessThere("IpAddressType", "ipv4");
    unlessThere("Tags", object());
    call.putJson(ownerKey(id), object({{"account", call.account}, {"region", call.region}, {"http", true}}));
    saveApi(call, copy(members));
    return members;
}

Json createApi(const Settings& settings, Call& call, const Fields& request) {
    if (request.text("ProtocolType") != "HTTP")
        throw badRequest("Backlot has no WebSocket APIs yet: ProtocolType must be HTTP.");
    Json members = object();
    for (const auto member : kMembers)
        if (const Json* value = request.find(member)) set(members, member, copy(*value));
    const Json api = makeApi(settings, call, std::move(members));
    const std::string id = textOr(api, "ApiId");
    if (request.has("Target")) quickCreate(call, id, request);
    return shown(requireHttpApi(call, id));
}

Json getApi(Call& call, const Fields& request) {
    call.about(request.text("ApiId"));
    return shown(requireHttpApi(call, request.text("ApiId")));
}

Json getApis(Call& call, const Fields& request) {
    auto apis = rowsOf(call, Key("http-api").text(call.account).text(call.region));
    for (auto& api : apis) api = shown(std::move(api));
    return itemsPage(request, std::move(apis));
}

Json updateApi(Call& call, const Fields& request) {
    const std::string id = request.text("ApiId");
    call.about(id);
    Json api = requireHttpApi(call, id);
    for (const auto member : kMembers)
        if (const Json* value = request.find(member)) set(api, member, copy(*value));
    saveApi(call, std::move(api));
    if (request.has("Target") || request.has("RouteKey")) quickUpdate(call, id, request);
    return shown(requireHttpApi(call, id));
}

Json deleteApi(Call& call, const Fields& request) {
    const std::string id = request.text("ApiId");
    call.about(id);
    requireHttpApi(call, id);
    call.erasePrefix(Key("http-part").text(id));
    call.erasePrefix(Key("http-taken").text(id));
    call.erase(ownerKey(id));
    call.erase(httpApiKey(call, id));
    return object();
}

Json deleteCorsConfiguration(Call& call, const Fields& request) {
    Json api = requireHttpApi(call, request.text("ApiId"));
    erase(api, "CorsConfiguration");
    saveApi(call, std::move(api));
    return object();
}

Json taken(const Call& call, const Json& api) {
    const std::string id = textOr(api, "ApiId");
    const auto all = [&](const PartKind& kind) {
        return array(partsOf(call, id, kind), [](const Json& part) { return copy(part); });
    };
    return object({{"api", copy(api)},
                   {"routes", all(kRoutes)},
                   {"integrations", all(kIntegrations)},
                   {"authorizers", all(kAuthorizers)}});
}

Json createDeployment(Call& call, const Fields& request) {
    const std::string apiId = request.text("ApiId");
    call.about(apiId);
    const Json api = requireHttpApi(call, apiId);
    if (partsOf(call, apiId, kRoutes).empty())
        throw badRequest("Unable to deploy API because no routes exist in this API");
    const auto stageName = request.optionalText("StageName");
    std::optional<Json> stage;
    if (stageName) {
        stage = requirePart(call, apiId, kStages, *stageName);
        if (boolOr(*stage, "AutoDeploy", false))
            throw badRequest("Deployment ID cannot be set on stages where AutoDeploy is enabled");
    }
    const Json deployment = addPart(call, apiId, kDeployments, request);
    const std::string id = textOr(deployment, "DeploymentId");
    call.putJson(takenKey(apiId, id), taken(call, api));
    if (stage) {
        set(*stage, "DeploymentId", id);
        set(*stage, "LastUpdatedDate", iso8601Seconds(call.now));
        savePart(call, apiId, kStages, *stage);
    }
    return copy(deployment);
}

Json tagResource(Call& call, const Fields& request) {
    const Fields added = request.child("Tags");
    return changeTags(call, request, [&](Json& tags) {
        for (const auto& tag : added.json().GetObject()) set(tags, view(tag.name), copy(tag.value));
    });
}

Json untagResource(Call& call, const Fields& request) {
    const auto keys = request.texts("TagKeys");
    return changeTags(call, request, [&](Json& tags) {
        for (const auto& key : keys) erase(tags, key);
    });
}

Json getTags(Call& call, const Fields& request) {
    const Tagged tagged = taggedOf(request.text("ResourceArn"));
    const Json found = tagged.stage.empty() ? requireHttpApi(call, tagged.apiId)
                                            : requirePart(call, tagged.apiId, kStages, tagged.stage);
    const Json* tags = find(found, "Tags");
    return object({{"Tags", tags ? copy(*tags) : object()}});
}

}  // namespace backlot::apigateway::http_apis
