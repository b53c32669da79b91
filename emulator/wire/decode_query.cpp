#include <algorithm>
#include <charconv>
#include <map>

#include "emulator/wire/decode.h"
#include "emulator/wire/model.h"
#include "emulator/wire/values.h"

namespace backlot::wire {
namespace {

rapidjson::CrtAllocator crt;

constexpr int kDepthLimit = 40;   // names of more parts are left out: no model nests so deep

/// Parameters as the tree that the dots in their names make.
struct Node {
    const std::string* value = nullptr;
    std::map<std::string_view, Node> children;

    const Node* child(std::string_view name) const {
        const auto found = children.find(name);
        return found == children.end() ? nullptr : &found->second;
    }
};

void insert(Node& root, std::string_view name, const std::string& value) {
    if (std::count(name.begin(), name.end(), '.') > kDepthLimit) return;
    Node* node = &root;
    for (;;) {
        const auto dot = name.find('.');
        node = &node->children[name.substr(0, dot)];
        if (dot == std::string_view::npos) break;
        name.remove_prefix(dot + 1);
    }
    if (!node->value) node->value = &value;   // of equal names the first one counts
}

class QueryReader {
public:
    explicit QueryReader(const Target& target) : target_(target), model_(*target.model) {}

    Json structure(const Shape& shape, const Node& node) const {
        Json result(rapidjson::kObjectType);
        for (const auto& member : shape.members)
            if (auto value = read(member, node)) result.AddMember(str(member.name), std::move(*value), crt);
        return result;
    }

private:
    /// The value of a member of `parent`; nothing where no parameter speaks of it.
    std::optional<Json> read(const Member& member, const Node& parent) const {
        const Shape& shape = model_.shape(member.shape);
        const bool flattened = member.flattened;
        const Node* node = parent.child(member.queryName);
        if (!node && member.queryName != member.wireName) node = parent.child(member.wireName);
        // A flattened list may be named after its element: AttributeName.1 for AttributeNames.
        if (!node && shape.type == Type::list && flattened && !shape.element.queryName.empty()) node = parent.child(shape.element.queryName);
        if (!node) return std::nullopt;
        return value(shape, *node, member, flattened);
    }

    Json value(const Shape& shape, const Node& node, const Reference& reference, bool flattened) const {
        switch (shape.type) {
            case Type::structure: return structure(shape, node);
            case Type::list: return list(shape, node, flattened);
            case Type::map: return map(shape, node, flattened);
            default: break;
        }
        if (!node.value) refuseSerialization(target_, "Start of structure or map found where not expected.");
        auto scalar = scalarFromText(shape.type, reference.timeFormat, *node.value);
        if (!scalar) refuseSerialization(target_, "STRING_VALUE can not be converted to " + std::string(javaType(shape.type)));
        return std::move(*scalar);
    }

    static std::string_view javaType(Type type) {
        switch (type) {
            case Type::integer: return "an Integer";
            case Type::longInteger: return "a Long";
            case Type::boolean: return "a Boolean";
            case Type::timestamp: return "a Date";
            default: return "a Double";
        }
    }

    /// The entries of a list or map in the order of their numbers, which need not follow one another.
    std::vector<const Node*> numbered(const Node& node) const {
        std::vector<std::pair<unsigned long long, const Node*>> entries;
        for (const auto& [name, child] : node.children) {
            unsigned long long index = 0;
            const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
            if (error != std::errc() || end != name.data() + name.size())
                refuseSerialization(target_, name.empty() ? "Key token is empty" : std::string(name) + " is not a valid index");
            entries.emplace_back(index, &child);
        }
        std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<const Node*> nodes;
        for (const auto& [index, child] : entries) nodes.push_back(child);
        return nodes;
    }

    Json list(const Shape& shape, const Node& node, bool flattened) const {
        Json result(rapidjson::kArrayType);
        const Node* entries = &node;
        if (!flattened) {
            entries = shape.element.queryName.empty() ? nullptr : node.child(shape.element.queryName);
            if (!entries) entries = node.child("member");
        }
        if (entries)   // "Names=" is an empty list
            for (const Node* entry : numbered(*entries))
                result.PushBack(value(model_.shape(shape.element.shape), *entry, shape.element, shape.element.flattened), crt);
        return result;
    }

    Json map(const Shape& shape, const Node& node, bool flattened) const {
        Json result(rapidjson::kObjectType);
        const Node* entries = flattened ? &node : node.child("entry");
        if (!entries) return result;
        for (const Node* entry : numbered(*entries)) {
            const Node* key = entry->child(shape.key.queryName.empty() ? "key" : shape.key.queryName);
            const Node* mapped = entry->child(shape.value.queryName.empty() ? "value" : shape.value.queryName);
            if (!key || !key->value) refuseSerialization(target_, "Map entry has no key");
            set(result, *key->value, mapped ? value(model_.shape(shape.value.shape), *mapped, shape.value, shape.value.flattened) : Json());
        }
        return result;
    }

    const Target& target_;
    const Model& model_;
};

}  // namespace

Json decodeQuery(const Target& target, const Request& request, std::string_view body) {
    if (!target.modelled || !target.modelled->input) return object();
    auto pairs = parseQuery(body);
    if (pairs.empty() || request.method == "GET") {
        auto fromUrl = parseQuery(request.query());
        std::move(fromUrl.begin(), fromUrl.end(), std::back_inserter(pairs));
    }
    Node root;
    for (const auto& [name, value] : pairs) {
        if (!isUtf8(name) || !isUtf8(value)) refuseSerialization(target, "Invalid UTF-8 in a parameter");
        insert(root, name, value);
    }
    Json input = QueryReader(target).structure(target.model->shape(*target.modelled->input), root);
    const auto member = target.description->query.pathMember;
    if (!member.empty() && request.path().size() > 1 && !find(input, member) &&
        target.model->shape(*target.modelled->input).member(member))
        set(input, member, "http://" + std::string(request.headers.get("Host")) + std::string(request.path()));
    return input;
}

}  // namespace backlot::wire
