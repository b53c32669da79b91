#pragma once
// Tasks that make an HTTP request: http:invoke and apigateway:invoke.
// Source: AWS Step Functions Developer Guide, "Call HTTPS APIs", "Create API Gateway REST APIs"; recorded executions.

#include <map>

#include "asl/execution/commands.h"
#include "emulator/base/outside.h"
#include "emulator/world/operation.h"

namespace backlot::states {

/// HTTP requests of http:invoke on their way. What came back lies here until its job takes it up.
/// Differs: only hosts on this machine are reached, over http; an https URL of such a host is asked over http. A
/// connection adds its invocation parameters that are no secrets: secrets are not kept.
class HttpTasks {
public:
    explicit HttpTasks(Outside* outside) : outside_(outside) {}
    /// InvokeHttp: waits for the answer. Throws States.Http.Socket.
    Reply invoke(Call& call, const Fields& request);
    /// HttpAnswered: what came back, or that nothing did.
    Json answered(Call& call, const Fields& request);
    void forget() { answers_.clear(); }

private:
    Outside* outside_;
    std::map<std::string, Json> answers_;
};

/// Parameters of apigateway:invoke → a request to API Gateway's HandleRequest.
Json apiGatewayRequest(const Json& parameters);
/// {"Headers", "ResponseBody", "StatusCode", "StatusText"}; a status of 400 and above fails with "ApiGateway.403".
asl::Event apiGatewayAnswer(asl::AttemptId attempt, const Json& output);
/// The same for http:invoke, whose failures are "States.Http.StatusCode.404".
asl::Event httpAnswer(asl::AttemptId attempt, const Json& output);

}  // namespace backlot::states
