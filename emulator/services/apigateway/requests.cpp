#include "emulator/services/apigateway/requests.h"

#include "emulator/services/apigateway/authorization.h"
#include "emulator/services/apigateway/rows.h"
#include "emulator/services/apigateway/usage.h"
#include "emulator/services/apigateway/validation.h"

namespace backlot::apigateway {

namespace {

constexpr std::size_t kDeployedKept = 64, kPoliciesKept = 10'000;

/// Which API and stage a request is for, and what remains of its path.
struct Place {
    std::string apiId, stage, path;
};

std::string_view firstSegment(std::string_view path) { return path.substr(0, path.find('/')); }

/// "ID/STAGE/rest" → ID, STAGE, "/rest".
Place splitPlace(std::string_view text) {
    Place place;
    place.apiId = firstSegment(text);
    text.remove_prefix(std::min(text.size(), place.apiId.size() + 1));
    place.stage = firstSegment(text);
    text.remove_prefix(std::min(text.size(), place.stage.size()));
    place.path = text.empty() ? "/" : std::string(text);
    return place;
}

/// The API that was made first, with the stage that it has.
Place onlyApi(const Call& call, std::string_view path) {
    Place place;
    double earliest = 0;
    for (const auto& api : rowsOf(call, Key("api").text(call.account).text(call.region))) {
        const double made = find(api, "createdDate")->GetDouble();
        const auto stages = parts(call, textOr(api, "id"), kStage);
        if (stages.empty() || (!place.apiId.empty() && made >= earliest)) continue;
        earliest = made;
        place.apiId = textOr(api, "id");
        place.stage = textOr(stages.front(), "stageName");
    }
    place.path = path;
    const std::string prefix = "/" + place.stage;  // where a client keeps the stage in front nevertheless
    if (path == prefix || path.starts_with(prefix + "/")) place.path = path.substr(prefix.size());
    if (place.path.empty()) place.path = "/";
    return place;
}

std::optional<Place> placeOf(const Call& call, const Fields& request) {
    const std::string path = request.text("path"), host = request.valueOr("host", "");
    if (const auto api = request.optionalText("apiId")) return Place{*api, request.text("stage"), path};
    if (path.starts_with("/restapis/")) {
        Place place = splitPlace(std::string_view(path).substr(10));
        if (place.path.starts_with("/_user_request_")) {
            place.path.erase(0, 15);
            if (place.path.empty()) place.path = "/";
            return place;
        }
    }
    if (path.starts_with("/_aws/execute-api/")) return splitPlace(std::string_view(path).substr(18));
    if (const auto dot = host.find(".execute-api."); dot != std::string::npos && dot > 0)
        return splitPlace(host.substr(0, dot) + path);
    if (request.valueOr("wholePath", false)) return onlyApi(call, path);
    return std::nullopt;
}

/// Several slashes after the stage are one (recorded: "/stage//hardcoded" is /hardcoded).
std::string withOneSlash(std::string_view path) {
    while (path.starts_with("//")) path.remove_prefix(1);
    return path.starts_with('/') ? std::string(path) : "/" + std::string(path);
}

std::shared_ptr<const DeployedApi> deployedApi(const Call& call, Gateway& gateway, const Target& target) {
    const std::string name = target.apiId + "/" + target.deploymentId;
    if (const auto found = gateway.deployed.find(name); found != gateway.deployed.end()) return found->second;
    const auto snapshot = call.getJson(Key("part")
                                           .text(target.account)
                                           .text(target.region)
                                           .text(target.apiId)
                                           .text(kSnapshot)
                                           .text(target.deploymentId));
    if (!snapshot) return nullptr;
    if (gateway.deployed.size() >= kDeployedKept) gateway.deployed.clear();
    return gateway.deployed.emplace(name, std::make_shared<const DeployedApi>(*snapshot)).first->second;
}

/// Nothing where there is no such API, stage or deployment.
std::optional<Target> findTarget(const Call& call, Gateway& gateway, const Place& place) {
    const auto owner = call.getJson(ownerKey(place.apiId));
    if (!owner) return std::nullopt;
    Target target;
    target.account = textOr(*owner, "account");
    target.region = textOr(*owner, "region");
    target.apiId = place.apiId;
    target.stage = place.stage;
    target.now = call.now;
    const auto stage = call.getJson(
        Key("part").text(target.account).text(target.region).text(place.apiId).text(kStage).text(place.stage));
    if (!stage) return std::nullopt;
    target.deploymentId = textOr(*stage, "deploymentId");
    if (const auto* variables = find(*stage, "variables"); variables && !variables->ObjectEmpty())
        target.stageVariables = copy(*variables);
    target.api = deployedApi(call, gateway, target);
    if (!target.api) return std::nullopt;
    return target;
}

std::string topicOf(const std::string& requestId) { return "apigateway:request:" + requestId; }

void answer(Call& call, Gateway::Flight& flight, ApiResponse response) {
    flight.response = std::move(response);
    call.signal(topicOf(flight.request.requestId));
}

void refuse(Call& call, Gateway::Flight& flight, const GatewayError& error) {
    answer(call, flight, gatewayResponse(flight.target.api.get(), flight.request, error));
}

void ask(Call& call, const Gateway::Flight& flight, IntegrationCall what, const char* replyOperation) {
    call.soon(Job{.service = std::move(what.service),
                  .operation = std::move(what.operation),
                  .request = std::move(what.request),
                  .account = flight.target.account,
                  .region = flight.target.region,
                  .replyTo = ReplyTo{"apigateway", replyOperation, object({{"requestId", flight.request.requestId}})},
                  .label = flight.request.method + " " + flight.request.fullPath});
}

void integrate(Call& call, Gateway::Flight& flight) {
    if (const auto problem = validateRequest(flight.target, flight.request)) return refuse(call, flight, *problem);
    auto next = startIntegration(flight.target, flight.request);
    if (auto* response = std::get_if<ApiResponse>(&next)) return answer(call, flight, std::move(*response));
    auto& what = std::get<IntegrationCall>(next);
    const bool known = call.serves(what.service, what.operation);
    if (!known)
        return refuse(call, flight,
                      {"API_CONFIGURATION_ERROR", "Backlot has no operation " + what.service + " " + what.operation});
    if (what.service != "lambda") {  // a mapping template can produce anything
        try {
            call.check(what.service, what.operation, what.request);
        } catch (const AwsError& error) {
            const Json reply = object(
                {{"error",
                  object({{"code", error.code()}, {"message", error.message()}, {"httpStatus", error.httpStatus()}})}});
            return answer(call, flight, finishIntegration(flight.target, flight.request, reply));
        }
    }
    ask(call, flight, std::move(what), "ReceiveAnswer");
}

void pass(Call& call, Gateway::Flight& flight, const Json& policy) {
    auto decision = authorize(policy, methodArn(flight.target, flight.request));
    if (const auto* error = std::get_if<GatewayError>(&decision)) return refuse(call, flight, *error);
    flight.target.authorizer = std::move(std::get<Json>(decision));
    integrate(call, flight);
}

void authorizeByFunction(Call& call, Gateway& gateway, Gateway::Flight& flight, const Json& authorizer) {
    auto question = authorizerQuestion(authorizer, flight.target, flight.request);
    if (const auto* error = std::get_if<GatewayError>(&question)) return refuse(call, flight, *error);
    auto& asked = std::get<AuthorizerQuestion>(question);
    if (const auto kept = gateway.policies.find(asked.cacheKey);
        !asked.cacheKey.empty() && kept != gateway.policies.end() && kept->second.until > call.now) {
        return pass(call, flight, kept->second.answer);
    }
    flight.policyKey = asked.cacheKey;
    flight.keepPolicyFor = asked.keepFor;
    ask(call, flight,
        {"lambda", "Invoke",
         object({{"FunctionName", asked.functionArn},
                 {"InvocationType", "RequestResponse"},
                 {"Payload", writeJson(asked.event)}})},
        "ReceivePolicy");
}

void begin(Call& call, Gateway& gateway, Gateway::Flight& flight) {
    const Json& method = *flight.target.match.method;
    if (boolOr(method, "apiKeyRequired", false)) {
        if (const auto refused = chargeApiKey(call, flight.target, flight.request))
            return refuse(call, flight, *refused);
    }
    const std::string type = textOr(method, "authorizationType", "NONE");
    if (type == "NONE") return integrate(call, flight);
    if (type == "AWS_IAM") {  // as everywhere here: that the request is signed is asked, the signature is not checked
        const bool isSigned = flight.request.headers.get("Authorization").starts_with("AWS4-HMAC-SHA256") ||
                              flight.request.query.find("X-Amz-Signature=") != std::string::npos;
        if (!isSigned) return refuse(call, flight, {"MISSING_AUTHENTICATION_TOKEN", {}});
        return integrate(call, flight);
    }
    const Json* authorizer = flight.target.api->authorizer(textOr(method, "authorizerId"));
    if (!authorizer) return refuse(call, flight, {"AUTHORIZER_CONFIGURATION_ERROR", {}});
    if (textOr(*authorizer, "type") == "COGNITO_USER_POOLS") {
        return refuse(call, flight,
                      {"AUTHORIZER_CONFIGURATION_ERROR", "Backlot has no Cognito user pools: use a Lambda authorizer"});
    }
    authorizeByFunction(call, gateway, flight, *authorizer);
}

Json answerNow(const ApiResponse& response) { return writeResponse(response); }

}  // namespace

Reply handleRequest(Call& call, const Fields& fields, Gateway& gateway) {
    ApiRequest request = readRequest(call, fields);
    const auto place = placeOf(call, fields);
    if (const auto owner = place ? call.getJson(ownerKey(place->apiId)) : std::nullopt;
        owner && boolOr(*owner, "http", false))
        return http_apis::handle(call, std::move(request),
                                 {.account = textOr(*owner, "account"),
                                  .region = textOr(*owner, "region"),
                                  .apiId = place->apiId,
                                  .stage = place->stage,
                                  .rest = place->path},
                                 gateway.http);
    auto target = place ? findTarget(call, gateway, *place) : std::nullopt;
    if (place && !target && !call.has(ownerKey(place->apiId))) {  // Differs: AWS answers Forbidden here, too
        ApiResponse unknown{
            .status = 404,
            .headers = {{"Content-Type", "application/json"}, {"x-amzn-ErrorType", "NotFoundException"}},
            .body = writeJson(object({{"message", "There is no API " + place->apiId}}))};
        addStandardHeaders(unknown, request, false);
        return answerNow(unknown);
    }
    if (!target) {
        ApiResponse forbidden{
            .status = 403,
            .headers = {{"Content-Type", "application/json"}, {"x-amzn-ErrorType", "ForbiddenException"}},
            .body = "{\"message\":\"Forbidden\"}"};
        addStandardHeaders(forbidden, request, false);
        return answerNow(forbidden);
    }
    call.about(target->apiId + "/" + target->stage + " " + request.method + " " + place->path);
    request.path = withOneSlash(place->path);
    request.fullPath = "/" + target->stage + (place->path == "/" && target->stage.empty() ? "" : place->path);
    if (request.body.size() > kRequestLimitBytes)
        return answerNow(gatewayResponse(target->api.get(), request, {"REQUEST_TOO_LARGE", {}}));
    auto match = target->api->match(request.method, request.path);
    if (!match || !match->method)
        return answerNow(gatewayResponse(target->api.get(), request, {"MISSING_AUTHENTICATION_TOKEN", {}}));
    target->match = std::move(*match);

    const std::string id = request.requestId;
    Gateway::Flight& flight = gateway.flights[id];
    call.ifUndone([&gateway, id] { gateway.flights.erase(id); });
    flight.request = std::move(request);
    flight.target = std::move(*target);
    begin(call, gateway, flight);
    const auto take = [&gateway, id](Call& now, bool last) -> std::optional<Json> {
        const auto found = gateway.flights.find(id);
        if (found == gateway.flights.end()) return object();
        Gateway::Flight& waiting = found->second;
        if (!waiting.response && last)
            waiting.response = gatewayResponse(waiting.target.api.get(), waiting.request, {"INTEGRATION_TIMEOUT", {}});
        if (!waiting.response) return std::nullopt;
        now.afterCommit([&gateway, id] { gateway.flights.erase(id); });
        return writeResponse(*waiting.response);
    };
    if (flight.response) return *take(call, false);
    return Wait{.topic = topicOf(id),
                .ask = take,
                .limit = integrationLimit(flight.target),
                .busy = "request " + flight.request.method + " " + flight.request.fullPath,
                .abandoned = [&gateway, id] { gateway.flights.erase(id); }};
}

Json receivePolicy(Call& call, const Fields& request, Gateway& gateway) {
    const auto found = gateway.flights.find(textOr(request.value("context"), "requestId"));
    if (found == gateway.flights.end()) return object();  // the client has gone, or the process ended meanwhile
    Gateway::Flight& flight = found->second;
    const auto* output = request.find("output");
    const auto payload = output ? tryParseJson(textOr(*output, "Payload")) : std::nullopt;
    if (!output || !payload) {
        refuse(call, flight, {"AUTHORIZER_FAILURE", {}});
    } else if (find(*output, "FunctionError")) {
        // The one error that an authorizer may raise on purpose.
        const bool unauthorized = textOr(*payload, "errorMessage") == "Unauthorized";
        refuse(call, flight, {unauthorized ? "UNAUTHORIZED" : "AUTHORIZER_FAILURE", {}});
    } else {
        if (!flight.policyKey.empty()) {
            if (gateway.policies.size() >= kPoliciesKept) gateway.policies.clear();
            gateway.policies[flight.policyKey] = {copy(*payload), call.now + flight.keepPolicyFor};
        }
        pass(call, flight, *payload);
    }
    return object();
}

Json receiveAnswer(Call& call, const Fields& request, Gateway& gateway) {
    const auto found = gateway.flights.find(textOr(request.value("context"), "requestId"));
    if (found == gateway.flights.end()) return object();
    answer(call, found->second, finishIntegration(found->second.target, found->second.request, request.json()));
    return object();
}

}  // namespace backlot::apigateway
