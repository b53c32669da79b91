// IAM, CloudWatch Logs and SES. Source: AWS CloudFormation Resource Reference.

#include "emulator/templates/resource_types.h"

namespace backlot::templates {

namespace {

// --- IAM ----------------------------------------------------------------------------------------------------------

Actions makeRole(Making& making) {
    const std::string name = making.nameFrom("RoleName", 64);
    const std::string trust = documentText(Fields(making.properties).value("AssumeRolePolicyDocument"));
    Json request =
        pick(making.properties, {"Path", "Description", "MaxSessionDuration", "PermissionsBoundary", "Tags"});
    set(request, "RoleName", name);
    set(request, "AssumeRolePolicyDocument", trust);
    const auto keep = [&making, name](const Json& answer) {
        const Json& role = *find(answer, "Role");
        making.result.ref = name;
        making.result.attributes = {{"Arn", textOr(role, "Arn")}, {"RoleId", textOr(role, "RoleId")}};
        return Actions{};
    };
    Actions actions;
    actions.push_back(
        {"iam", "CreateRole", std::move(request), keep,
         on({"EntityAlreadyExists", "EntityAlreadyExistsException"}, [=] {
             return Actions{{"iam", "UpdateAssumeRolePolicy", object({{"RoleName", name}, {"PolicyDocument", trust}})},
                            {"iam", "GetRole", object({{"RoleName", name}}), keep}};
         })});
    for (const auto& policy : Fields(making.properties).texts("ManagedPolicyArns")) {
        actions.push_back({"iam", "AttachRolePolicy", object({{"RoleName", name}, {"PolicyArn", policy}})});
    }
    for (const auto* policy : Fields(making.properties).items("Policies")) {
        actions.push_back({"iam", "PutRolePolicy",
                           object({{"RoleName", name},
                                   {"PolicyName", textOr(*policy, "PolicyName")},
                                   {"PolicyDocument", documentText(Fields(*policy).value("PolicyDocument"))}})});
    }
    return actions;
}

/// A role goes only after its policies.
Actions unmakeRole(const Physical& physical) {
    const std::string role = physical.ref;
    const Json named = object({{"RoleName", role}});
    return {{"iam", "ListAttachedRolePolicies", copy(named),
             [role](const Json& answer) {
                 Actions next;
                 for (const auto* policy : Fields(answer).items("AttachedPolicies")) {
                     next.push_back({"iam",
                                     "DetachRolePolicy",
                                     object({{"RoleName", role}, {"PolicyArn", textOr(*policy, "PolicyArn")}}),
                                     {},
                                     ignore});
                 }
                 return next;
             }},
            {"iam", "ListRolePolicies", copy(named),
             [role](const Json& answer) {
                 Actions next;
                 for (const auto& policy : Fields(answer).texts("PolicyNames")) {
                     next.push_back(
                         {"iam", "DeleteRolePolicy", object({{"RoleName", role}, {"PolicyName", policy}}), {}, ignore});
                 }
                 return next;
             }},
            {"iam", "DeleteRole", copy(named)}};
}

Actions makePolicy(Making& making) {
    const std::string name = require(making, "PolicyName");
    const std::string document = documentText(Fields(making.properties).value("PolicyDocument"));
    making.result.ref = making.generatedName();
    making.result.attributes["Id"] = making.result.ref;
    Actions actions;
    for (const auto& role : Fields(making.properties).texts("Roles")) {
        actions.push_back(
            {"iam", "PutRolePolicy", object({{"RoleName", role}, {"PolicyName", name}, {"PolicyDocument", document}})});
    }
    return actions;
}

Actions makeManagedPolicy(Making& making) {
    const std::string name = making.nameFrom("ManagedPolicyName", 128);
    const std::string document = documentText(Fields(making.properties).value("PolicyDocument"));
    Json request = pick(making.properties, {"Path", "Description"});
    const std::string policyArn =
        "arn:aws:iam::" + making.environment.account + ":policy" + textOr(request, "Path", "/") + name;
    set(request, "PolicyName", name);
    set(request, "PolicyDocument", document);
    making.result.ref = policyArn;
    making.result.attributes = {{"PolicyArn", policyArn}};
    Actions actions;
    actions.push_back(
        {"iam",
         "CreatePolicy",
         std::move(request),
         {},
         on({"EntityAlreadyExists", "EntityAlreadyExistsException"}, [=] {
             return Actions{{"iam",
                             "CreatePolicyVersion",
                             object({{"PolicyArn", policyArn}, {"PolicyDocument", document}, {"SetAsDefault", true}}),
                             {},
                             ignore}};
         })});
    for (const auto& role : Fields(making.properties).texts("Roles")) {
        actions.push_back({"iam", "AttachRolePolicy", object({{"RoleName", role}, {"PolicyArn", policyArn}})});
    }
    return actions;
}

// --- CloudWatch Logs ----------------------------------------------------------------------------------------------

Actions makeLogGroup(Making& making) {
    const std::string name = making.nameFrom("LogGroupName", 512);
    making.result.ref = name;
    making.result.attributes["Arn"] =
        "arn:aws:logs:" + making.environment.region + ":" + making.environment.account + ":log-group:" + name + ":*";
    Json request = object({{"logGroupName", name}});
    if (const auto* tags = find(making.properties, "Tags")) set(request, "tags", tagMap(*tags));
    Actions actions;
    actions.push_back({"logs", "CreateLogGroup", std::move(request), {}, on({"ResourceAlreadyExistsException"}, [] {
                           return Actions{};
                       })});
    if (const auto* days = find(making.properties, "RetentionInDays")) {
        actions.push_back(
            {"logs", "PutRetentionPolicy",
             object({{"logGroupName", name}, {"retentionInDays", wholeNumber(*days, "RetentionInDays")}})});
    }
    return actions;
}

// --- SES ----------------------------------------------------------------------------------------------------------

Actions makeEmailIdentity(Making& making) {
    const std::string identity = require(making, "EmailIdentity");
    making.result.ref = identity;
    return {
        {"sesv2", "CreateEmailIdentity", object({{"EmailIdentity", identity}}), {}, on({"AlreadyExistsException"}, [] {
             return Actions{};
         })}};
}

Actions makeConfigurationSet(Making& making) {
    const std::string name = making.nameFrom("Name", 64);
    making.result.ref = name;
    return {{"sesv2",
             "CreateConfigurationSet",
             object({{"ConfigurationSetName", name}}),
             {},
             on({"AlreadyExistsException"}, [] { return Actions{}; })}};
}

/// CloudFormation calls the types of events as API v1 does ("send"), or as v2; the rest is v2's, but for TopicARN.
Actions makeEventDestination(Making& making) {
    const std::string setName = require(making, "ConfigurationSetName");
    const Json& given = Fields(making.properties).value("EventDestination");
    const std::string name = textOr(given, "Name", making.logicalId);
    Json destination = pick(given, {"EventBridgeDestination", "CloudWatchDestination", "KinesisFirehoseDestination"});
    set(destination, "Enabled", !find(given, "Enabled") || scalarText(*find(given, "Enabled")) == "true");
    set(destination, "MatchingEventTypes",
        array(Fields(given).texts("MatchingEventTypes"), [](const std::string& type) {
            std::string upper;
            for (std::size_t i = 0; i < type.size(); ++i) {
                if (type[i] >= 'A' && type[i] <= 'Z' && i && type[i - 1] >= 'a') upper += '_';
                upper += type[i] >= 'a' && type[i] <= 'z' ? static_cast<char>(type[i] - 32) : type[i];
            }
            return upper;
        }));
    if (const Json* topic = at(given, {"SnsDestination", "TopicARN"}))
        set(destination, "SnsDestination", object({{"TopicArn", scalarText(*topic)}}));
    Json request = object({{"ConfigurationSetName", setName},
                           {"EventDestinationName", name},
                           {"EventDestination", std::move(destination)}});
    making.result.ref = setName + "|" + name;
    const auto update = std::make_shared<Json>(copy(request));
    return {{"sesv2",
             "CreateConfigurationSetEventDestination",
             std::move(request),
             {},
             on({"AlreadyExistsException"}, [update] {
                 return Actions{{"sesv2", "UpdateConfigurationSetEventDestination", copy(*update)}};
             })}};
}

Actions unmakeEventDestination(const Physical& physical) {
    const auto bar = physical.ref.find('|');
    return {{"sesv2",
             "DeleteConfigurationSetEventDestination",
             object({{"ConfigurationSetName", physical.ref.substr(0, bar)},
                     {"EventDestinationName", physical.ref.substr(bar + 1)}}),
             {},
             ignore}};
}

std::function<Actions(const Physical&)> removal(const char* service, const char* operation, const char* member) {
    return [=](const Physical& physical) { return Actions{{service, operation, object({{member, physical.ref}})}}; };
}

}  // namespace

void addAccountTypes(ResourceTypes& types) {
    types["AWS::IAM::Role"] = {makeRole, unmakeRole};
    types["AWS::IAM::Policy"] = {makePolicy, {}};
    types["AWS::IAM::ManagedPolicy"] = {makeManagedPolicy, removal("iam", "DeletePolicy", "PolicyArn")};
    types["AWS::Logs::LogGroup"] = {makeLogGroup, removal("logs", "DeleteLogGroup", "logGroupName")};
    types["AWS::SES::ConfigurationSet"] = {makeConfigurationSet,
                                           removal("sesv2", "DeleteConfigurationSet", "ConfigurationSetName")};
    types["AWS::SES::ConfigurationSetEventDestination"] = {makeEventDestination, unmakeEventDestination};
    types["AWS::SES::EmailIdentity"] = {makeEmailIdentity, removal("sesv2", "DeleteEmailIdentity", "EmailIdentity")};
}

}  // namespace backlot::templates
