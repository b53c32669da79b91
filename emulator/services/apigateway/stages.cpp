#include "emulator/services/apigateway/stages.h"

#include <algorithm>

#include "emulator/services/apigateway/errors.h"
#include "emulator/services/apigateway/patch.h"
#include "emulator/services/apigateway/rows.h"

namespace backlot::apigateway {

namespace {

/// Everything that answering a request needs; the API may change afterwards.
Json snapshotOf(const Call& call, const std::string& api, const Json& described) {
    Json result = object({{"apiId", api}, {"name", textOr(described, "name")}});
    if (const auto* types = find(described, "binaryMediaTypes")) set(result, "binaryMediaTypes", copy(*types));
    for (const auto kind : {kResource, kAuthorizer, kModel, kValidator, kGatewayResponse}) {
        set(result, kind, array(parts(call, api, kind), [](const Json& part) { return copy(part); }));
    }
    return result;
}

void requireMethods(const Call& call, const std::string& api) {
    bool any = false;
    for (const auto& resource : parts(call, api, kResource)) {
        const auto* methods = find(resource, "resourceMethods");
        if (!methods) continue;
        for (const auto& method : methods->GetObject()) {
            any = true;
            if (!find(method.value, "methodIntegration")) throw badRequest("No integration defined for method");
        }
    }
    if (!any) throw badRequest("The REST API doesn't contain any methods");
}

Json requireStage(const Call& call, const std::string& api, const std::string& name) {
    auto stage = call.getJson(partKey(call, api, kStage, name));
    if (!stage) throw stageNotFound();
    return std::move(*stage);
}

Json requireDeployment(const Call& call, const std::string& api, const std::string& id) {
    auto deployment = call.getJson(partKey(call, api, kDeployment, id));
    if (!deployment) throw deploymentNotFound();
    return std::move(*deployment);
}

void requireStageName(const std::string& name) {
    const bool legal = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '_' || c == '-';
    });
    if (!legal) throw badRequest("Stage name only allows a-zA-Z0-9_-");
}

Json newStage(const Call& call, const Fields& request, const std::string& name, const std::string& deployment) {
    requireStageName(name);
    Json stage =
        object({{"stageName", name},
                {"deploymentId", deployment},
                {"description", request.optionalText("description")},
                {"cacheClusterEnabled", request.valueOr("cacheClusterEnabled", false)},
                {"cacheClusterSize", request.optionalText("cacheClusterSize")},
                {"cacheClusterStatus", request.valueOr("cacheClusterEnabled", false) ? "AVAILABLE" : "NOT_AVAILABLE"},
                {"methodSettings", object()},
                {"documentationVersion", request.optionalText("documentationVersion")},
                {"tracingEnabled", request.valueOr("tracingEnabled", false)},
                {"createdDate", epochSeconds(call.now)},
                {"lastUpdatedDate", epochSeconds(call.now)}});
    for (const char* member : {"variables", "canarySettings", "tags"}) {
        if (const auto* value = request.find(member)) set(stage, member, copy(*value));
    }
    return stage;
}

}  // namespace

Json createDeployment(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId");
    const Json described = requireApi(call, api);
    requireMethods(call, api);
    const std::string id = newId(call, "deployment");
    Json deployment = object(
        {{"id", id}, {"description", request.optionalText("description")}, {"createdDate", epochSeconds(call.now)}});
    call.putJson(partKey(call, api, kDeployment, id), deployment);
    call.putJson(partKey(call, api, kSnapshot, id), snapshotOf(call, api, described));
    if (const auto name = request.optionalText("stageName"); name && !name->empty()) {
        const Key key = partKey(call, api, kStage, *name);
        auto stage = call.getJson(key);
        if (stage) {
            set(*stage, "deploymentId", id);
            set(*stage, "lastUpdatedDate", epochSeconds(call.now));
            if (const auto* variables = request.find("variables")) set(*stage, "variables", copy(*variables));
        } else {
            Json with = copy(request.json());
            erase(with, "description");
            set(with, "description", request.optionalText("stageDescription"));
            stage = newStage(call, Fields(with), *name, id);
        }
        call.putJson(key, *stage);
    } else {
        request.passOver({"stageDescription", "variables", "canarySettings", "tracingEnabled", "cacheClusterEnabled",
                          "cacheClusterSize"});
    }
    return deployment;
}

