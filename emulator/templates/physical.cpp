#include "emulator/templates/physical.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "emulator/base/hash.h"
#include "emulator/base/plain_file.h"
#include "emulator/base/text.h"

namespace backlot::templates {
namespace {

constexpr std::size_t kSuffix = 13;  // "-1A2B3C4D5E6F"

/// Twelve letters and digits that are always the same for the stack and its resource.
std::string suffixOf(const Environment& environment, const std::string& logicalId) {
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const auto digest = sha256(environment.stackName + "/" + logicalId);
    std::string suffix;
    for (std::size_t i = 0; i + 1 < kSuffix; ++i) suffix += alphabet[digest[i] % alphabet.size()];
    return suffix;
}

/// The middle word of a type: "ec2" of AWS::EC2::VPC.
std::string serviceOf(std::string_view type) {
    const auto begin = type.find("::");
    if (begin == std::string_view::npos) return "custom";
    type.remove_prefix(begin + 2);
    return lowered(type.substr(0, type.find("::")));
}

std::string kindOf(std::string_view type) { return lowered(type.substr(type.rfind(':') + 1)); }

/// Types whose ids have a form that other properties check.
struct IdForm {
    std::string_view type, prefix;
};
constexpr std::array kIdForms{
    IdForm{"AWS::EC2::VPC", "vpc-"},          IdForm{"AWS::EC2::Subnet", "subnet-"},
    IdForm{"AWS::EC2::SecurityGroup", "sg-"}, IdForm{"AWS::EC2::InternetGateway", "igw-"},
    IdForm{"AWS::EC2::NatGateway", "nat-"},   IdForm{"AWS::EC2::RouteTable", "rtb-"},
    IdForm{"AWS::EC2::Instance", "i-"},       IdForm{"AWS::EC2::VPCEndpoint", "vpce-"},
    IdForm{"AWS::EC2::EIP", "eipalloc-"},     IdForm{"AWS::EFS::FileSystem", "fs-"},
    IdForm{"AWS::EFS::AccessPoint", "fsap-"},
};

/// Types whose Ref is an ARN.  Source: AWS CloudFormation Resource Reference, "Return values".
bool refIsArn(std::string_view type) {
    constexpr std::array<std::string_view, 14> types{"AWS::ElasticLoadBalancingV2::LoadBalancer",
                                                     "AWS::ElasticLoadBalancingV2::TargetGroup",
                                                     "AWS::ElasticLoadBalancingV2::Listener",
                                                     "AWS::CertificateManager::Certificate",
                                                     "AWS::SecretsManager::Secret",
                                                     "AWS::ECS::TaskDefinition",
                                                     "AWS::AppSync::GraphQLApi",
                                                     "AWS::Batch::JobQueue",
                                                     "AWS::Batch::JobDefinition",
                                                     "AWS::Lambda::LayerVersion",
                                                     "AWS::WAFv2::WebACLAssociation",
                                                     "AWS::MSK::Cluster",
                                                     "AWS::Batch::ComputeEnvironment",
                                                     "AWS::KMS::ReplicaKey"};
    return std::find(types.begin(), types.end(), type) != types.end();
}

std::string arnOf(const Environment& environment, const std::string& type, const std::string& name) {
    return "arn:aws:" + serviceOf(type) + ":" + environment.region + ":" + environment.account + ":" + kindOf(type) +
           "/" + name;
}

}  // namespace

std::string physicalName(const Environment& environment, const std::string& logicalId, std::size_t limit) {
    std::string stack = environment.stackName, id = logicalId;
    const std::size_t room = limit - kSuffix - 1;  // for both of them, with a hyphen between
    if (stack.size() + id.size() > room) {
        id.resize(std::min(id.size(), std::max(room / 2, room - std::min(room, stack.size()))));
        stack.resize(std::min(stack.size(), room - id.size()));
    }
    return stack + "-" + id + "-" + suffixOf(environment, logicalId);
}

std::string stackNameOf(std::string_view text) {
    std::string name;
    for (const char c : text) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c));
        if (plain)
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    while (name.ends_with('-')) name.pop_back();
    if (name.empty()) return "backlot";
    if (!std::isalpha(static_cast<unsigned char>(name.front()))) name.insert(0, "stack-");
    return name.substr(0, 128);
}

Physical placeholder(const Environment& environment, const std::string& logicalId, const std::string& type) {
    Physical physical{.ref = physicalName(environment, logicalId, 63), .attributes = {}, .placeholderOf = type};
    const auto form =
        std::find_if(kIdForms.begin(), kIdForms.end(), [&](const IdForm& one) { return one.type == type; });
    if (form != kIdForms.end())
        physical.ref = std::string(form->prefix) + sha1Hex(environment.stackName + "/" + logicalId).substr(0, 17);
    else if (refIsArn(type))
        physical.ref = arnOf(environment, type, physical.ref);
    return physical;
}

std::string placeholderAttribute(const Environment& environment, const Physical& physical,
                                 const std::string& attribute) {
    const std::string& type = physical.placeholderOf;
    const std::string name = physical.ref.substr(physical.ref.rfind('/') + 1);
    const std::string last = attribute.substr(attribute.rfind('.') + 1);
    if (last.ends_with("Arn") || last.ends_with("ARN") || last == "LatestStreamLabel")
        return physical.ref.starts_with("arn:") ? physical.ref : arnOf(environment, type, name);
    const std::string host = lowered(name) + "." + serviceOf(type) + "." + environment.region + ".placeholder.invalid";
    if (last.ends_with("Url") || last.ends_with("URL") || last.ends_with("Uri") || last.ends_with("URI"))
        return "https://" + host;
    if (last.find("Port") != std::string::npos) return "443";
    if (last.find("Domain") != std::string::npos || last.find("Endpoint") != std::string::npos ||
        last.find("DNSName") != std::string::npos || last == "Address")
        return host;
    return name;
}

std::function<std::optional<Node>(const std::string&)> includeFrom(std::filesystem::path folder, bool confined) {
    return [folder = std::move(folder), confined](const std::string& location) -> std::optional<Node> {
        namespace fs = std::filesystem;
        const fs::path path = fs::weakly_canonical(folder / location), root = fs::weakly_canonical(folder);
        const bool inside = std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
        if ((confined && !inside) || !fs::is_regular_file(path)) return std::nullopt;
        return readTemplate(readPlainFile(path), location);
    };
}

}  // namespace backlot::templates
