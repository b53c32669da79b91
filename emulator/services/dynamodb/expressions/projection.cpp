#include "emulator/services/dynamodb/expressions/projection.h"

#include <algorithm>

#include "emulator/services/dynamodb/item_codec.h"

namespace backlot::dynamodb::expressions {

Projection::Projection(const std::vector<Path>& paths, const Bound& bound) {
    for (const auto& path : paths) add(path, bound);
}

Projection::Projection(const std::vector<std::string>& attributes) {
    for (const auto& name : attributes) addAttribute(name);
}

void Projection::add(const Path& path, const Bound& bound) {
    Node* node = &root_;
    for (const auto& step : path)
        node = &stepInto(*node, step.isIndex, step.isIndex ? "" : bound.nameOf(step), step.number);
    node->whole = true;
}

Projection::Node& Projection::stepInto(Node& from, bool isIndex, std::string_view name, std::size_t index) {
    auto& nodes = isIndex ? from.indexes : from.names;
    const auto place = std::lower_bound(nodes.begin(), nodes.end(), 0, [&](const Node& node, int) {
        return isIndex ? node.index < index : std::string_view(node.name) < name;
    });
    if (place != nodes.end() && (isIndex ? place->index == index : place->name == name)) return *place;
    return *nodes.insert(place, Node{.name = std::string(name), .index = index});
}

/// False, and nothing appended, where nothing of the value is chosen.
bool Projection::append(std::string& out, const Node& node, const ValueView& value) {
    if (node.whole) {
        out += value.bytes;
        return true;
    }
    const auto before = out.size();
    const auto begun = beginContainer(out, value.type);
    const auto empty = out.size();
    if (value.type == Type::M) {
        appendMembers(out, node, value.payload);
    } else if (value.type == Type::L) {
        auto rest = value.payload;
        auto wanted = node.indexes.begin();
        for (std::size_t i = 0; !rest.empty() && wanted != node.indexes.end(); ++i) {
            const auto element = takeValue(rest);
            if (wanted->index == i) append(out, *wanted++, element);
        }
    }
    if (out.size() == empty) {
        out.resize(before);
        return false;
    }
    endContainer(out, begun);
    return true;
}

void Projection::appendMembers(std::string& out, const Node& node, std::string_view members) {
    auto wanted = node.names.begin();
    while (!members.empty() && wanted != node.names.end()) {
        const auto attribute = takeAttribute(members);
        while (wanted != node.names.end() && std::string_view(wanted->name) < attribute.name) ++wanted;
        if (wanted == node.names.end() || wanted->name != attribute.name) continue;
        const auto before = out.size();
        appendName(out, attribute.name);
        if (!append(out, *wanted, attribute.value)) out.resize(before);
    }
}

std::string Projection::apply(std::string_view item) const {
    std::string out;
    appendMembers(out, root_, item);
    return out;
}

Json Projection::toJson(std::string_view item) const { return itemToJson(apply(item)); }

std::vector<std::string> Projection::topLevel() const {
    std::vector<std::string> names;
    for (const auto& node : root_.names) names.push_back(node.name);
    return names;
}

}  // namespace backlot::dynamodb::expressions
