#pragma once
// The OpenAPI document that SAM writes for an API from the events of its functions.

#include <map>
#include <string>
#include <vector>

#include "emulator/templates/template.h"

namespace backlot::templates {

/// An Api or HttpApi event of a function or state machine.
struct ApiRoute {
    std::string path, method;  // method in lower case; "any" for all
    Node integration;          // x-amazon-apigateway-integration
    std::string authorizer;    // empty: the API's default; "NONE": none
    bool apiKeyRequired = false;
    Node scopes = {};  // AuthorizationScopes; a sequence, or nothing
    int line = 0;
};

struct ServerlessApi {
    std::string logicalId, stage;
    Node properties;  // of AWS::Serverless::Api, Globals merged in
    std::vector<ApiRoute> routes;
    int line = 0;
    std::string condition;
};

/// The body for ImportRestApi. Throws TemplateError.
Node restApiBody(const Template& source, const ServerlessApi& api);
/// The integration of a route with a function (its ARN): AWS_PROXY.
Node lambdaProxyIntegration(const Node& functionArn, int line);
/// The integration of a route with a state machine: AWS, StartExecution.
Node startExecutionIntegration(const std::string& machineId, const std::string& roleId, int line);

}  // namespace backlot::templates