Json getDeployment(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId");
    requireApi(call, api);
    return requireDeployment(call, api, request.text("deploymentId"));
}

Json getDeployments(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId");
    requireApi(call, api);
    return page(parts(call, api, kDeployment), request);
}

Json updateDeployment(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId"), id = request.text("deploymentId");
    Json deployment = requireDeployment(call, api, id);
    patch(deployment, request, {{"/description"}});
    call.putJson(partKey(call, api, kDeployment, id), deployment);
    return deployment;
}

Json deleteDeployment(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId"), id = request.text("deploymentId");
    requireDeployment(call, api, id);
    for (const auto& stage : parts(call, api, kStage)) {
        if (textOr(stage, "deploymentId") == id)
            throw badRequest("Active stages pointing to this deployment must be moved or deleted");
    }
    call.erase(partKey(call, api, kDeployment, id));
    call.erase(partKey(call, api, kSnapshot, id));
    return object();
}

Json createStage(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId"), name = request.text("stageName"),
                      deployment = request.text("deploymentId");
    requireApi(call, api);
    if (!call.has(partKey(call, api, kDeployment, deployment))) throw badRequest("Deployment id does not exist");
    if (call.has(partKey(call, api, kStage, name))) throw conflict("Stage already exists");
    Json stage = newStage(call, request, name, deployment);
    call.putJson(partKey(call, api, kStage, name), stage);
    return stage;
}

Json getStage(Call& call, const Fields& request) {
    return requireStage(call, request.text("restApiId"), request.text("stageName"));
}

Json getStages(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId");
    requireApi(call, api);
    const auto deployment = request.optionalText("deploymentId");
    Json items(rapidjson::kArrayType);
    for (auto& stage : parts(call, api, kStage)) {
        if (!deployment || textOr(stage, "deploymentId") == *deployment) push(items, std::move(stage));
    }
    return object({{"item", std::move(items)}});
}

Json updateStage(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId"), name = request.text("stageName");
    Json stage = requireStage(call, api, name);
    Json own(rapidjson::kArrayType);  // method settings have a path of their own: /RESOURCE/METHOD/logging/loglevel
    for (const auto* operation : request.items("patchOperations")) {
        const std::string path = textOr(*operation, "path");
        if (path == "/deploymentId" && !call.has(partKey(call, api, kDeployment, textOr(*operation, "value"))))
            throw badRequest("Deployment id does not exist");
        const bool methodSetting =
            path.find("/logging/") != std::string::npos || path.find("/throttling/") != std::string::npos ||
            path.find("/caching/") != std::string::npos || path.find("/metrics/") != std::string::npos;
        if (!methodSetting) push(own, copy(*operation));
    }
    if (own.Size() < request.items("patchOperations").size())
        throw badRequest("Backlot does not keep method settings of stages (logging, throttling, caching, metrics)");
    const Json remaining = object({{"patchOperations", std::move(own)}});
    patch(stage, Fields(remaining),
          {{"/deploymentId"},
           {"/description"},
           {"/variables", PatchField::map},
           {"/tracingEnabled", PatchField::boolean},
           {"/cacheClusterEnabled", PatchField::boolean},
           {"/cacheClusterSize"},
           {"/documentationVersion"},
           {"/clientCertificateId"}});
    set(stage, "lastUpdatedDate", epochSeconds(call.now));
    call.putJson(partKey(call, api, kStage, name), stage);
    return stage;
}

Json deleteStage(Call& call, const Fields& request) {
    const std::string api = request.text("restApiId"), name = request.text("stageName");
    requireStage(call, api, name);
    call.erase(partKey(call, api, kStage, name));
    return object();
}

}  // namespace backlot::apigateway
