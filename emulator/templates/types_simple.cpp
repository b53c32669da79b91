// Types that are one call on their service: made by it, changed by another of the same members, removed by a third.
// Source: AWS CloudFormation Resource Reference.

#include <algorithm>

#include "emulator/templates/resource_types.h"

namespace backlot::templates {

namespace {

/// An attribute for Fn::GetAtt, and the member of the answer that it is. An empty member: the resource's name.
struct Attribute {
    std::string_view name, member;
};

struct SimpleType {
    std::string_view type, service;
    std::string_view create, update, remove;  // update empty: created again as it is
    std::string_view nameProperty;            // "Name"; generated where it is missing
    std::string_view nameMember;              // of the requests
    std::size_t nameLimit;
    std::vector<Renamed> properties;          // what goes into the requests
    std::vector<std::string_view> documents;  // of these, those that are JSON texts in the request
    std::vector<std::string_view> fixed;      // members that only creation takes
    std::string_view ref = {};                // the member of the answer that Ref gives; empty: the name
    std::vector<Attribute> attributes = {};
    std::vector<std::string> exists = {"ResourceAlreadyExistsException"};
    std::string_view owner = {};  // the member beside the name that removal wants
};

const std::vector<SimpleType>& simpleTypes() {
    static const std::vector<SimpleType> types{
        {.type = "AWS::Events::Connection",
         .service = "events",
         .create = "CreateConnection",
         .update = "UpdateConnection",
         .remove = "DeleteConnection",
         .nameProperty = "Name",
         .nameMember = "Name",
         .nameLimit = 64,
         .properties = {"AuthorizationType", "AuthParameters", "Description"},
         .documents = {},
         .fixed = {},
         .attributes = {{"Arn", "ConnectionArn"}, {"SecretArn", "SecretArn"}}},
        {.type = "AWS::Events::ApiDestination",
         .service = "events",
         .create = "CreateApiDestination",
         .update = "UpdateApiDestination",
         .remove = "DeleteApiDestination",
         .nameProperty = "Name",
         .nameMember = "Name",
         .nameLimit = 64,
         .properties = {"ConnectionArn", "Description", "HttpMethod", "InvocationEndpoint",
                        "InvocationRateLimitPerSecond"},
         .documents = {},
         .fixed = {},
         .attributes = {{"Arn", "ApiDestinationArn"}, {"ArnForPolicy", "ApiDestinationArn"}}},
        {.type = "AWS::Events::Archive",
         .service = "events",
         .create = "CreateArchive",
         .update = "UpdateArchive",
         .remove = "DeleteArchive",
         .nameProperty = "ArchiveName",
         .nameMember = "ArchiveName",
         .nameLimit = 48,
         .properties = {{"SourceArn", "EventSourceArn"}, "Description", "EventPattern", "RetentionDays"},
         .documents = {"EventPattern"},
         .fixed = {"EventSourceArn"},
         .attributes = {{"Arn", "ArchiveArn"}}},
        {.type = "AWS::Logs::MetricFilter",
         .service = "logs",
         .create = "PutMetricFilter",
         .update = {},
         .remove = "DeleteMetricFilter",
         .nameProperty = "FilterName",
         .nameMember = "filterName",
         .nameLimit = 512,
         .properties = {{"LogGroupName", "logGroupName"},
                        {"FilterPattern", "filterPattern"},
                        {"MetricTransformations", "metricTransformations"}},
         .documents = {},
         .fixed = {},
         .owner = "logGroupName"},
        {.type = "AWS::Logs::SubscriptionFilter",
         .service = "logs",
         .create = "PutSubscriptionFilter",
         .update = {},
         .remove = "DeleteSubscriptionFilter",
         .nameProperty = "FilterName",
         .nameMember = "filterName",
         .nameLimit = 512,
         .properties = {{"LogGroupName", "logGroupName"},
                        {"FilterPattern", "filterPattern"},
                        {"DestinationArn", "destinationArn"},
                        {"RoleArn", "roleArn"},
                        {"Distribution", "distribution"}},
         .documents = {},
         .fixed = {},
         .owner = "logGroupName"},
        {.type = "AWS::Logs::ResourcePolicy",
         .service = "logs",
         .create = "PutResourcePolicy",
         .update = {},
         .remove = "DeleteResourcePolicy",
         .nameProperty = "PolicyName",
         .nameMember = "policyName",
         .nameLimit = 255,
         .properties = {{"PolicyDocument", "policyDocument"}},
         .documents = {"policyDocument"},
         .fixed = {}},
        {.type = "AWS::Lambda::Alias",
         .service = "lambda",
         .create = "CreateAlias",
         .update = "UpdateAlias",
         .remove = "DeleteAlias",
         .nameProperty = "Name",
         .nameMember = "Name",
         .nameLimit = 128,
         .properties = {"FunctionName", "FunctionVersion", "Description"},
         .documents = {},
         .fixed = {},
         .ref = "AliasArn",
         .attributes = {{"AliasArn", "AliasArn"}},
         .exists = {"ResourceConflictException"},
         .owner = "FunctionName"},
    };
    return types;
}

Json requestOf(const SimpleType& type, const Making& making, const std::string& name) {
    Json request = object();
    for (const auto& property : type.properties) {
        Json one = pick(making.properties, {property});
        for (auto& member : one.GetObject()) set(request, view(member.name), std::move(member.value));
    }
    for (const auto document : type.documents)
        if (const Json* value = find(request, document); value && !value->IsString())
            set(request, document, documentText(*value));
    set(request, type.nameMember, name);
    return request;
}

/// CloudFormation begins a transformation's members with capitals, the API does not.
void lowerTransformations(Json& request) {
    Json* all = find(request, "metricTransformations");
    if (!all || !all->IsArray()) return;
    for (auto& one : all->GetArray()) {
        Json lowered = object();
        for (auto& member : one.GetObject()) {
            std::string name = text(member.name);
            if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
            const bool number = name == "defaultValue";
            if (number)
                if (auto value = tryParseJson(scalarText(member.value)); value && value->IsNumber())
                    member.value = std::move(*value);
            set(lowered, name, std::move(member.value));
        }
        one = std::move(lowered);
    }
}

Actions makeSimple(const SimpleType& type, Making& making) {
    const std::string name = making.nameFrom(type.nameProperty, type.nameLimit);
    Json request = requestOf(type, making, name);
    lowerTransformations(request);
    making.result.ref = name;
    making.result.attributes["Name"] = name;
    if (!type.owner.empty()) making.result.attributes["Owner"] = textOr(request, type.owner);
    const auto keep = [&type, &making](const Json& answer) {
        if (!type.ref.empty()) making.result.ref = textOr(answer, type.ref, making.result.ref);
        for (const auto& attribute : type.attributes)
            if (const auto value = optionalText(answer, attribute.member))
                making.result.attributes[std::string(attribute.name)] = *value;
        return Actions{};
    };
    Json change = copy(request);
    for (const auto member : type.fixed) erase(change, member);
    const auto shared = std::make_shared<Json>(std::move(change));
    Action create{std::string(type.service), std::string(type.create), std::move(request), keep};
    if (!type.update.empty())
        create.otherwise = on(type.exists, [&type, keep, shared] {
            return Actions{{std::string(type.service), std::string(type.update), copy(*shared), keep}};
        });
    Actions actions;
    actions.push_back(std::move(create));
    return actions;
}

Actions unmakeSimple(const SimpleType& type, const Physical& physical) {
    const auto attribute = [&](const char* name) {
        const auto found = physical.attributes.find(name);
        return found == physical.attributes.end() ? std::string() : found->second;
    };
    Json request = object();
    set(request, type.nameMember, attribute("Name"));
    if (!type.owner.empty()) set(request, type.owner, attribute("Owner"));
    return {{std::string(type.service), std::string(type.remove), std::move(request)}};
}

}  // namespace

void addSimpleTypes(ResourceTypes& types) {
    for (const auto& type : simpleTypes())
        types[std::string(type.type)] = {[&type](Making& making) { return makeSimple(type, making); },
                                         [&type](const Physical& physical) { return unmakeSimple(type, physical); }};
}

}  // namespace backlot::templates
