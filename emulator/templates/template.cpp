#include "emulator/templates/template.h"

#include <algorithm>

#include "emulator/templates/reader.h"

namespace backlot::templates {

namespace {

/// An empty section is one of nothing.
const Node& requireMapping(const Template& source, const Node& node, std::string_view what) {
    static const Node none{.kind = Node::Kind::mapping};
    if (node.kind == Node::Kind::null) return none;
    if (!node.isMapping()) source.fail(node.line, std::string(what) + " must be a mapping");
    return node;
}

ResourceDeclaration readResource(const Template& source, const Member& member) {
    requireMapping(source, member.value, "resource " + member.name);
    ResourceDeclaration resource{
        .logicalId = member.name, .type = std::string(member.value.textOf("Type")), .line = member.line};
    if (resource.type.empty()) source.fail(member.line, "resource " + member.name + " has no Type");
    const bool alphanumeric =
        std::all_of(member.name.begin(), member.name.end(), [](unsigned char c) { return std::isalnum(c); });
    if (!alphanumeric) source.fail(member.line, "the logical id " + member.name + " may hold letters and digits only");
    if (const auto* properties = member.value.find("Properties")) {
        if (properties->kind != Node::Kind::null)
            resource.properties = requireMapping(source, *properties, "Properties of " + member.name);
    }
    resource.properties.kind = Node::Kind::mapping;
    if (resource.properties.line == 0) resource.properties.line = member.line;
    if (const auto* dependsOn = member.value.find("DependsOn")) {
        if (dependsOn->isScalar()) resource.dependsOn.insert(dependsOn->text);
        for (const auto& item : dependsOn->items) resource.dependsOn.insert(item.text);
    }
    resource.condition = member.value.textOf("Condition");
    resource.retain = member.value.textOf("DeletionPolicy").starts_with("Retain");
    return resource;
}

OutputDeclaration readOutput(const Template& source, const Member& member) {
    requireMapping(source, member.value, "output " + member.name);
    const auto* value = member.value.find("Value");
    if (!value) source.fail(member.line, "output " + member.name + " has no Value");
    OutputDeclaration output{.name = member.name,
                             .description = std::string(member.value.textOf("Description")),
                             .condition = std::string(member.value.textOf("Condition")),
                             .line = member.line,
                             .value = *value};
    if (const auto* exported = member.value.find("Export"))
        if (const auto* name = exported->find("Name")) output.exportName = *name;
    return output;
}

}  // namespace

const ResourceDeclaration* Template::find(std::string_view logicalId) const {
    const auto found = std::find_if(resources.begin(), resources.end(),
                                    [&](const auto& resource) { return resource.logicalId == logicalId; });
    return found == resources.end() ? nullptr : &*found;
}

Template parseTemplate(std::string_view text, const std::string& file) {
    Template result;
    result.file = file;
    result.text = text;
    std::vector<ReadNote> notes;
    const Node root = readTemplate(text, file, {}, &notes);
    if (!root.isMapping()) result.fail(root.line, "a template is a mapping with a member Resources");
    result.notes = std::move(notes);
    for (const auto& member : root.members) {
        const Node& value = member.value;
        if (member.name == "AWSTemplateFormatVersion" || member.name == "Metadata" || member.name == "Rules") continue;
        if (member.name == "Description") {
            result.description = value.text;
        } else if (member.name == "Transform") {
            std::vector<Node> transforms = value.isSequence() ? value.items : std::vector<Node>{value};
            for (const auto& transform : transforms) {
                if (transform.text.starts_with("AWS::Serverless")) {
                    result.serverless = true;
                } else if (transform.text != "AWS::LanguageExtensions") {  // its functions are there without it
                    result.fail(transform.line ? transform.line : member.line,
                                "the transform " + transform.text + " is not supported");
                }
            }
        } else if (member.name == "Parameters") {
            result.parameters = requireMapping(result, value, "Parameters");
        } else if (member.name == "Mappings") {
            result.mappings = requireMapping(result, value, "Mappings");
        } else if (member.name == "Conditions") {
            result.conditions = requireMapping(result, value, "Conditions");
        } else if (member.name == "Globals") {
            result.globals = requireMapping(result, value, "Globals");
        } else if (member.name == "Resources") {
            for (const auto& resource : requireMapping(result, value, "Resources").members)
                result.resources.push_back(readResource(result, resource));
        } else if (member.name == "Outputs") {
            if (value.kind == Node::Kind::null) continue;
            for (const auto& output : requireMapping(result, value, "Outputs").members)
                result.outputs.push_back(readOutput(result, output));
        } else {
            result.fail(member.line, "a template has no section " + member.name);
        }
    }
    if (result.resources.empty()) result.fail(0, "the template has no Resources");
    return result;
}

bool settled(const Node& node) {
    if (!functionOf(node).empty()) return false;
    return std::all_of(node.items.begin(), node.items.end(), settled) &&
           std::all_of(node.members.begin(), node.members.end(),
                       [](const Member& member) { return settled(member.value); });
}

namespace {

void collectFromSub(std::string_view text, const Node* variables, std::set<std::string>& names) {
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const auto end = text.find('}', at);
        if (end == std::string_view::npos) return;
        std::string_view name = text.substr(at + 2, end - at - 2);
        if (name.starts_with("!") || (variables && variables->find(name))) continue;
        names.insert(std::string(name.substr(0, name.find('.'))));
        names.insert(std::string(name));  // SAM's "Api.Stage"
    }
}

void collect(const Node& node, std::set<std::string>& names) {
    const auto function = functionOf(node);
    if (!function.empty()) {
        const Node& argument = node.members.front().value;
        if (function == "Ref") {
            names.insert(argument.text);
            return;
        }
        if (function == "Fn::GetAtt") {
            if (argument.isScalar()) names.insert(argument.text.substr(0, argument.text.find('.')));
            if (argument.isSequence() && !argument.items.empty()) names.insert(argument.items.front().text);
            return;
        }
        if (function == "Fn::Sub") {
            if (argument.isScalar()) collectFromSub(argument.text, nullptr, names);
            if (argument.isSequence() && argument.items.size() == 2)
                collectFromSub(argument.items[0].text, &argument.items[1], names);
        }
    }
    for (const auto& item : node.items) collect(item, names);
    for (const auto& member : node.members) collect(member.value, names);
}

}  // namespace

std::set<std::string> references(const Node& node) {
    std::set<std::string> names;
    collect(node, names);
    return names;
}

}  // namespace backlot::templates
