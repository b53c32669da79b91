#include "emulator/services/apigateway/import.h"
#include "emulator/services/apigateway/keys.h"
#include "emulator/services/apigateway/authorizers_and_models.h"
#include "emulator/services/apigateway/requests.h"
#include "emulator/services/apigateway/resources.h"
#include "emulator/services/apigateway/rest_apis.h"
#include "emulator/services/apigateway/service.h"
#include "emulator/services/apigateway/stages.h"
#include "emulator/services/apigateway/usage.h"

namespace backlot::apigateway {
namespace {

constexpr std::string_view kFrom = "of the operations copy and move alone, which are refused";

}  // namespace

Service apigatewayService(Outside* outside) {
    auto gateway = std::make_shared<Gateway>(outside);
    OperationTable operations = {
        {"CreateApiKey",
         createApiKey,
         writes,
         {{"generateDistinctId", "ids are always their own"}, {"stageKeys", "a key meets stages by its usage plans"}}},
        {"CreateAuthorizer", createAuthorizer},
        {"CreateDeployment", createDeployment},
        {"CreateModel", createModel},
        {"CreateRequestValidator", createRequestValidator},
        {"CreateResource", createResource},
        {"CreateRestApi",
         createRestApi,
         writes,
         {{"endpointAccessMode", "there is no network in front of the API"},
          {"securityPolicy", "there is no network in front of the API"},
          {"endpointConfiguration.vpcEndpointIds", "there is no network in front of the API"}}},
        {"CreateStage", createStage},
        {"CreateUsagePlan", createUsagePlan},
        {"CreateUsagePlanKey", createUsagePlanKey},
        {"DeleteApiKey", deleteApiKey},
        {"DeleteAuthorizer", deleteAuthorizer},
        {"DeleteDeployment", deleteDeployment},
        {"DeleteGatewayResponse", deleteGatewayResponse},
        {"DeleteIntegration", deleteIntegration},
        {"DeleteIntegrationResponse", deleteIntegrationResponse},
        {"DeleteMethod", deleteMethod},
        {"DeleteMethodResponse", deleteMethodResponse},
        {"DeleteModel", deleteModel},
        {"DeleteRequestValidator", deleteRequestValidator},
        {"DeleteResource", deleteResource},
        {"DeleteRestApi", deleteRestApi},
        {"DeleteStage", deleteStage},
        {"DeleteUsagePlan", deleteUsagePlan},
        {"DeleteUsagePlanKey", deleteUsagePlanKey},
        {"GetAccount", getAccount, readOnly},
        {"GetApiKey", getApiKey, readOnly},
        {"GetApiKeys", getApiKeys, readOnly},
        {"GetAuthorizer", getAuthorizer, readOnly},
        {"GetAuthorizers", getAuthorizers, readOnly},
        {"GetDeployment", getDeployment, readOnly, {{"embed", "what is deployed is not shown"}}},
        {"GetDeployments", getDeployments, readOnly},
        {"GetGatewayResponse", getGatewayResponse, readOnly},
        {"GetGatewayResponses", getGatewayResponses, readOnly},
        {"GetIntegration", getIntegration, readOnly},
        {"GetIntegrationResponse", getIntegrationResponse, readOnly},
        {"GetMethod", getMethod, readOnly},
        {"GetMethodResponse", getMethodResponse, readOnly},
        {"GetModel", getModel, readOnly, {{"flatten", "a model is answered as it was given"}}},
        {"GetModels", getModels, readOnly},
        {"GetRequestValidator", getRequestValidator, readOnly},
        {"GetRequestValidators", getRequestValidators, readOnly},
        {"GetResource", getResource, readOnly},
        {"GetResources", getResources, readOnly},
        {"GetRestApi", getRestApi, readOnly},
        {"GetRestApis", getRestApis, readOnly},
        {"GetStage", getStage, readOnly},
        {"GetStages", getStages, readOnly},
        {"GetTags", getTags, readOnly},
        {"GetUsage", getUsage, readOnly},
        {"GetUsagePlan", getUsagePlan, readOnly},
        {"GetUsagePlanKey", getUsagePlanKey, readOnly},
        {"GetUsagePlanKeys", getUsagePlanKeys, readOnly},
        {"GetUsagePlans", getUsagePlans, readOnly},
        {"ImportRestApi", importRestApi, writes, {{"failOnWarnings", "an import has no warnings"}}},
        {"PutGatewayResponse", putGatewayResponse},
        {"PutIntegration",
         putIntegration,
         writes,
         {{"integrationTarget", "private integrations are not reached"},
          {"responseTransferMode", "an answer is sent whole"}}},
        {"PutIntegrationResponse", putIntegrationResponse},
        {"PutMethod", putMethod},
        {"PutMethodResponse", putMethodResponse},
        {"PutRestApi", putRestApi, writes, {{"failOnWarnings", "an import has no warnings"}}},
        {"TagResource", tagResource},
        {"UntagResource", untagResource},
        {"UpdateAccount", updateAccount, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateApiKey", updateApiKey, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateAuthorizer", updateAuthorizer, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateDeployment", updateDeployment, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateGatewayResponse", updateGatewayResponse, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateIntegration", updateIntegration, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateMethod", updateMethod, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateModel", updateModel, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateRequestValidator", updateRequestValidator, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateResource", updateResource, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateRestApi", updateRestApi, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateStage", updateStage, writes, {{"patchOperations.from", kFrom}}},
        {"UpdateUsagePlan", updateUsagePlan, writes, {{"patchOperations.from", kFrom}}},
        // the data plane
        {"HandleRequest",
         [gateway](Call& call, const Fields& request) { return handleRequest(call, request, *gateway); },
         mayWait | internal | dataEvent},
        {"ReceiveAnswer",
         [gateway](Call& call, const Fields& request) -> Reply { return receiveAnswer(call, request, *gateway); },
         internal | dataEvent},
        {"ReceiveHttpAnswer",
         [gateway](Call& call, const Fields& request) -> Reply {
             return http_apis::receiveHttpAnswer(call, request, gateway->http);
         },
         internal | dataEvent},
        {"ReceiveHttpDecision",
         [gateway](Call& call, const Fields& request) -> Reply {
             return http_apis::receiveHttpDecision(call, request, gateway->http);
         },
         internal | dataEvent},
        {"ReceiveKeys",
         [gateway](Call& call, const Fields& request) -> Reply {
             return http_apis::receiveKeys(call, request, gateway->http);
         },
         internal | dataEvent},
        {"ReceivePolicy",
         [gateway](Call& call, const Fields& request) -> Reply { return receivePolicy(call, request, *gateway); },
         internal | dataEvent},
    };
    return {.name = "apigateway", .operations = std::move(operations), .forget = [gateway] { gateway->forget(); }};
}

}  // namespace backlot::apigateway
