#include "emulator/templates/deployer.h"

#include <filesystem>
#include <fstream>

#include "emulator/templates/resource_types.h"
#include "emulator/templates/zip.h"
#include "tests/emulator/bench.h"

using namespace backlot;
using namespace backlot::templates;

namespace {

/// Stands in for the services: keeps what it was asked, refuses to make a queue twice, and keeps stacks as
/// CloudFormation does.
struct Cloud {
    std::vector<std::pair<std::string, Json>> calls;
    std::map<std::string, Json> queues, stacks;
    std::string failing;  // an operation that fails

    OperationFunction answering(const char* name, std::function<Json(const Fields&)> answer) {
        return [this, name, answer = std::move(answer)](Call&, const Fields& request) -> Reply {
            calls.emplace_back(name, copy(request.json()));
            if (failing == name) throw AwsError("InvalidParameterValue", "no");
            return answer(request);
        };
    }
    std::vector<Service> services() {
        std::vector<Service> all;
        all.push_back(
            {.name = "sqs",
             .operations = {
                 {"CreateQueue",
                  answering("CreateQueue",
                            [this](const Fields& request) {
                                const std::string name = request.text("QueueName");
                                const auto found = queues.find(name);
                                if (found != queues.end() && !equal(found->second, request.value("Attributes")))
                                    throw AwsError("QueueNameExists", "exists");
                                queues[name] = copy(request.value("Attributes"));
                                return object({{"QueueUrl", "http://127.0.0.1:4566/000000000000/" + name}});
                            })},
                 {"GetQueueUrl", answering("GetQueueUrl",
                                           [](const Fields& request) {
                                               return object({{"QueueUrl", "http://127.0.0.1:4566/000000000000/" +
                                                                               request.text("QueueName")}});
                                           })},
                 {"GetQueueAttributes",
                  answering("GetQueueAttributes",
                            [](const Fields& request) {
                                const std::string url = request.text("QueueUrl");
                                return object(
                                    {{"Attributes", object({{"QueueArn", "arn:aws:sqs:us-east-1:000000000000:" +
                                                                             url.substr(url.rfind('/') + 1)}})}});
                            })},
                 {"SetQueueAttributes", answering("SetQueueAttributes", [](const Fields&) { return object(); })},
                 {"DeleteQueue", answering("DeleteQueue", [](const Fields&) { return object(); })}}});
        all.push_back({.name = "lambda",
                       .operations = {{"CreateFunction", answering("CreateFunction", [](const Fields& request) {
                                           return object(
                                               {{"FunctionName", request.text("FunctionName")},
                                                {"FunctionArn", "arn:aws:lambda:us-east-1:000000000000:function:" +
                                                                    request.text("FunctionName")}});
                                       })}}});
        all.push_back({.name = "cloudformation",
                       .operations = {{"LoadStack",
                                       [this](Call&, const Fields& request) -> Reply {
                                           const auto found = stacks.find(request.text("StackName"));
                                           return found == stacks.end() ? object() : copy(found->second);
                                       },
                                       internal},
                                      {"SaveStack",
                                       [this](Call&, const Fields& request) -> Reply {
                                           stacks[request.text("StackName")] = copy(request.json());
                                           return object();
                                       },
                                       internal},
                                      {"ForgetStack",
                                       [this](Call&, const Fields& request) -> Reply {
                                           stacks.erase(request.text("StackName"));
                                           return object();
                                       },
                                       internal}}});
        return all;
    }
    std::size_t count(std::string_view operation) const {
        return static_cast<std::size_t>(
            std::count_if(calls.begin(), calls.end(), [&](const auto& call) { return call.first == operation; }));
    }
};

struct DeployBench {
    Cloud cloud;
    Bench bench{cloud.services()};
    std::filesystem::path folder = ".";

    DeployResult deployText(const std::string& text) {
        std::optional<DeployResult> result;
        templates::deploy(bench.world, makePlan(parseTemplate(text, "template.yaml"), {.stackName = "shop"}),
                          {.folder = folder, .endpoint = "http://127.0.0.1:4566", .progress = {}},
                          [&](DeployResult ended) { result = std::move(ended); });
        bench.settle();
        REQUIRE(result);
        return std::move(*result);
    }
};

const std::string kQueues =
    "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: orders\n      "
    "VisibilityTimeout: 30\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}\n  Dead: {Type: "
    "AWS::SQS::Queue}\n"
    "Outputs:\n  Url: {Value: !Ref Orders}\n  Arn: {Value: !Sub '${Dead.Arn}!'}\n";

}  // namespace

TEST_CASE("resources are made in order with what the others gave, and the outputs follow") {
    DeployBench shop;
    const auto result = shop.deployText(kQueues);
    CHECK(result.error == "");
    CHECK(result.made == 2);
    CHECK(result.outputs[0] == std::pair<std::string, std::string>{"Url", "http://127.0.0.1:4566/000000000000/orders"});
    const Json& attributes = *find(shop.cloud.calls[2].second, "Attributes");
    CHECK(textOr(attributes, "VisibilityTimeout") == "30");
    const Json policy = parseJson(textOr(attributes, "RedrivePolicy"));
    CHECK(textOr(policy, "deadLetterTargetArn").starts_with("arn:aws:sqs:us-east-1:000000000000:shop-Dead-"));
    CHECK(result.outputs[1].second == textOr(policy, "deadLetterTargetArn") + "!");
}

