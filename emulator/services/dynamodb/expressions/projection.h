#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/services/dynamodb/expressions/resolve.h"

namespace backlot::dynamodb::expressions {

/// Some paths of an item. Nesting is kept; of a list the chosen elements, in their order. Paths that the item lacks
/// leave nothing.
class Projection {
public:
    Projection() = default;
    Projection(const std::vector<Path>& paths, const Bound& bound);
    /// Of whole attributes.
    explicit Projection(const std::vector<std::string>& attributes);

    void add(const Path& path, const Bound& bound);
    void addAttribute(std::string_view name) { stepInto(root_, false, name, 0).whole = true; }
    Json toJson(std::string_view item) const;
    /// The projected item's bytes.
    std::string apply(std::string_view item) const;
    /// The names of the attributes it begins at.
    std::vector<std::string> topLevel() const;

private:
    struct Node {
        std::string name;
        std::size_t index = 0;
        bool whole = false;
        std::vector<Node> names = {}, indexes = {};  // each sorted
    };
    static Node& stepInto(Node& from, bool isIndex, std::string_view name, std::size_t index);
    static bool append(std::string& out, const Node& node, const ValueView& value);
    static void appendMembers(std::string& out, const Node& node, std::string_view members);
    Node root_;
};

}  // namespace backlot::dynamodb::expressions
