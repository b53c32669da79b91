#include "emulator/services/cloudformation/service.h"
#include "emulator/world/world.h"
#include "tests/emulator/bench.h"

using namespace backlot;

namespace {

/// Reads templates of the form "A B C": a resource a word, "bad" is refused, "fail" fails.
struct Words {
    std::vector<std::string> deployed, destroyed;

    static Json summarize(const cloudformation::TemplateUse& use) {
        if (use.body == "bad") throw AwsError("ValidationError", "Template error: template:1: bad", 400);
        Json resources(rapidjson::kArrayType);
        std::string word;
        for (const char c : use.body + " ") {
            if (c != ' ')
                word += c;
            else if (!word.empty()) {
                push(resources, object({{"LogicalResourceId", word}, {"ResourceType", "AWS::SQS::Queue"}}));
                word.clear();
            }
        }
        return object({{"Description", "words"},
                       {"Parameters",
                        list({object({{"ParameterKey", "Secret"}, {"ParameterType", "String"}, {"NoEcho", true}})})},
                       {"Resources", std::move(resources)},
                       {"DeclaredTransforms", list()}});
    }
    World* world = nullptr;
    void report(const char* operation, Json request) const {
        Outlet(*world).submit({.service = "cloudformation", .operation = operation, .request = std::move(request)});
    }
    Service service() {
        return cloudformation::cloudformationService(
            {.summarize = [](const cloudformation::TemplateUse& use, bool) { return summarize(use); },
             .deploy =
                 [this](const cloudformation::TemplateUse& use) {
                     deployed.push_back(use.body);
                     Json resources(rapidjson::kArrayType);
                     const Json summary = summarize(use);
                     for (const auto* one : Fields(summary).items("Resources")) {
                         Json kept = copy(*one);
                         set(kept, "PhysicalResourceId", "q-" + textOr(*one, "LogicalResourceId"));
                         push(resources, std::move(kept));
                     }
                     report("SaveStack",
                            object({{"StackName", use.stackName},
                                    {"Status", use.body == "fail" ? "FAILED" : "COMPLETE"},
                                    {"StatusReason", use.body == "fail" ? "no" : ""},
                                    {"TemplateBody", use.body},
                                    {"Parameters", copy(use.parameters)},
                                    {"Outputs", list({object({{"OutputKey", "Url"}, {"OutputValue", "http://x"}})})},
                                    {"Resources", std::move(resources)},
                                    {"FailedResource",
                                     use.body == "fail" ? std::optional(object({{"LogicalResourceId", "last"},
                                                                                {"ResourceType", "AWS::SQS::Queue"}}))
                                                        : std::nullopt}}));
                 },
             .destroy =
                 [this](const std::string& stack, const std::string&, const std::string&) {
                     destroyed.push_back(stack);
                     report("ForgetStack", object({{"StackName", stack}}));
                 }});
    }
};

struct StackBench {
    Words words;
    Bench bench{make()};
    StackBench() { words.world = &bench.world; }
    std::vector<Service> make() {
        std::vector<Service> all;
        all.push_back(words.service());
        return all;
    }
    Json ask(std::string operation, Json request = object()) {
        return bench.call("cloudformation", std::move(operation), std::move(request));
    }
    std::string statusOf(const char* stack) {
        return textOr((*find(ask("DescribeStacks", object({{"StackName", stack}})), "Stacks"))[0], "StackStatus");
    }
};

}  // namespace

TEST_CASE("a stack is complete when CreateStack answers, with resources, outputs and events") {
    StackBench shop;
    const Json made = shop.ask(
        "CreateStack", object({{"StackName", "shop"},
                               {"TemplateBody", "Orders Carts"},
                               {"Parameters", list({object({{"ParameterKey", "Secret"}, {"ParameterValue", "x"}})})}}));
    CHECK(textOr(made, "StackId").starts_with("arn:aws:cloudformation:us-east-1:000000000000:stack/shop/"));
    CHECK(shop.statusOf("shop") == "CREATE_COMPLETE");
    CHECK(find(shop.ask("DescribeStackResources", object({{"StackName", "shop"}})), "StackResources")->Size() == 2);
    const Json events = shop.ask("DescribeStackEvents", object({{"StackName", textOr(made, "StackId")}}));
    CHECK(textOr((*find(events, "StackEvents"))[0], "ResourceStatus") == "CREATE_COMPLETE");
    CHECK(find(events, "StackEvents")->Size() == 4);
    const Json described = shop.ask("DescribeStacks");
    CHECK(textOr((*find((*find(described, "Stacks"))[0], "Parameters"))[0], "ParameterValue") == "****");
    CHECK(shop.bench.errorOf("cloudformation", "CreateStack",
                             object({{"StackName", "shop"}, {"TemplateBody", "Orders"}})) == "AlreadyExistsException");
}