TEST_CASE("a second deployment updates what changed and removes what the template has no more") {
    DeployBench shop;
    shop.deployText(kQueues);
    const auto again = shop.deployText(
        "Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties: {QueueName: orders, VisibilityTimeout: "
        "60}\n");
    CHECK(again.error == "");
    CHECK(shop.cloud.count("SetQueueAttributes") == 1);
    CHECK(shop.cloud.count("DeleteQueue") == 1);
    CHECK(again.removed == 1);
}

TEST_CASE("a call that fails ends the deployment with the resource's line, and what was made is kept") {
    DeployBench shop;
    shop.cloud.failing = "CreateFunction";
    const auto result = shop.deployText(
        "Resources:\n  Dead: {Type: AWS::SQS::Queue}\n  F:\n    Type: AWS::Lambda::Function\n    DependsOn: Dead\n    "
        "Properties: {Role: r, Runtime: nodejs18.x, Handler: index.handler, Code: {ZipFile: 'x'}}\n");
    CHECK(result.error == "template.yaml:3: F: lambda CreateFunction: InvalidParameterValue: no");
    CHECK(textOr(shop.cloud.stacks.at("shop"), "Status") == "FAILED");
    CHECK(find(shop.cloud.stacks.at("shop"), "Resources")->Size() == 1);
}

TEST_CASE("a service that is not built in is a warning, and names what is missing") {
    DeployBench shop;
    const auto result = shop.deployText("Resources:\n  T: {Type: AWS::SNS::Topic}\n");
    CHECK(result.error == "");
    REQUIRE(result.warnings.size() == 1);
    CHECK(result.warnings[0].problem ==
          "AWS::SNS::Topic: sns CreateTopic is not built in: a placeholder stands for it");
}

TEST_CASE("an attribute that is not known is told with its line") {
    DeployBench shop;
    const std::string text =
        "Resources:\n  Q: {Type: AWS::SQS::Queue}\n  P: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt "
        "Q.Nothing}}\n";
    const auto result = shop.deployText(text);
    CHECK(result.error == "");
    REQUIRE(result.warnings.size() == 1);
    CHECK(result.warnings[0].line == 3);
    CHECK(result.warnings[0].problem.find("has no attribute Nothing") != std::string::npos);
}

TEST_CASE("destroy removes a stack in reverse order") {
    DeployBench shop;
    shop.deployText(kQueues);
    bool done = false;
    destroy(shop.bench.world, {.stackName = "shop"}, [&](DeployResult result) {
        done = true;
        CHECK(result.removed == 2);
    });
    shop.bench.settle();
    CHECK(done);
    CHECK(textOr(shop.cloud.calls[shop.cloud.calls.size() - 2].second, "QueueUrl").ends_with("/orders"));
    CHECK(shop.cloud.stacks.empty());
}

TEST_CASE("a folder becomes the same archive each time, without hidden files") {
    const auto folder = std::filesystem::temp_directory_path() / "backlot-zip-test";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder / "lib");
    std::filesystem::create_directories(folder / ".git");
    std::ofstream(folder / "app.py") << "def handler(event, context): return 1\n";
    std::ofstream(folder / "lib/money.py") << "";
    std::ofstream(folder / ".git/config") << "secret";
    const auto entries = filesUnder(folder);
    REQUIRE(entries.size() == 2);
    CHECK(entries[1].name == "lib/money.py");
    CHECK(zip(entries) == zip(filesUnder(folder)));
    const auto archive = zip(entries);
    CHECK(archive.substr(0, 4) == "PK\x03\x04");
    CHECK(archive.substr(10, 4) == std::string("\0\0\x21\0", 4));  // 1980-01-01, whenever it was made
    std::filesystem::remove_all(folder);
}

TEST_CASE("a confined template names no file outside of its folder, and none of the store's") {
    namespace fs = std::filesystem;
    const auto folder = fs::temp_directory_path() / "backlot-confined-test";
    fs::remove_all(folder);
    fs::create_directories(folder / "code");
    fs::create_directories(folder / "data");
    fs::create_directory_symlink("/etc", folder / "link");
    const templates::Environment environment;
    Making making{.logicalId = "F",
                  .properties = object(),
                  .previous = {},
                  .environment = environment,
                  .folder = folder,
                  .confined = true,
                  .store = folder / "data",
                  .result = {}};
    CHECK(localFile(making, "code") == folder / "code");
    CHECK(localFile(making, (folder / "code").string()) == folder / "code");
    for (const char* name : {"/etc", "..", "../x", "code/../../x", "link", "link/passwd", "data", "data/data.mdb", "."})
        CHECK_THROWS_AS(localFile(making, name), std::runtime_error);
    making.confined = false;
    CHECK(localFile(making, "/etc") == "/etc");
    fs::remove_all(folder);
}
