#include <algorithm>
#include <cctype>
#include <string_view>

#include "asl/language/resource.h"

namespace backlot::asl {
namespace {

/// Which patterns an optimised integration has; every one of them has the plain request and response.
enum : unsigned { plain = 0, sync = 1, token = 2, sync2 = 4 };

struct Integration {
    std::string_view service, action;
    unsigned patterns;
};

/// Source: AWS Step Functions Developer Guide, "Integrating optimized services".
constexpr Integration kIntegrations[] = {
    {"apigateway", "invoke", token},
    {"athena", "startQueryExecution", sync},
    {"athena", "stopQueryExecution", plain},
    {"athena", "getQueryExecution", plain},
    {"athena", "getQueryResults", plain},
    {"batch", "submitJob", sync | token},
    {"bedrock", "invokeModel", plain},
    {"bedrock", "createModelCustomizationJob", sync},
    {"codebuild", "startBuild", sync},
    {"codebuild", "stopBuild", plain},
    {"codebuild", "batchDeleteBuilds", plain},
    {"codebuild", "batchGetReports", plain},
    {"codebuild", "startBuildBatch", sync},
    {"codebuild", "stopBuildBatch", plain},
    {"codebuild", "retryBuildBatch", sync},
    {"codebuild", "deleteBuildBatch", plain},
    {"databrew", "startJobRun", sync},
    {"dynamodb", "getItem", plain},
    {"dynamodb", "putItem", plain},
    {"dynamodb", "updateItem", plain},
    {"dynamodb", "deleteItem", plain},
    {"ecs", "runTask", sync | token},
    {"eks", "createCluster", sync},
    {"eks", "deleteCluster", sync},
    {"eks", "createFargateProfile", sync},
    {"eks", "deleteFargateProfile", sync},
    {"eks", "createNodegroup", sync},
    {"eks", "deleteNodegroup", sync},
    {"eks", "runJob", sync},
    {"eks", "call", plain},
    {"elasticmapreduce", "createCluster", sync},
    {"elasticmapreduce", "addStep", sync},
    {"elasticmapreduce", "cancelStep", plain},
    {"elasticmapreduce", "terminateCluster", sync},
    {"elasticmapreduce", "setClusterTerminationProtection", plain},
    {"elasticmapreduce", "modifyInstanceFleetByName", plain},
    {"elasticmapreduce", "modifyInstanceGroupByName", plain},
    {"emr-containers", "createVirtualCluster", plain},
    {"emr-containers", "deleteVirtualCluster", sync},
    {"emr-containers", "startJobRun", sync},
    {"emr-serverless", "createApplication", sync},
    {"emr-serverless", "startApplication", sync},
    {"emr-serverless", "stopApplication", sync},
    {"emr-serverless", "deleteApplication", sync},
    {"emr-serverless", "startJobRun", sync},
    {"emr-serverless", "cancelJobRun", sync},
    {"events", "putEvents", token},
    {"glue", "startJobRun", sync},
    {"http", "invoke", plain},
    {"lambda", "invoke", token},
    {"mediaconvert", "createJob", sync},
    {"sagemaker", "createEndpoint", plain},
    {"sagemaker", "createEndpointConfig", plain},
    {"sagemaker", "createHyperParameterTuningJob", sync},
    {"sagemaker", "createLabelingJob", sync},
    {"sagemaker", "createModel", plain},
    {"sagemaker", "createProcessingJob", sync},
    {"sagemaker", "createTrainingJob", sync},
    {"sagemaker", "createTransformJob", sync},
    {"sagemaker", "updateEndpoint", plain},
    {"sns", "publish", token},
    {"sqs", "sendMessage", token},
    {"states", "startExecution", sync | sync2 | token},
};

unsigned bitOf(IntegrationPattern pattern) {
    switch (pattern) {
        case IntegrationPattern::sync: return sync;
        case IntegrationPattern::sync2: return sync2;
        case IntegrationPattern::waitForTaskToken: return token;
        default: return plain;
    }
}

}  // namespace

bool isKnownIntegration(const Resource& resource) {
    const auto needed = bitOf(resource.pattern);
    if (resource.isSdk()) {
        const auto service = std::string_view(resource.service).substr(std::string_view("aws-sdk:").size());
        return !service.empty() && !resource.action.empty() &&
               std::islower(static_cast<unsigned char>(resource.action[0])) && (needed & ~token) == 0;
    }
    return std::any_of(std::begin(kIntegrations), std::end(kIntegrations), [&](const auto& known) {
        return known.service == resource.service && known.action == resource.action &&
               (known.patterns & needed) == needed;
    });
}

}  // namespace backlot::asl
