#include "emulator/templates/dynamic_references.h"

namespace backlot::templates {
namespace {

constexpr std::string_view kBegin = "{{resolve:", kEnd = "}}";

std::vector<std::string> partsOf(std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        const auto colon = text.find(':');
        parts.emplace_back(text.substr(0, colon));
        if (colon == std::string_view::npos) return parts;
        text.remove_prefix(colon + 1);
    }
}

/// What stands between the braces, behind "resolve:".
std::vector<std::string> partsOfReference(const std::string& reference) {
    return partsOf(std::string_view(reference).substr(kBegin.size(), reference.size() - kBegin.size() - kEnd.size()));
}

/// A secret's id and what follows it: an ARN has colons of its own.
struct SecretReference {
    std::string id, key, stage, version;
};
SecretReference secretReference(const std::vector<std::string>& parts) {
    std::size_t at = 2;  // behind the service and the first part of the id
    SecretReference found{.id = parts.size() > 1 ? parts[1] : "", .key = {}, .stage = {}, .version = {}};
    if (found.id == "arn")
        for (; at < parts.size() && at < 8; ++at) found.id += ":" + parts[at];
    const auto next = [&] { return at < parts.size() ? parts[at++] : std::string(); };
    next();  // SecretString
    found.key = next();
    found.stage = next();
    found.version = next();
    return found;
}

std::string secretValue(const Json& answer, const std::string& key) {
    const std::string text = textOr(answer, "SecretString");
    if (key.empty()) return text;
    const auto document = tryParseJson(text);
    const Json* value = document ? find(*document, key) : nullptr;
    if (!value) throw std::runtime_error("the secret has no key " + key);
    return scalarText(*value);
}

}  // namespace

std::set<std::string> dynamicReferences(const Node& node) {
    std::set<std::string> found;
    for (std::size_t at = node.text.find(kBegin); at != std::string::npos; at = node.text.find(kBegin, at + 1)) {
        const auto end = node.text.find(kEnd, at);
        if (end == std::string::npos) break;
        found.insert(node.text.substr(at, end + kEnd.size() - at));
    }
    for (const auto& item : node.items) found.merge(dynamicReferences(item));
    for (const auto& member : node.members) found.merge(dynamicReferences(member.value));
    return found;
}

Node withValues(Node node, const std::map<std::string, std::string>& values) {
    if (node.text.find(kBegin) != std::string::npos)
        for (const auto& [reference, value] : values)
            for (auto at = node.text.find(reference); at != std::string::npos;
                 at = node.text.find(reference, at + value.size())) {
                node.text.replace(at, reference.size(), value);
                node.quoted = true;
            }
    for (auto& item : node.items) item = withValues(std::move(item), values);
    for (auto& member : node.members) member.value = withValues(std::move(member.value), values);
    return node;
}

Action resolveReference(const std::string& reference, std::map<std::string, std::string>& values,
                        std::function<void(const std::string& problem)> missing) {
    const auto parts = partsOfReference(reference);
    const auto otherwise = [&values, reference, missing](const AwsError& error) -> std::optional<Actions> {
        missing(reference + ": " + error.code() + (error.message().empty() ? "" : ": " + error.message()) +
                ": a placeholder stands for it");
        values[reference] = "placeholder";
        return Actions{};
    };
    if (parts.size() >= 2 && (parts[0] == "ssm" || parts[0] == "ssm-secure")) {
        std::string name = parts[1];
        for (std::size_t i = 2; i < parts.size(); ++i) name += ":" + parts[i];
        return {"ssm", "GetParameter", object({{"Name", name}, {"WithDecryption", parts[0] == "ssm-secure"}}),
                [&values, reference](const Json& answer) {
                    values[reference] = textOr(*find(answer, "Parameter"), "Value");
                    return Actions{};
                },
                otherwise};
    }
    if (parts.size() >= 2 && parts[0] == "secretsmanager") {
        const SecretReference secret = secretReference(parts);
        Json request = object({{"SecretId", secret.id}});
        if (!secret.stage.empty()) set(request, "VersionStage", secret.stage);
        if (!secret.version.empty()) set(request, "VersionId", secret.version);
        return {"secretsmanager", "GetSecretValue", std::move(request),
                [&values, reference, key = secret.key](const Json& answer) {
                    values[reference] = secretValue(answer, key);
                    return Actions{};
                },
                otherwise};
    }
    throw std::runtime_error(reference + " is no dynamic reference of CloudFormation");
}

}  // namespace backlot::templates
