#pragma once
// What a route's integration asks of whom.

#include <optional>
#include <string>

#include "emulator/services/apigateway/http_apis/event.h"
#include "emulator/services/apigateway/integration.h"

namespace backlot::apigateway::http_apis {

/// A function, with the event in the integration's format; or a service, by IntegrationSubtype and RequestParameters
/// ("SQS-SendMessage"). Nothing where the integration is another, which `problem` then names.
/// Source: API Gateway Developer Guide, "Integration subtype reference".
/// Differs: SQS's answers come as JSON; Kinesis and AppConfig are not there.
std::optional<IntegrationCall> callOf(const HttpTarget& target, const ApiRequest& request, std::string& problem);

/// The answer for the client, of a job's reply: {"output": …} or {"error": {"code", "message", …}}.
ApiResponse answerOf(const HttpTarget& target, const ApiRequest& request, const Json& reply);

/// {"message": "Not Found"} and the like.
ApiResponse plainAnswer(int status, std::string_view message);

}  // namespace backlot::apigateway::http_apis
