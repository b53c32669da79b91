// The parts list: what is built, and joined to what.

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "emulator/cli/commands.h"
#include "emulator/http/foreground.h"
#include "emulator/services/apigateway/description.h"
#include "emulator/services/apigateway/service.h"
#include "emulator/services/cloudformation/description.h"
#include "emulator/services/cloudformation/service.h"
#include "emulator/services/cloudtrail/description.h"
#include "emulator/services/cloudtrail/service.h"
#include "emulator/services/cloudwatch/description.h"
#include "emulator/services/dynamodb/description.h"
#include "emulator/services/dynamodb/service.h"
#include "emulator/services/events/description.h"
#include "emulator/services/events/service.h"
#include "emulator/services/iam/description.h"
#include "emulator/services/iam/service.h"
#include "emulator/services/lambda/description.h"
#include "emulator/services/lambda/service.h"
#include "emulator/services/lambda/settings.h"
#include "emulator/services/logs/description.h"
#include "emulator/services/logs/service.h"
#include "emulator/services/s3/description.h"
#include "emulator/services/s3/service.h"
#include "emulator/services/scheduler/description.h"
#include "emulator/services/secretsmanager/description.h"
#include "emulator/services/secretsmanager/service.h"
#include "emulator/services/ses/description.h"
#include "emulator/services/ses/service.h"
#include "emulator/services/sns/description.h"
#include "emulator/services/sns/service.h"
#include "emulator/services/sqs/description.h"
#include "emulator/services/sqs/service.h"
#include "emulator/services/ssm/description.h"
#include "emulator/services/ssm/service.h"
#include "emulator/services/states/description.h"
#include "emulator/services/states/service.h"
#include "emulator/services/sts/description.h"
#include "emulator/services/sts/service.h"
#include "emulator/services/xray/description.h"
#include "emulator/services/xray/service.h"
#include "emulator/templates/stack_templates.h"
#include "emulator/wire/sdk.h"

namespace {

using namespace backlot;
using server::Materials;

/// What CloudFormation asks of a template, answered by the template layer.
cloudformation::Templates stackTemplates(World& world, const std::string& endpoint) {
    const auto environment = [](const cloudformation::TemplateUse& use) {
        return templates::Environment{.stackName = use.stackName,
                                      .account = use.account,
                                      .region = use.region,
                                      .parameters = templates::parametersOf(use.parameters)};
    };
    return {
        .summarize = [environment](
                         const cloudformation::TemplateUse& use,
                         bool whole) { return templates::summarizeTemplate(use.body, environment(use), whole); },
        .deploy =
            [&world, environment, endpoint](const cloudformation::TemplateUse& use) {
                templates::deployStack(world, use.body, environment(use), endpoint, std::filesystem::current_path());
            },
        .destroy =
            [&world](const std::string& stack, const std::string& account, const std::string& region) {
                templates::destroy(world, {.stackName = stack, .account = account, .region = region},
                                   [](templates::DeployResult) {});
            },
    };
}

/// What state machines are told of the APIs they call, and the mocks that stand in for their tasks (SFN_MOCK_CONFIG
/// names a file in the format of Step Functions Local).
states::Surroundings statesSurroundings(const Materials& around) {
    const wire::Apis& apis = around.apis;
    states::Surroundings result{
        .outside = &around.outside,
        .sdk = {.request = [&apis](const auto& service, const auto& operation,
                                   const Json& values) { return wire::fromSdk(apis, service, operation, values); },
                .answer = [&apis](const auto& service, const auto& operation,
                                  const Json& values) { return wire::toSdk(apis, service, operation, values); },
                .exception = [&apis](const auto& service,
                                     const auto& code) { return wire::sdkException(apis, service, code); },
                .wireCode = [&apis](const auto& service,
                                    const auto& code) { return wire::sdkWireCode(apis, service, code); },
                .mismatch =
                    [&apis](const auto& service, const auto& operation, const Json& result, bool required) {
                        return wire::sdkMismatch(apis, service, operation, result, required);
                    }},
        .services = &around.directory,
        .mockConfig = {},
        .retention = around.options.retention};
    if (const char* path = std::getenv("SFN_MOCK_CONFIG"); path && *path) {
        std::ifstream file(path);
        if (!file) throw std::runtime_error("SFN_MOCK_CONFIG names a file that cannot be read: " + std::string(path));
        result.mockConfig.assign(std::istreambuf_iterator<char>(file), {});
    }
    return result;
}

void joinDynamoDb(const Materials& around) {
    const auto& options = around.options;
    const auto tables = dynamodb::makeMemory({.expirySweepDelay = options.expiryDelay,
                                              .enforceThroughput = options.enforceThroughput,
                                              .retention = options.retention});
    around.world.add(dynamodb::dynamodbService(tables));
    around.world.add(dynamodb::dynamodbStreamsService(tables));
}

void joinSns(const Materials& around) {
    around.world.add(sns::snsService(around.outside, {.endpoint = around.endpoint}));
    around.documents[sns::signingCertificatePath()] = sns::signingCertificate();
}

void joinSes(const Materials& around) {
    around.world.add(ses::sesService());
    around.world.add(ses::sesv2Service());
}

lambda::Settings lambdaSettings(const Materials& around) {
    return {.outside = &around.outside,
            .endpoint = around.endpoint,
            .bootstrap = around.programFolder / "bootstrap",
            .sandbox = around.options.sandbox,
            .data = around.world.store().folder(),
            .guard = around.guard};
}

const server::Rooms rooms{
    {{&apigateway::description, &apigateway::v2Description},
     [](auto& around) {
         around.world.add(apigateway::apigatewayService(&around.outside));
         around.world.add(apigateway::apigatewayV2Service(around.endpoint));
     }},
    {{&cloudformation::description},
     [](auto& around) {
         around.world.add(cloudformation::cloudformationService(stackTemplates(around.world, around.endpoint)));
     }},
    {{&cloudtrail::description},
     [](auto& around) { around.world.add(cloudtrail::cloudtrailService(around.directory)); }},
    {{&cloudwatch::description}},
    {{&dynamodb::description, &dynamodb::streamsDescription}, joinDynamoDb},
    {{&events::description}, [](auto& around) { around.world.add(events::eventsService()); }},
    {{&iam::description}, [](auto& around) { around.world.add(iam::iamService()); }},
    {{&lambda::description}, [](auto& around) { around.world.add(lambda::lambdaService(lambdaSettings(around))); }},
    {{&logs::description}, [](auto& around) { around.world.add(logs::logsService(around.options.retention)); }},
    {{&s3::description}, [](auto& around) { around.world.add(s3::s3Service()); }},
    {{&scheduler::description}},
    {{&secretsmanager::description}, [](auto& around) { around.world.add(secretsmanager::secretsManagerService()); }},
    {{&ses::description, &ses::v2Description}, joinSes},
    {{&sns::description}, joinSns},
    {{&sqs::description}, [](auto& around) { around.world.add(sqs::sqsService(around.endpoint)); }},
    {{&ssm::description}, [](auto& around) { around.world.add(ssm::ssmService()); }},
    {{&states::description}, [](auto& around) { around.world.add(states::statesService(statesSurroundings(around))); }},
    {{&sts::description}, [](auto& around) { around.world.add(sts::stsService()); }},
    {{&xray::description}, [](auto& around) { around.world.add(xray::xrayService(around.directory)); }},
};

}  // namespace

int main(int argc, char** argv) {
    http::openStandardFiles();
    return cli::runCommandLine(argc, argv, rooms);
}
