#include "emulator/templates/serverless.h"

#include <algorithm>
#include <set>

#include "emulator/templates/serverless_expansion.h"

namespace backlot::templates {

Node ref(std::string_view logicalId, int line) {
    Node result = mapping(line);
    result.set("Ref", scalar(logicalId, line));
    return result;
}

Node getAtt(std::string_view logicalId, std::string_view attribute, int line) {
    return fromJson(object({{"Fn::GetAtt", list({logicalId, attribute})}}), line);
}

Node mapping(int line) { return Node{.kind = Node::Kind::mapping, .line = line}; }

Node sequenceOf(std::vector<Node> items, int line) {
    Node result{.kind = Node::Kind::sequence, .line = line};
    result.items = std::move(items);
    return result;
}

Node merged(const Node& general, const Node& own) {
    if (own.isMapping() && general.isMapping() && functionOf(own).empty() && functionOf(general).empty()) {
        Node result = general;
        result.line = own.line;
        for (const auto& member : own.members) {
            const auto* below = general.find(member.name);
            result.set(member.name, below ? merged(*below, member.value) : member.value);
        }
        return result;
    }
    if (own.isSequence() && general.isSequence()) {
        Node result = general;
        result.items.insert(result.items.end(), own.items.begin(), own.items.end());
        return result;
    }
    return own;
}

Node tagList(const Node& tags) {
    if (!tags.isMapping()) return tags;
    std::vector<Node> items;
    for (const auto& tag : tags.members) {
        Node one = mapping(tag.line);
        one.set("Key", scalar(tag.name, tag.line));
        one.set("Value", tag.value);
        items.push_back(std::move(one));
    }
    return sequenceOf(std::move(items), tags.line);
}

namespace {

/// "arn:…" as it stands, an AWS managed policy by its name.
std::string managedPolicyArn(const std::string& name) {
    return name.starts_with("arn:") ? name : "arn:aws:iam::aws:policy/" + name;
}

}  // namespace

void Expansion::run() {
    const std::vector<ResourceDeclaration> written = std::move(source_.resources);
    source_.resources.clear();
    for (const auto& resource : written) declareApi(resource);
    using Expand = void (Expansion::*)(const ResourceDeclaration&);
    static const std::map<std::string_view, Expand> expansions = {
        {"AWS::Serverless::Function", &Expansion::expandFunction},
        {"AWS::Serverless::SimpleTable", &Expansion::expandTable},
        {"AWS::Serverless::StateMachine", &Expansion::expandMachine},
        {"AWS::Serverless::LayerVersion", &Expansion::expandLayer},
        {"AWS::Serverless::Api", nullptr},  // with their routes, at the end
        {"AWS::Serverless::HttpApi", nullptr},
    };
    for (const auto& resource : written) {
        const auto found = expansions.find(resource.type);
        if (found == expansions.end())
            source_.resources.push_back(resource);
        else if (found->second)
            (this->*found->second)(resource);
    }
    for (auto& [name, api] : apis_) finishApi(api);
    for (auto& [name, api] : httpApis_) finishHttpApi(api);
}

Node Expansion::globals(std::string_view section) const {
    const auto* found = source_.globals.find(section);
    return found ? *found : mapping(0);
}

ResourceDeclaration& Expansion::add(const ResourceDeclaration& origin, std::string logicalId, std::string type,
                                    Node properties) {
    ResourceDeclaration made{.logicalId = std::move(logicalId),
                             .type = std::move(type),
                             .line = origin.line,
                             .properties = std::move(properties),
                             .condition = origin.condition,
                             .retain = origin.retain,
                             .madeFrom = origin.logicalId};
    made.properties.kind = Node::Kind::mapping;
    source_.resources.push_back(std::move(made));
    return source_.resources.back();
}

void Expansion::warn(int line, const std::string& logicalId, const std::string& problem) {
    warnings_.push_back({line, logicalId, problem});
}

Node Expansion::carried(const ResourceDeclaration& resource, const Node& given, const std::vector<PropertyRow>& rows) {
    Node properties = mapping(resource.properties.line);
    for (const auto& member : given.members) {
        const auto row =
            std::find_if(rows.begin(), rows.end(), [&](const PropertyRow& one) { return one.name == member.name; });
        if (row == rows.end()) {
            warn(member.line, resource.logicalId,
                 resource.type + " has no property " + member.name + " that Backlot knows: it is left out");
            continue;
        }
        const std::string_view to = row->to.empty() ? row->name : row->to;
        if (row->how == PropertyRow::How::same) properties.set(to, member.value);
        if (row->how == PropertyRow::How::tags) properties.set(to, tagList(member.value));
        if (row->how == PropertyRow::How::mode) {
            Node mode = mapping(member.line);
            mode.set("Mode", member.value);
            properties.set(to, std::move(mode));
        }
    }
    return properties;
}

void Expansion::addRole(const ResourceDeclaration& resource, const std::string& roleId, std::string_view principal,
                        const Node& given, std::vector<std::string> managed) {
    std::vector<Node> documents;
    std::vector<Node> arns;
    if (const auto* policies = given.find("Policies")) {
        const auto policy = [&](const Node& one) {
            if (one.isScalar()) managed.push_back(managedPolicyArn(one.text));
            if (one.find("Statement")) documents.push_back(one);
            if (const auto function = functionOf(one); !function.empty()) arns.push_back(one);  // !Ref of a policy
        };
        if (policies->isSequence()) {
            for (const auto& one : policies->items) policy(one);
        } else {
            policy(*policies);
        }
    }
    Node properties =
        fromJson(object({{"AssumeRolePolicyDocument",
                          object({{"Version", "2012-10-17"},
                                  {"Statement", list({object({{"Effect", "Allow"},
                                                              {"Principal", object({{"Service", list({principal})}})},
                                                              {"Action", list({"sts:AssumeRole"})}})})}})},
                         {"ManagedPolicyArns", array(managed)}}),
                 resource.line);
    for (auto& arn : arns) properties.find("ManagedPolicyArns")->items.push_back(std::move(arn));
    if (const auto* trust = given.find("AssumeRolePolicyDocument")) properties.set("AssumeRolePolicyDocument", *trust);
    for (const auto& [from, to] : {std::pair{"PermissionsBoundary", "PermissionsBoundary"}, {"RolePath", "Path"}})
        if (const auto* value = given.find(from)) properties.set(to, *value);
    if (!documents.empty()) {
        std::vector<Node> inlinePolicies;
        for (std::size_t i = 0; i < documents.size(); ++i) {
            Node one = mapping(documents[i].line);
            one.set("PolicyName", scalar(roleId + "Policy" + std::to_string(i), documents[i].line));
            one.set("PolicyDocument", documents[i]);
            inlinePolicies.push_back(std::move(one));
        }
        properties.set("Policies", sequenceOf(std::move(inlinePolicies), resource.line));
    }
    add(resource, roleId, "AWS::IAM::Role", std::move(properties));
}

void Expansion::expandTable(const ResourceDeclaration& resource) {
    using How = PropertyRow::How;
    static const std::vector<PropertyRow> rows = {{"TableName"},
                                                  {"ProvisionedThroughput"},
                                                  {"SSESpecification"},
                                                  {"PointInTimeRecoverySpecification"},
                                                  {"Tags", "Tags", How::tags},
                                                  {"PrimaryKey", {}, How::elsewhere}};
    const Node given = merged(globals("SimpleTable"), resource.properties);
    const auto* key = given.find("PrimaryKey");
    const std::string name = key && !key->textOf("Name").empty() ? std::string(key->textOf("Name")) : "id";
    const std::string_view type = key ? key->textOf("Type") : std::string_view();
    const std::string_view letter = type == "Number" ? "N" : type == "Binary" ? "B" : "S";
    Node properties = carried(resource, given, rows);
    properties.set("AttributeDefinitions",
                   fromJson(list({object({{"AttributeName", name}, {"AttributeType", letter}})}), resource.line));
    properties.set("KeySchema",
                   fromJson(list({object({{"AttributeName", name}, {"KeyType", "HASH"}})}), resource.line));
    if (!properties.find("ProvisionedThroughput"))
        properties.set("BillingMode", scalar("PAY_PER_REQUEST", resource.line));
    auto& made = add(resource, resource.logicalId, "AWS::DynamoDB::Table", std::move(properties));
    made.dependsOn = resource.dependsOn;
    made.madeFrom.clear();
}

void Expansion::expandLayer(const ResourceDeclaration& resource) {
    const Node given = merged(globals("LayerVersion"), resource.properties);
    Node properties = given;
    properties.erase("RetentionPolicy");
    auto& made = add(resource, resource.logicalId, "AWS::Lambda::LayerVersion", std::move(properties));
    made.dependsOn = resource.dependsOn;
    made.madeFrom.clear();
}

void expandServerless(Template& source, std::vector<Warning>& warnings) { Expansion(source, warnings).run(); }

}  // namespace backlot::templates
