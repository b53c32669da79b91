#include "emulator/services/apigateway/http_apis/requests.h"

#include "emulator/services/apigateway/authorization.h"
#include "emulator/services/apigateway/http_apis/apis.h"
#include "emulator/services/apigateway/http_apis/authorization.h"
#include "emulator/services/apigateway/http_apis/cors.h"
#include "emulator/services/apigateway/http_apis/integration.h"
#include "emulator/services/apigateway/http_apis/jwt.h"
#include "emulator/services/apigateway/http_apis/parts.h"
#include "emulator/services/apigateway/requests.h"

namespace backlot::apigateway::http_apis {
namespace {

constexpr std::size_t kReadyKept = 64, kDecisionsKept = 10'000;
constexpr Duration kKeysFor = std::chrono::hours(2), kAskAgainAfter = std::chrono::minutes(1);
constexpr auto kLimit = std::chrono::milliseconds(30'000);

using Flight = HttpGateway::Flight;

std::string topicOf(const std::string& requestId) { return "apigateway:request:" + requestId; }

/// With the id that every answer bears, and CORS as the API has it.
ApiResponse finished(const HttpTarget& target, const ApiRequest& request, ApiResponse response) {
    if (target.api && !target.api->cors().IsNull() && request.method != "OPTIONS")
        addCors(target.api->cors(), request, response);
    response.headers.add("apigw-requestid", request.extendedRequestId);
    return response;
}

void answer(Call& call, Flight& flight, ApiResponse response) {
    flight.response = finished(flight.target, flight.request, std::move(response));
    call.signal(topicOf(flight.request.requestId));
}

void ask(Call& call, const Flight& flight, IntegrationCall what, const char* replyOperation) {
    call.soon({.service = std::move(what.service),
               .operation = std::move(what.operation),
               .request = std::move(what.request),
               .account = flight.target.account,
               .region = flight.target.region,
               .replyTo = ReplyTo{"apigateway", replyOperation, object({{"requestId", flight.request.requestId}})},
               .label = flight.request.method + " " + flight.request.fullPath});
}

void integrate(Call& call, Flight& flight) {
    std::string problem;
    auto what = callOf(flight.target, flight.request, problem);
    if (!what) return answer(call, flight, plainAnswer(501, problem));
    try {
        if (what->service != "lambda") call.check(what->service, what->operation, what->request);
    } catch (const AwsError& error) {  // what a client's request was mapped to
        return answer(call, flight, plainAnswer(400, error.message()));
    }
    ask(call, flight, std::move(*what), "ReceiveHttpAnswer");
}

void pass(Call& call, Flight& flight, std::variant<Json, ApiResponse> verdict) {
    if (auto* refusal = std::get_if<ApiResponse>(&verdict)) return answer(call, flight, std::move(*refusal));
    flight.target.authorizer = std::move(std::get<Json>(verdict));
    integrate(call, flight);
}

void authorizeByToken(Call& call, HttpGateway& gateway, Flight& flight) {
    const Json& authorizer = flight.target.match.route->authorizer;
    const std::string token = tokenOf(authorizer, flight.target, flight.request);
    if (token.empty()) return answer(call, flight, unauthorized());
    const std::string issuer = textOr(*find(authorizer, "JwtConfiguration"), "Issuer");
    // Nobody is asked about a token that would not do anyway.
    const auto parsed = parseToken(token);
    const bool good = parsed && faultOf(*parsed, *find(authorizer, "JwtConfiguration"), call.now).empty();
    const auto kept = gateway.keys.find(issuer);
    if (good && (kept == gateway.keys.end() || kept->second.until <= call.now))
        return askForKeys(call, gateway, issuer, flight.request.requestId);
    pass(call, flight, judgeToken(flight.target, token, good ? copy(kept->second.set) : Json()));
}

void authorizeByFunction(Call& call, HttpGateway& gateway, Flight& flight) {
    const Json& authorizer = flight.target.match.route->authorizer;
    const auto identity = identityOf(authorizer, flight.target, flight.request);
    if (!identity) return answer(call, flight, plainAnswer(401, "Unauthorized"));
    flight.keepDecisionFor = std::chrono::seconds(intOr(authorizer, "AuthorizerResultTtlInSeconds", 300));
    if (!identity->empty() && flight.keepDecisionFor.count() > 0) {
        flight.decisionKey =
            flight.target.apiId + "\n" + flight.target.stage + "\n" + textOr(authorizer, "AuthorizerId");
        for (const auto& value : *identity) flight.decisionKey += "\n" + value;
        const auto kept = gateway.decisions.find(flight.decisionKey);
        if (kept != gateway.decisions.end() && kept->second.until > call.now)
            return pass(call, flight, judgeDecision(flight.target, flight.request, kept->second.answer));
    }
    const std::string uri = textOr(authorizer, "AuthorizerUri");
    const Json event =
        authorizerEvent(flight.target, flight.request, textOr(authorizer, "AuthorizerPayloadFormatVersion"), *identity);
    ask(call, flight,
        {"lambda", "Invoke",
         object({{"FunctionName",
                  uri.starts_with("arn:aws:lambda:") ? uri : functionOfUri(uri, flight.target.stageVariables)},
                 {"InvocationType", "RequestResponse"},
                 {"Payload", writeJson(event)}})},
        "ReceiveHttpDecision");
}

void begin(Call& call, HttpGateway& gateway, Flight& flight) {
    const std::string type = textOr(flight.target.match.route->route, "AuthorizationType", "NONE");
    if (type == "NONE") return integrate(call, flight);
    if (type == "AWS_IAM") {  // that the request is signed is asked, the signature is not checked
        const bool isSigned = flight.request.headers.get("Authorization").starts_with("AWS4-HMAC-SHA256") ||
                              flight.request.query.find("X-Amz-Signature=") != std::string::npos;
        return isSigned ? integrate(call, flight) : answer(call, flight, plainAnswer(403, "Forbidden"));
    }
    if (flight.target.match.route->authorizer.IsNull())
        return answer(call, flight, plainAnswer(500, "Internal Server Error"));
    type == "JWT" ? authorizeByToken(call, gateway, flight) : authorizeByFunction(call, gateway, flight);
}

/// The API as the stage has it; null where it was never deployed.
std::shared_ptr<const HttpApi> readyApi(const Call& call, HttpGateway& gateway, const Json& api, const Json& stage) {
    const std::string id = textOr(api, "ApiId"), deployment = textOr(stage, "DeploymentId");
    const bool live = boolOr(stage, "AutoDeploy", false);
    const std::string name = id + (live ? "/r" + std::to_string(intOr(api, "revision", 0)) : "/" + deployment);
    if (const auto found = gateway.ready.find(name); found != gateway.ready.end()) return found->second;
    const auto kept = live ? std::optional(taken(call, api)) : call.getJson(takenKey(id, deployment));
    if (!kept) return nullptr;
    if (gateway.ready.size() >= kReadyKept) gateway.ready.clear();
    return gateway.ready.emplace(name, std::make_shared<const HttpApi>(*kept)).first->second;
}

/// Stage and path of the request; nothing where the API has no stage for it.
std::optional<Json> findStage(const Call& call, const HttpPlace& place, ApiRequest& request) {
    request.path = place.rest;
    if (!place.stage.empty())
        if (auto stage = findPart(call, place.apiId, kStages, place.stage)) return stage;
    if (!place.stage.empty() && place.stage != "$default")
        request.path = "/" + place.stage + (place.rest == "/" ? "" : place.rest);
    return findPart(call, place.apiId, kStages, "$default");
}

Json answerNow(const HttpTarget& target, const ApiRequest& request, ApiResponse response) {
    return writeResponse(finished(target, request, std::move(response)));
}

Flight* flightOf(HttpGateway& gateway, std::string_view requestId) {
    const auto found = gateway.flights.find(std::string(requestId));
    return found == gateway.flights.end() ? nullptr : &found->second;
}

}  // namespace

Reply handle(Call& call, ApiRequest request, const HttpPlace& place, HttpGateway& gateway) {
    HttpTarget target{.account = place.account, .region = place.region, .apiId = place.apiId, .now = call.now};
    const auto api = findHttpApi(call, place.account, place.region, place.apiId);
    const auto stage = api ? findStage(call, place, request) : std::nullopt;
    if (stage) {
        target.stage = textOr(*stage, "StageName");
        target.api = readyApi(call, gateway, *api, *stage);
        const Json* variables = find(*stage, "StageVariables");
        if (variables && !variables->ObjectEmpty()) target.stageVariables = copy(*variables);
    }
    call.about(place.apiId + "/" + target.stage + " " + request.method + " " + request.path);
    if (!target.api) return answerNow(target, request, plainAnswer(404, "Not Found"));
    if (request.body.size() > kRequestLimitBytes)
        return answerNow(target, request, plainAnswer(413, "Request Entity Too Large"));
    if (!target.api->cors().IsNull())
        if (auto preflighted = preflight(target.api->cors(), request))
            return answerNow(target, request, std::move(*preflighted));
    auto match = target.api->match(request.method, request.path);
    if (!match) return answerNow(target, request, plainAnswer(404, "Not Found"));
    target.match = std::move(*match);

    const std::string id = request.requestId;
    Flight& flight = gateway.flights[id];
    call.ifUndone([&gateway, id] { gateway.flights.erase(id); });
    flight.request = std::move(request);
    flight.target = std::move(target);
    begin(call, gateway, flight);
    const auto take = [&gateway, id](Call& now, bool last) -> std::optional<Json> {
        Flight* waiting = flightOf(gateway, id);
        if (!waiting) return object();
        if (!waiting->response && last)
            waiting->response = finished(waiting->target, waiting->request, plainAnswer(503, "Service Unavailable"));
        if (!waiting->response) return std::nullopt;
        now.afterCommit([&gateway, id] { gateway.flights.erase(id); });
        return writeResponse(*waiting->response);
    };
    if (flight.response) return *take(call, false);
    const auto limit = intOr(flight.target.match.route->integration, "TimeoutInMillis", kLimit.count());
    return Wait{.topic = topicOf(id),
                .ask = take,
                .limit = std::chrono::milliseconds(limit),
                .busy = "request " + flight.request.method + " " + flight.request.fullPath,
                .abandoned = [&gateway, id] { gateway.flights.erase(id); }};
}

Json receiveHttpAnswer(Call& call, const Fields& request, HttpGateway& gateway) {
    if (Flight* flight = flightOf(gateway, textOr(request.value("context"), "requestId")))
        answer(call, *flight, answerOf(flight->target, flight->request, request.json()));
    return object();
}

Json receiveHttpDecision(Call& call, const Fields& request, HttpGateway& gateway) {
    Flight* flight = flightOf(gateway, textOr(request.value("context"), "requestId"));
    if (!flight) return object();
    const Json* output = request.find("output");
    const auto decision = output ? tryParseJson(textOr(*output, "Payload")) : std::nullopt;
    if (!decision || find(*output, "FunctionError")) {
        answer(call, *flight, plainAnswer(500, "Internal Server Error"));
        return object();
    }
    if (!flight->decisionKey.empty()) {
        if (gateway.decisions.size() >= kDecisionsKept) gateway.decisions.clear();
        gateway.decisions[flight->decisionKey] = {copy(*decision), call.now + flight->keepDecisionFor};
    }
    pass(call, *flight, judgeDecision(flight->target, flight->request, *decision));
    return object();
}

Json receiveKeys(Call& call, const Fields& request, HttpGateway& gateway) {
    const Json* keys = request.find("keys");
    gateway.keys[request.text("issuer")] = {keys ? copy(*keys) : Json(), call.now + (keys ? kKeysFor : kAskAgainAfter)};
    if (Flight* flight = flightOf(gateway, request.text("requestId"))) begin(call, gateway, *flight);
    return object();
}

}  // namespace backlot::apigateway::http_apis
