#include "emulator/templates/node.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace backlot::templates {

const Node* Node::find(std::string_view name) const {
    const auto found =
        std::find_if(members.begin(), members.end(), [&](const Member& member) { return member.name == name; });
    return found == members.end() ? nullptr : &found->value;
}

Node* Node::find(std::string_view name) { return const_cast<Node*>(std::as_const(*this).find(name)); }

std::string_view Node::textOf(std::string_view name) const {
    const auto* member = find(name);
    return member && member->isScalar() ? std::string_view(member->text) : std::string_view();
}

void Node::set(std::string_view name, Node value) {
    kind = Kind::mapping;
    if (auto* member = find(name)) {
        *member = std::move(value);
        return;
    }
    const int at = value.line;
    members.push_back({std::string(name), at, std::move(value)});
}

bool Node::erase(std::string_view name) {
    return std::erase_if(members, [&](const Member& member) { return member.name == name; }) > 0;
}

Node scalar(std::string_view text, int line) {
    Node node;
    node.kind = Node::Kind::scalar;
    node.text = text;
    node.quoted = true;
    node.line = line;
    return node;
}

namespace {

Json plainScalar(const std::string& text) {
    if (text == "true" || text == "True" || text == "TRUE") return Json(true);
    if (text == "false" || text == "False" || text == "FALSE") return Json(false);
    if (text == "null" || text == "~" || text == "Null" || text == "NULL") return Json();
    const char* const begin = text.data();
    const char* const end = begin + text.size();
    std::int64_t whole = 0;
    if (const auto [rest, error] = std::from_chars(begin, end, whole);
        error == std::errc() && rest == end && std::to_string(whole) == text) {
        return Json(whole);
    }
    const bool looksLikeFraction =
        text.find_first_not_of("0123456789.-") == std::string::npos && text.find('.') != std::string::npos;
    double fraction = 0;
    if (looksLikeFraction) {
        const auto [rest, error] = std::from_chars(begin, end, fraction);
        if (error == std::errc() && rest == end && std::isfinite(fraction)) return Json(fraction);
    }
    return str(text);
}

}  // namespace

Json toJson(const Node& node) {
    switch (node.kind) {
        case Node::Kind::scalar: return node.quoted ? str(node.text) : plainScalar(node.text);
        case Node::Kind::sequence: {
            Json result(rapidjson::kArrayType);
            for (const auto& item : node.items) {
                if (item.kind != Node::Kind::none) push(result, toJson(item));
            }
            return result;
        }
        case Node::Kind::mapping: {
            rapidjson::CrtAllocator allocator;
            Json result(rapidjson::kObjectType);  // members' names are unique: no need to search for each
            for (const auto& member : node.members) {
                if (member.value.kind != Node::Kind::none)
                    result.AddMember(str(member.name), toJson(member.value), allocator);
            }
            return result;
        }
        case Node::Kind::null:
        case Node::Kind::none: return Json();
    }
    return Json();
}

Node fromJson(const Json& json, int line) {
    Node node;
    node.line = line;
    if (json.IsString()) return scalar(view(json), line);
    if (json.IsObject()) {
        node.kind = Node::Kind::mapping;
        for (const auto& member : json.GetObject())
            node.members.push_back({text(member.name), line, fromJson(member.value, line)});
    } else if (json.IsArray()) {
        node.kind = Node::Kind::sequence;
        for (const auto& item : json.GetArray()) node.items.push_back(fromJson(item, line));
    } else if (!json.IsNull()) {
        node.kind = Node::Kind::scalar;
        node.text = writeJson(json);
    }
    return node;
}

std::string_view functionOf(const Node& node) {
    if (!node.isMapping() || node.members.size() != 1) return {};
    const std::string_view name = node.members.front().name;
    if (name == "Ref" || name.starts_with("Fn::")) return name;
    return {};
}

}  // namespace backlot::templates