TEST_CASE("an update without a change is refused, one that fails can be repaired") {
    StackBench shop;
    shop.ask("CreateStack", object({{"StackName", "shop"}, {"TemplateBody", "Orders"}}));
    CHECK(shop.bench.errorOf("cloudformation", "UpdateStack",
                             object({{"StackName", "shop"}, {"TemplateBody", "Orders"}})) == "ValidationError");
    CHECK(shop.bench.errorOf("cloudformation", "UpdateStack",
                             object({{"StackName", "shop"}, {"TemplateBody", "bad"}})) == "ValidationError");
    shop.ask("UpdateStack", object({{"StackName", "shop"}, {"TemplateBody", "fail"}}));
    CHECK(shop.statusOf("shop") == "UPDATE_FAILED");
    shop.ask("UpdateStack", object({{"StackName", "shop"}, {"TemplateBody", "Orders Carts"}}));
    CHECK(shop.statusOf("shop") == "UPDATE_COMPLETE");
}

TEST_CASE("change sets as `aws cloudformation deploy` uses them") {
    StackBench shop;
    const auto propose = [&](const char* name, const char* type, const char* body) {
        return shop.ask(
            "CreateChangeSet",
            object({{"StackName", "shop"}, {"ChangeSetName", name}, {"ChangeSetType", type}, {"TemplateBody", body}}));
    };
    const Json first = propose("one", "CREATE", "Orders");
    CHECK(shop.statusOf("shop") == "REVIEW_IN_PROGRESS");
    CHECK(textOr(shop.ask("DescribeChangeSet", object({{"ChangeSetName", textOr(first, "Id")}})), "Status") ==
          "CREATE_COMPLETE");
    shop.ask("ExecuteChangeSet", object({{"ChangeSetName", textOr(first, "Id")}}));
    CHECK(shop.statusOf("shop") == "CREATE_COMPLETE");
    propose("two", "UPDATE", "Orders");
    const Json none = shop.ask("DescribeChangeSet", object({{"ChangeSetName", "two"}, {"StackName", "shop"}}));
    CHECK(textOr(none, "Status") == "FAILED");
    CHECK(textOr(none, "StatusReason").starts_with("The submitted information didn't contain changes"));
    propose("three", "UPDATE", "Carts");
    const Json changes = shop.ask("DescribeChangeSet", object({{"ChangeSetName", "three"}, {"StackName", "shop"}}));
    CHECK(find(changes, "Changes")->Size() == 2);
    shop.ask("ExecuteChangeSet", object({{"ChangeSetName", "three"}, {"StackName", "shop"}}));
    CHECK(shop.words.deployed == std::vector<std::string>{"Orders", "Carts"});
}

TEST_CASE("a deleted stack is gone, and deleting it again is no error") {
    StackBench shop;
    shop.ask("CreateStack", object({{"StackName", "shop"}, {"TemplateBody", "Orders"}}));
    shop.ask("DeleteStack", object({{"StackName", "shop"}}));
    CHECK(shop.bench.errorOf("cloudformation", "DescribeStacks", object({{"StackName", "shop"}})) == "ValidationError");
    shop.ask("DeleteStack", object({{"StackName", "shop"}}));
    CHECK(shop.words.destroyed == std::vector<std::string>{"shop"});
}

TEST_CASE("a stack that cannot be created is rolled back, deleted or left as the caller wants it") {
    StackBench shop;
    const auto create = [&](const char* name, Json more = object()) {
        set(more, "StackName", name);
        set(more, "TemplateBody", "fail");
        shop.ask("CreateStack", std::move(more));
    };
    create("shop");
    CHECK(shop.statusOf("shop") == "ROLLBACK_COMPLETE");
    CHECK(find(shop.ask("DescribeStackResources", object({{"StackName", "shop"}})), "StackResources")->Empty());
    std::string story;
    const Json events = shop.ask("DescribeStackEvents", object({{"StackName", "shop"}}));
    for (const auto& event : find(events, "StackEvents")->GetArray())
        story = textOr(event, "LogicalResourceId") + " " + textOr(event, "ResourceStatus") + "\n" + story;
    CHECK(story ==
          "shop CREATE_IN_PROGRESS\nfail CREATE_COMPLETE\nlast CREATE_FAILED\nshop ROLLBACK_IN_PROGRESS\nfail "
          "DELETE_COMPLETE\nshop ROLLBACK_COMPLETE\n");
    CHECK(shop.bench.errorOf("cloudformation", "UpdateStack",
                             object({{"StackName", "shop"}, {"TemplateBody", "Orders"}})) == "ValidationError");
    shop.ask("DeleteStack", object({{"StackName", "shop"}}));

    create("kept", object({{"DisableRollback", true}}));
    CHECK(shop.statusOf("kept") == "CREATE_FAILED");
    create("gone", object({{"OnFailure", "DELETE"}}));
    CHECK(shop.bench.errorOf("cloudformation", "DescribeStacks", object({{"StackName", "gone"}})) == "ValidationError");
    CHECK(shop.bench.errorOf("cloudformation", "CreateStack",
                             object({{"StackName", "both"},
                                     {"TemplateBody", "Orders"},
                                     {"OnFailure", "DELETE"},
                                     {"DisableRollback", true}})) == "ValidationError");
}
