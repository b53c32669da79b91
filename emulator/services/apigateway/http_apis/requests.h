#pragma once
// A client's HTTP request to an HTTP API, from its route to its answer.

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "emulator/base/outside.h"
#include "emulator/services/apigateway/http_apis/event.h"
#include "emulator/world/operation.h"

namespace backlot::apigateway::http_apis {

/// What is kept in memory: APIs ready to use, authorizers' answers, issuers' keys, and requests not answered yet.
class HttpGateway {
public:
    explicit HttpGateway(Outside* outside) : outside(outside) {}

    struct Flight {
        ApiRequest request;
        HttpTarget target;
        std::optional<ApiResponse> response;
        std::string decisionKey;  // what the authorizer's answer is kept under
        Duration keepDecisionFor{};
    };
    struct Decision {
        Json answer;
        Time until{};
    };
    struct Keys {
        Json set;  // null: the issuer could not be asked
        Time until{};
    };
    Outside* const outside;                                       // null: no issuer is asked for its keys
    std::map<std::string, Flight> flights;                        // by request id
    std::map<std::string, std::shared_ptr<const HttpApi>> ready;  // "API/rREVISION", "API/DEPLOYMENT"
    std::map<std::string, Decision> decisions;
    std::map<std::string, Keys> keys;  // by issuer

    void forget() {
        flights.clear();
        ready.clear();
        decisions.clear();
        keys.clear();
    }
};

/// Where a request goes: `owner` is the API's owner row. `stage` and `rest` are what stands behind the API in the path,
/// or what the caller named; a stage that is not there belongs to the path of $default.
struct HttpPlace {
    std::string account, region, apiId, stage, rest;
};

/// HandleRequest's answer (apigateway/requests.h). Never throws for what a client did.
Reply handle(Call& call, ApiRequest request, const HttpPlace& place, HttpGateway& gateway);
/// What the integration answered: a reply with the context {"requestId"}.
Json receiveHttpAnswer(Call& call, const Fields& request, HttpGateway& gateway);
/// What an authorizer's function answered.
Json receiveHttpDecision(Call& call, const Fields& request, HttpGateway& gateway);
/// An issuer's keys: {"requestId", "issuer", "keys"?}.
Json receiveKeys(Call& call, const Fields& request, HttpGateway& gateway);

}  // namespace backlot::apigateway::http_apis
