#include "emulator/services/apigateway/http_apis/apis.h"
#include "emulator/services/apigateway/http_apis/parts.h"
#include "emulator/services/apigateway/service.h"

namespace backlot::apigateway {
namespace {

using namespace http_apis;

/// {"ApiId", "StageName"}: the stage without what it says of one route, or of access logs.
Json deleteAccessLogSettings(Call& call, const Fields& request) {
    const std::string apiId = request.text("ApiId");
    requireHttpApi(call, apiId);
    Json stage = requirePart(call, apiId, kStages, request.text("StageName"));
    erase(stage, "AccessLogSettings");
    savePart(call, apiId, kStages, stage);
    return object();
}

Json deleteRouteSettings(Call& call, const Fields& request) {
    const std::string apiId = request.text("ApiId");
    requireHttpApi(call, apiId);
    Json stage = requirePart(call, apiId, kStages, request.text("StageName"));
    if (Json* settings = find(stage, "RouteSettings")) erase(*settings, request.text("RouteKey"));
    savePart(call, apiId, kStages, stage);
    return object();
}

}  // namespace

Service apigatewayV2Service(std::string endpoint) {
    const auto with = [settings = http_apis::Settings{std::move(endpoint)}](auto operation) {
        return [settings, operation](Call& call, const Fields& request) -> Reply {
            return operation(settings, call, request);
        };
    };
    return {.name = "apigatewayv2",
            .operations =
                {
                    {"CreateApi", with(http_apis::createApi)},
                    {"CreateAuthorizer", creates(kAuthorizers)},
                    {"CreateDeployment", http_apis::createDeployment},
                    {"CreateIntegration", creates(kIntegrations)},
                    {"CreateRoute", creates(kRoutes)},
                    {"CreateStage", creates(kStages)},
                    {"DeleteAccessLogSettings", deleteAccessLogSettings},
                    {"DeleteApi", http_apis::deleteApi},
                    {"DeleteAuthorizer", deletes(kAuthorizers)},
                    {"DeleteCorsConfiguration", http_apis::deleteCorsConfiguration},
                    {"DeleteDeployment", deletes(kDeployments)},
                    {"DeleteIntegration", deletes(kIntegrations)},
                    {"DeleteRoute", deletes(kRoutes)},
                    {"DeleteRouteSettings", deleteRouteSettings},
                    {"DeleteStage", deletes(kStages)},
                    {"GetApi", http_apis::getApi, readOnly},
                    {"GetApis", http_apis::getApis, readOnly},
                    {"GetAuthorizer", gets(kAuthorizers), readOnly},
                    {"GetAuthorizers", lists(kAuthorizers), readOnly},
                    {"GetDeployment", gets(kDeployments), readOnly},
                    {"GetDeployments", lists(kDeployments), readOnly},
                    {"GetIntegration", gets(kIntegrations), readOnly},
                    {"GetIntegrations", lists(kIntegrations), readOnly},
                    {"GetRoute", gets(kRoutes), readOnly},
                    {"GetRoutes", lists(kRoutes), readOnly},
                    {"GetStage", gets(kStages), readOnly},
                    {"GetStages", lists(kStages), readOnly},
                    {"GetTags", http_apis::getTags, readOnly},
                    {"ImportApi", with(http_apis::importApi)},
                    {"ReimportApi", http_apis::reimportApi},
                    {"TagResource", http_apis::tagResource},
                    {"UntagResource", http_apis::untagResource},
                    {"UpdateApi", http_apis::updateApi},
                    {"UpdateAuthorizer", updates(kAuthorizers)},
                    {"UpdateDeployment", updates(kDeployments)},
                    {"UpdateIntegration", updates(kIntegrations)},
                    {"UpdateRoute", updates(kRoutes)},
                    {"UpdateStage", updates(kStages)},
                },
            .rows = "apigateway"};
}

}  // namespace backlot::apigateway
