// The values of a template's functions. Source: AWS CloudFormation User Guide, "Intrinsic function reference".

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "emulator/base/base64.h"
#include "emulator/base/text.h"
#include "emulator/templates/physical.h"
#include "emulator/templates/template.h"

namespace backlot::templates {

namespace {

std::optional<double> numberOf(std::string_view text) {
    double value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || rest != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

std::vector<std::string> splitBy(std::string_view text, std::string_view separator) {
    std::vector<std::string> parts;
    if (separator.empty()) return {std::string(text)};
    for (std::size_t at = 0;;) {
        const auto end = text.find(separator, at);
        parts.emplace_back(text.substr(at, end - at));
        if (end == std::string_view::npos) return parts;
        at = end + separator.size();
    }
}

Node sequence(const std::vector<std::string>& texts, int line) {
    Node node;
    node.kind = Node::Kind::sequence;
    node.line = line;
    for (const auto& text : texts) node.items.push_back(scalar(text, line));
    return node;
}

Node boolean(bool value, int line) {
    Node node = scalar(value ? "true" : "false", line);
    node.quoted = false;
    return node;
}

void checkParameter(const Template& source, const Member& parameter, const std::string& value) {
    const Node& declared = parameter.value;
    const auto refuse = [&](const std::string& why) {
        source.fail(parameter.line, "parameter " + parameter.name + ": " + why);
    };
    if (const auto* allowed = declared.find("AllowedValues"); allowed && allowed->isSequence()) {
        const bool listed = std::any_of(allowed->items.begin(), allowed->items.end(),
                                        [&](const Node& item) { return item.text == value; });
        if (!listed) refuse("\"" + value + "\" is not one of its AllowedValues");
    }
    const auto limit = [&](std::string_view name) { return numberOf(declared.textOf(name)); };
    if (const auto least = limit("MinLength"); least && static_cast<double>(value.size()) < *least)
        refuse("shorter than its MinLength");
    if (const auto most = limit("MaxLength"); most && static_cast<double>(value.size()) > *most)
        refuse("longer than its MaxLength");
    if (declared.textOf("Type") == "Number") {
        const auto number = numberOf(value);
        if (!number) refuse("\"" + value + "\" is not a number");
        if (const auto least = limit("MinValue"); least && *number < *least) refuse("less than its MinValue");
        if (const auto most = limit("MaxValue"); most && *number > *most) refuse("more than its MaxValue");
    }
}

Node parameterValue(const Template& source, const Environment& environment, const Member& parameter) {
    const std::string_view type = parameter.value.textOf("Type");
    if (type.empty()) source.fail(parameter.line, "parameter " + parameter.name + " has no Type");
    std::string value;
    if (const auto given = environment.parameters.find(parameter.name); given != environment.parameters.end()) {
        value = given->second;
    } else if (const auto* otherwise = parameter.value.find("Default")) {
        value = otherwise->text;
    } else {
        source.fail(parameter.line, "parameter " + parameter.name + " has no Default and no value was given");
    }
    if (type == "CommaDelimitedList" || type.starts_with("List<")) {
        std::vector<std::string> parts = value.empty() ? std::vector<std::string>{} : splitBy(value, ",");
        for (auto& part : parts) part = std::string(trimmed(part));
        return sequence(parts, parameter.line);
    }
    if (type.starts_with("AWS::SSM::Parameter::Value<"))  // the value is a parameter's name
        return scalar("{{resolve:ssm:" + value + "}}", parameter.line);
    checkParameter(source, parameter, value);
    return scalar(value, parameter.line);
}

/// The first blocks of `[block, count, bits]` in a block of addresses; nothing where it means none. IPv4 only.
std::optional<std::vector<std::string>> cidrBlocks(const Node& argument) {
    if (!argument.isSequence() || argument.items.size() < 2) return std::nullopt;
    unsigned a = 0, b = 0, c = 0, d = 0, prefix = 0;
    if (std::sscanf(argument.items[0].text.c_str(), "%u.%u.%u.%u/%u", &a, &b, &c, &d, &prefix) != 5 || prefix > 32)
        return std::nullopt;
    const auto count = numberOf(argument.items[1].text);
    const auto bits = argument.items.size() > 2 ? numberOf(argument.items[2].text) : std::optional(8.0);
    if (!count || *count < 1 || *count > 256 || !bits || *bits < 1 || *bits > 32) return std::nullopt;
    const auto size = std::uint64_t{1} << static_cast<unsigned>(*bits);
    std::uint64_t first = (std::uint64_t{a} << 24 | b << 16 | c << 8 | d);
    if (size * static_cast<std::uint64_t>(*count) > std::uint64_t{1} << (32 - prefix)) return std::nullopt;
    std::vector<std::string> blocks;
    for (int i = 0; i < static_cast<int>(*count); ++i, first += size)
        blocks.push_back(std::to_string(first >> 24 & 255) + "." + std::to_string(first >> 16 & 255) + "." +
                         std::to_string(first >> 8 & 255) + "." + std::to_string(first & 255) + "/" +
                         std::to_string(32 - static_cast<int>(*bits)));
    return blocks;
}

/// A function that cannot be evaluated yet, with its arguments as far as they are known.
Node leave(std::string_view name, Node argument, int line) {
    Node node;
    node.line = line;
    node.set(name, std::move(argument));
    return node;
}

}  // namespace

Scope::Scope(const Template& source, const Environment& environment) : source_(source), environment_(environment) {
    for (const auto& parameter : source.parameters.members) {
        values_.insert_or_assign(parameter.name, parameterValue(source, environment, parameter));
    }
    for (const auto& [name, value] : environment.parameters) {
        if (!source.parameters.find(name)) source.fail(0, "the template has no parameter " + name);
    }
    const std::string stackId = "arn:aws:cloudformation:" + environment.region + ":" + environment.account + ":stack/" +
                                environment.stackName + "/backlot";
    values_["AWS::AccountId"] = scalar(environment.account);
    values_["AWS::Region"] = scalar(environment.region);
    values_["AWS::StackName"] = scalar(environment.stackName);
    values_["AWS::StackId"] = scalar(stackId);
    values_["AWS::Partition"] = scalar("aws");
    values_["AWS::URLSuffix"] = scalar("amazonaws.com");
    values_["AWS::NotificationARNs"] = sequence({}, 0);
    values_["AWS::NoValue"] = Node{.kind = Node::Kind::none};
}

std::string Scope::aliased(const std::string& name) const {
    const auto found = source_.aliases.find(name);
    return found == source_.aliases.end() ? name : found->second;
}

std::optional<Node> Scope::valueOf(const std::string& given, int line) const {
    if (const auto value = values_.find(given); value != values_.end()) {
        Node result = value->second;
        result.line = line;
        return result;
    }
    const std::string name = aliased(given);
    if (const auto physical = resources.find(name); physical != resources.end())
        return scalar(physical->second.ref, line);
    if (known && !known->contains(name))
        source_.fail(line, given + " is neither a parameter nor a resource of this template");
    return std::nullopt;
}

std::optional<Node> Scope::attributeOf(const std::string& resource, const std::string& attribute, int line) const {
    if (known && !known->contains(resource)) source_.fail(line, resource + " is not a resource of this template");
    const auto physical = resources.find(resource);
    if (physical == resources.end()) return std::nullopt;
    const auto found = physical->second.attributes.find(attribute);
    if (found != physical->second.attributes.end()) return scalar(found->second, line);
    if (physical->second.placeholderOf.empty())
        gap(line, resource, "Fn::GetAtt: " + resource + " has no attribute " + attribute + " that Backlot knows");
    return scalar(placeholderAttribute(environment_, physical->second, attribute), line);
}

Node Scope::evaluateRef(const Node& node) const {
    const Node& argument = node.members.front().value;
    if (!argument.isScalar()) source_.fail(node.line, "Ref wants a name");
    return valueOf(argument.text, node.line).value_or(node);
}

Node Scope::evaluateGetAtt(const Node& node) const {
    const Node& argument = node.members.front().value;
    std::string resource, attribute;
    if (argument.isScalar()) {
        const auto dot = argument.text.find('.');
        resource = argument.text.substr(0, dot);
        if (dot != std::string::npos) attribute = argument.text.substr(dot + 1);
    } else if (argument.isSequence() && argument.items.size() == 2) {
        resource = argument.items[0].text;
        attribute = evaluate(argument.items[1]).text;
    }
    if (resource.empty() || attribute.empty()) source_.fail(node.line, "Fn::GetAtt wants a resource and an attribute");
    return attributeOf(resource, attribute, node.line).value_or(node);
}

Node Scope::evaluateSub(const Node& node) const {
    const Node& argument = node.members.front().value;
    const bool withVariables = argument.isSequence() && argument.items.size() == 2 && argument.items[0].isScalar() &&
                               argument.items[1].isMapping();
    if (!withVariables && !argument.isScalar())
        source_.fail(node.line, "Fn::Sub wants a text, or a text and a mapping");
    const Node& text = withVariables ? argument.items[0] : argument;
    const Node variables = withVariables ? evaluate(argument.items[1]) : Node{.kind = Node::Kind::mapping};
    std::string result;
    bool whole = true;
    const std::string_view rest = text.text;
    for (std::size_t at = 0; at < rest.size();) {
        const auto begin = rest.find("${", at);
        result += rest.substr(at, begin - at);
        if (begin == std::string_view::npos) break;
        const auto end = rest.find('}', begin);
        if (end == std::string_view::npos) source_.fail(text.line, "Fn::Sub: a ${ without its }");
        const std::string name(trimmed(rest.substr(begin + 2, end - begin - 2)));
        at = end + 1;
        if (name.starts_with("!")) {
            result += "${" + name.substr(1) + "}";
            continue;
        }
        std::optional<Node> value;
        if (const auto* variable = variables.find(name)) {
            value = *variable;
        } else if (const auto dot = name.find('.'); dot != std::string::npos && !source_.aliases.contains(name)) {
            value = attributeOf(name.substr(0, dot), name.substr(dot + 1), text.line);
        } else {
            value = valueOf(name, text.line);
        }
        if (!value || !settled(*value)) {
            whole = false;
        } else if (value->isScalar()) {
            result += value->text;
        } else {
            source_.fail(text.line, "Fn::Sub: ${" + name + "} is not a text");
        }
    }
    if (whole) return scalar(result, node.line);
    if (!withVariables) return node;
    Node arguments;
    arguments.kind = Node::Kind::sequence;
    arguments.line = argument.line;
    arguments.items = {text, variables};
    return leave("Fn::Sub", std::move(arguments), node.line);
}

Node Scope::evaluateFunction(std::string_view name, const Node& node) const {
    const int line = node.line;
    const Node& raw = node.members.front().value;
    const auto wrong = [&](const std::string& wanted) { source_.fail(line, std::string(name) + " wants " + wanted); };
    if (name == "Fn::If") {
        if (!raw.isSequence() || raw.items.size() != 3) wrong("a condition and two values");
        return evaluate(condition(raw.items[0].text, line) ? raw.items[1] : raw.items[2]);
    }
    if (name == "Fn::Equals" || name == "Fn::And" || name == "Fn::Or" || name == "Fn::Not")
        return boolean(conditionValue(node), line);
    if (name == "Fn::Transform") return included(raw);
    if (name.starts_with("Fn::ForEach")) source_.fail(line, std::string(name) + " is not supported");

    Node argument = evaluate(raw);
    if (name == "Fn::FindInMap") {
        if (!argument.isSequence() || argument.items.size() < 3 || !settled(argument))
            wrong("a mapping's name and two keys");
        const Node* found = source_.mappings.find(argument.items[0].text);
        if (found) found = found->find(argument.items[1].text);
        if (found) found = found->find(argument.items[2].text);
        if (found) return evaluate(*found);
        if (argument.items.size() == 4) {
            if (const auto* otherwise = argument.items[3].find("DefaultValue")) return *otherwise;
        }
        source_.fail(line, "Fn::FindInMap: no value for " + argument.items[0].text + ", " + argument.items[1].text +
                               ", " + argument.items[2].text);
    }
    if (name == "Fn::GetAZs") {
        const std::string region = argument.isScalar() && !argument.text.empty() ? argument.text : environment_.region;
        return sequence({region + "a", region + "b", region + "c"}, line);
    }
    if (!settled(argument)) return leave(name, std::move(argument), line);
    if (name == "Fn::ImportValue") {
        if (!argument.isScalar()) wrong("the name of an export");
        if (!imports) return leave(name, std::move(argument), line);
        if (const auto found = imports->find(argument.text); found != imports->end())
            return scalar(found->second, line);
        gap(line, argument.text, "No export named " + argument.text + " found");
        return scalar(
            placeholderAttribute(environment_, placeholder(environment_, argument.text, "export"), argument.text),
            line);
    }
    if (name == "Fn::Cidr") {
        const auto blocks = cidrBlocks(argument);
        if (!blocks) wrong("an address block, a count and the bits of a block");
        return sequence(*blocks, line);
    }
    if (name == "Fn::Join") {
        if (!argument.isSequence() || argument.items.size() != 2 || !argument.items[1].isSequence())
            wrong("a separator and a list");
        std::string joined;
        bool first = true;
        for (const auto& item : argument.items[1].items) {
            if (item.kind == Node::Kind::none) continue;
            joined += (first ? "" : argument.items[0].text) + item.text;
            first = false;
        }
        return scalar(joined, line);
    }
    if (name == "Fn::Split") {
        if (!argument.isSequence() || argument.items.size() != 2 || !argument.items[1].isScalar())
            wrong("a separator and a text");
        return sequence(splitBy(argument.items[1].text, argument.items[0].text), line);
    }
    if (name == "Fn::Select") {
        if (!argument.isSequence() || argument.items.size() != 2 || !argument.items[1].isSequence())
            wrong("an index and a list");
        const auto index = numberOf(argument.items[0].text);
        const auto& choices = argument.items[1].items;
        if (!index || *index < 0 || *index >= static_cast<double>(choices.size()))
            source_.fail(line, "Fn::Select: no element " + argument.items[0].text);
        return choices[static_cast<std::size_t>(*index)];
    }
    if (name == "Fn::Base64") {
        if (!argument.isScalar()) wrong("a text");
        return scalar(base64Encode(argument.text), line);
    }
    if (name == "Fn::Length") {
        Node length = scalar(std::to_string(argument.items.size()), line);
        length.quoted = false;
        return length;
    }
    if (name == "Fn::ToJsonString") return scalar(writeJson(toJson(argument)), line);
    source_.fail(line, "unknown function " + std::string(name));
}

void Scope::gap(int line, const std::string& subject, const std::string& problem) const {
    if (!onGap) source_.fail(line, problem);
    onGap(line, subject, problem + ": a placeholder stands for it");
}

/// Fn::Transform. Of AWS's own macros AWS::Include is there.
Node Scope::included(const Node& transform) const {
    const std::string name(transform.textOf("Name"));
    if (name != "AWS::Include") source_.fail(transform.line, "the transform " + name + " is not supported");
    const Node* parameters = transform.find("Parameters");
    const Node* location = parameters ? parameters->find("Location") : nullptr;
    const Node place = location ? evaluate(*location) : Node{};
    auto content = place.isScalar() && environment_.include ? environment_.include(place.text) : std::nullopt;
    if (content) return evaluate(*content);
    gap(transform.line, "AWS::Include", "there is no file " + place.text + " to include");
    return Node{.kind = Node::Kind::mapping, .line = transform.line};
}

Node Scope::evaluate(const Node& node) const {
    const auto function = functionOf(node);
    if (function == "Ref") return evaluateRef(node);
    if (function == "Fn::GetAtt") return evaluateGetAtt(node);
    if (function == "Fn::Sub") return evaluateSub(node);
    if (!function.empty()) return evaluateFunction(function, node);
    Node result;
    result.kind = node.kind;
    result.text = node.text;
    result.quoted = node.quoted;
    result.line = node.line;
    for (const auto& item : node.items) {
        Node value = evaluate(item);
        if (value.kind != Node::Kind::none) result.items.push_back(std::move(value));
    }
    for (const auto& member : node.members) {
        if (member.name == "Fn::Transform" && member.value.isMapping()) {  // its content stands beside the others
            Node content = included(member.value);
            for (auto& inner : content.members) result.members.push_back(std::move(inner));
            continue;
        }
        Node value = evaluate(member.value);
        if (value.kind != Node::Kind::none) result.members.push_back({member.name, member.line, std::move(value)});
    }
    return result;
}

bool Scope::condition(const std::string& name, int line) const {
    if (const auto decided = conditions_.find(name); decided != conditions_.end()) return decided->second;
    const Node* expression = source_.conditions.find(name);
    if (!expression) source_.fail(line, "the template has no condition " + name);
    if (!deciding_.insert(name).second) source_.fail(line, "condition " + name + " stands on itself");
    const bool value = conditionValue(*expression);
    deciding_.erase(name);
    conditions_.emplace(name, value);
    return value;
}

bool Scope::conditionValue(const Node& expression) const {
    const int line = expression.line;
    if (!expression.isMapping() || expression.members.size() != 1)
        source_.fail(line, "a condition is Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition");
    const auto& [name, keyLine, argument] = expression.members.front();
    if (name == "Condition") return condition(argument.text, line);
    const auto& parts = argument.items;
    if (name == "Fn::Equals") {
        if (parts.size() != 2) source_.fail(line, "Fn::Equals wants two values");
        const Node left = evaluate(parts[0]), right = evaluate(parts[1]);
        if (!settled(left) || !settled(right)) source_.fail(line, "a condition cannot refer to resources");
        if (left.isScalar() && right.isScalar()) return left.text == right.text;
        return equal(toJson(left), toJson(right));
    }
    const auto truth = [&](const Node& part) { return conditionValue(part); };
    if (name == "Fn::Not") {
        if (parts.size() != 1) source_.fail(line, "Fn::Not wants one condition");
        return !truth(parts[0]);
    }
    if (name == "Fn::And" || name == "Fn::Or") {
        if (parts.size() < 2 || parts.size() > 10) source_.fail(line, name + " wants 2 to 10 conditions");
        return name == "Fn::And" ? std::all_of(parts.begin(), parts.end(), truth)
                                 : std::any_of(parts.begin(), parts.end(), truth);
    }
    source_.fail(line, "unknown condition function " + name);
}

}  // namespace backlot::templates
