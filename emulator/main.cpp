// The parts list: what is built, and joined to what.

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "emulator/cli/commands.h"
#include "emulator/services/apigateway/service.h"
#include "emulator/services/cloudformation/service.h"
#include "emulator/services/cloudtrail/service.h"
#include "emulator/services/dynamodb/service.h"
#include "emulator/services/events/service.h"
#include "emulator/services/iam/service.h"
#include "emulator/services/lambda/service.h"
#include "emulator/services/lambda/settings.h"
#include "emulator/services/logs/service.h"
#include "emulator/services/s3/service.h"
#include "emulator/services/ses/service.h"
#include "emulator/services/sns/service.h"
#include "emulator/services/sqs/service.h"
#include "emulator/services/states/service.h"
#include "emulator/services/sts/service.h"
#include "emulator/services/xray/service.h"
#include "emulator/template/stack_templates.h"
#include "emulator/wire/sdk.h"

namespace {

using namespace backlot;

/// What CloudFormation asks of a template, answered by the template layer.
cloudformation::Templates templates(const std::string& endpoint) {
    const auto environment = [](const cloudformation::TemplateUse& use) {
        return deploy::Environment{.stackName = use.stackName, .account = use.account, .region = use.region, .parameters = deploy::parametersOf(use.parameters)};
    };
    return {
        .summarize = [environment](const cloudformation::TemplateUse& use, bool whole) { return deploy::summarizeTemplate(use.body, environment(use), whole); },
        .deploy =
            [environment, endpoint](World& world, const cloudformation::TemplateUse& use) {
                deploy::deployStack(world, use.body, environment(use), endpoint, std::filesystem::current_path());
            },
        .destroy =
            [](World& world, const std::string& stack, const std::string& account, const std::string& region) {
                deploy::destroy(world, {.stackName = stack, .account = account, .region = region}, [](deploy::DeployResult) {});
            },
    };
}

/// What state machines are told of the APIs they call, and the mocks that stand in for their tasks (SFN_MOCK_CONFIG names a
/// file in the format of Step Functions Local).
states::Surroundings statesSurroundings(Outside& outside) {
    states::Surroundings result{.outside = &outside, .sdk = {.request = wire::fromSdk, .answer = wire::toSdk, .exception = wire::sdkException, .wireCode = wire::sdkWireCode, .mismatch = wire::sdkMismatch}};
    if (const char* path = std::getenv("SFN_MOCK_CONFIG"); path && *path) {
        std::ifstream file(path);
        if (!file) throw std::runtime_error("SFN_MOCK_CONFIG names a file that cannot be read: " + std::string(path));
        result.mockConfig.assign(std::istreambuf_iterator<char>(file), {});
    }
    return result;
}

void joinServices(const cli::Surroundings& around) {
    World& world = around.world;
    const auto tables = dynamodb::makeMemory({.expirySweepDelay = around.options.expiryDelay, .enforceThroughput = around.options.enforceThroughput});
    world.add(dynamodb::dynamodbService(tables));
    world.add(dynamodb::dynamodbStreamsService(tables));
    world.add(sqs::sqsService(around.endpoint));
    world.add(sns::snsService(around.outside, {.endpoint = around.endpoint}));
    around.documents[sns::signingCertificatePath()] = sns::signingCertificate();
    world.add(events::eventsService());
    world.add(lambda::lambdaService({.outside = &around.outside, .endpoint = around.endpoint, .bootstrap = around.programFolder / "bootstrap"}));
    world.add(states::statesService(statesSurroundings(around.outside)));
    world.add(s3::s3Service());
    world.add(apigateway::apigatewayService());
    world.add(ses::sesService());
    world.add(ses::sesv2Service());
    world.add(logs::logsService());
    world.add(xray::xrayService());
    world.add(cloudtrail::cloudtrailService());
    world.add(cloudformation::cloudformationService(templates(around.endpoint)));
    world.add(iam::iamService());
    world.add(sts::stsService());
}

}  // namespace

int main(int argc, char** argv) { return cli::runCommandLine(argc, argv, joinServices); }
