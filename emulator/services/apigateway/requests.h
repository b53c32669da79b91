#pragma once
// The data plane: a client's HTTP request to a deployed API, from its route to its answer.

#include <map>
#include <memory>
#include <string>

#include "emulator/services/apigateway/http_apis/requests.h"
#include "emulator/services/apigateway/integration.h"
#include "emulator/world/operation.h"

namespace backlot::apigateway {

inline constexpr std::size_t kRequestLimitBytes = 10u << 20;

/// What the service keeps in memory: deployments ready to use, authorizers' answers, and requests not answered yet,
/// which end with the process as their connections do.
class Gateway {
public:
    explicit Gateway(Outside* outside) : http(outside) {}

    struct Flight {
        ApiRequest request;
        Target target;
        std::optional<ApiResponse> response;
        std::string policyKey;  // what the authorizer's answer is kept under
        Duration keepPolicyFor{};
    };
    struct Policy {
        Json answer;
        Time until{};
    };
    std::map<std::string, Flight> flights;                               // by request id
    std::map<std::string, std::shared_ptr<const DeployedApi>> deployed;  // "API/DEPLOYMENT"
    std::map<std::string, Policy> policies;
    http_apis::HttpGateway http;  // the same of HTTP APIs

    void forget() {
        http.forget();
        flights.clear();
        deployed.clear();
        policies.clear();
    }
};

/// {method, path, query, headers: [[name, value]…], body (base64), host, sourceIp, apiId?, stage?, wholePath?} →
/// {statusCode, headers: [[name, value]…], body (base64)}. Without apiId, API and stage come from the path
/// (/restapis/ID/STAGE/_user_request_/…, /_aws/execute-api/ID/STAGE/…) or the host (ID.execute-api.…); with `wholePath`
/// the API is the one made first and the path is all its own. Waits for the integration. Never throws for what a client
/// did: that is an HTTP answer.
Reply handleRequest(Call& call, const Fields& request, Gateway& gateway);
/// What an authorizer's function answered.
Json receivePolicy(Call& call, const Fields& request, Gateway& gateway);
/// What the integration answered.
Json receiveAnswer(Call& call, const Fields& request, Gateway& gateway);

}  // namespace backlot::apigateway
