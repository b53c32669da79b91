#include "emulator/services/dynamodb/expressions/update.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <set>

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/expressions/evaluate.h"
#include "emulator/services/dynamodb/number.h"

namespace backlot::dynamodb::expressions {
namespace {

AwsError invalidPath() {
    return validation("The document path provided in the update expression is invalid for update");
}
AwsError wrongOperand() { return validation("An operand in the update expression has an incorrect data type"); }
/// ADD and DELETE of AttributeUpdates have words of their own.
AwsError wrongOperandOf(const Bound& update) {
    return update.expression->legacy ? validation("Type mismatch for attribute to update") : wrongOperand();
}
AwsError missingAttribute() {
    return validation("The provided expression refers to an attribute that does not exist in the item");
}

/// A value of the document that is being changed: its bytes, until a path leads into it; then its parts.
class Node {
public:
    explicit Node(ValueView value) : type_(value.type), bytes_(value.bytes) {}
    /// A document's root: a map without its head.
    static Node root(std::string_view item) {
        Node node{ValueView{Type::M, item, {}}};
        node.open(item);
        return node;
    }

    Type type() const { return type_; }
    Node* member(std::string_view name) {
        openIfClosed();
        const auto place = find(name);
        return place != members_.end() && place->first == name ? &place->second : nullptr;
    }
    void setMember(std::string_view name, ValueView value) {
        openIfClosed();
        const auto place = find(name);
        if (place != members_.end() && place->first == name)
            place->second = Node(value);
        else
            members_.insert(place, {name, Node(value)});
    }
    void removeMember(std::string_view name) {
        openIfClosed();
        const auto place = find(name);
        if (place != members_.end() && place->first == name) members_.erase(place);
    }
    Node* element(std::size_t index) {
        openIfClosed();
        return index < elements_.size() ? &elements_[index] : nullptr;
    }
    /// Beyond the end it is appended, in the order of the indexes.
    void setElement(std::size_t index, ValueView value) {
        openIfClosed();
        if (index < elements_.size()) {
            elements_[index] = Node(value);
            return;
        }
        const auto place = std::lower_bound(appended_.begin(), appended_.end(), index,
                                            [](const auto& a, auto i) { return a.first < i; });
        appended_.insert(place, {index, Node(value)});
    }
    /// Its place stays until the document is written, so that indexes mean what they meant at the beginning.
    void removeElement(std::size_t index) {
        if (Node* found = element(index)) found->removed_ = true;
    }

    void write(std::string& out) const {
        if (!open_) {
            out += bytes_;
            return;
        }
        const auto begun = beginContainer(out, type_);
        writeParts(out);
        endContainer(out, begun);
    }
    void writeParts(std::string& out) const {
        for (const auto& [name, node] : members_) {
            appendName(out, name);
            node.write(out);
        }
        for (const auto& node : elements_)
            if (!node.removed_) node.write(out);
        for (const auto& [index, node] : appended_) node.write(out);
    }

private:
    std::vector<std::pair<std::string_view, Node>>::iterator find(std::string_view name) {
        return std::lower_bound(members_.begin(), members_.end(), name,
                                [](const auto& member, auto wanted) { return member.first < wanted; });
    }
    void openIfClosed() {
        if (!open_) open(viewOf(bytes_).payload);
    }
    void open(std::string_view payload) {
        open_ = true;
        while (!payload.empty()) {
            if (type_ == Type::M) {
                const auto attribute = takeAttribute(payload);
                members_.emplace_back(attribute.name, Node(attribute.value));
            } else {
                elements_.emplace_back(takeValue(payload));
            }
        }
    }

    Type type_;
    std::string_view bytes_;
    bool open_ = false, removed_ = false;
    std::vector<std::pair<std::string_view, Node>> members_;  // sorted by name
    std::vector<Node> elements_;
    std::vector<std::pair<std::size_t, Node>> appended_;
};

class Application {
public:
    Application(const Bound& bound, std::string_view item, bool isNew)
        : bound_(bound), item_(item), isNew_(isNew), root_(Node::root(item)) {}

    std::string run() {
        const auto& update = bound_.update();
        std::vector<std::pair<const Path*, ValueView>> values;  // all computed before the first is set
        for (const auto& assignment : update.set) values.emplace_back(&assignment.path, compute(assignment.value));
        for (const auto& assignment : update.add)
            if (const auto sum = added(assignment)) values.emplace_back(&assignment.path, *sum);
        std::vector<const Path*> removed;
        if (!isNew_) takeAway(values, removed);
        for (const auto& [path, value] : values) put(*path, value);
        for (const auto* path : removed) remove(*path);
        std::string out;
        out.reserve(item_.size() + 128);
        root_.writeParts(out);
        return out;
    }

private:
    std::string& keep(std::string bytes) { return made_.emplace_back(std::move(bytes)); }

    void takeAway(std::vector<std::pair<const Path*, ValueView>>& values, std::vector<const Path*>& removed) {
        for (const auto& assignment : bound_.update().remove_) removed.push_back(&assignment.path);
        for (const auto& assignment : bound_.update().delete_) {
            const auto old = valueAt(item_, assignment.path, bound_);
            if (!old) {
                if (assignment.path.size() > 1) parentOf(assignment.path);
                continue;
            }
            const auto& less = bound_.values[assignment.value.value];
            if (old->type != less.type) throw wrongOperandOf(bound_);
            auto& left = keep(differenceOf(*old, less));
            if (left.empty())
                removed.push_back(&assignment.path);
            else
                values.emplace_back(&assignment.path, viewOf(left));
        }
    }

    ValueView compute(const Operand& operand) {
        switch (operand.kind) {
            case Operand::Kind::value: return bound_.values[operand.value];
            case Operand::Kind::path: {
                const auto value = valueAt(item_, operand.path, bound_);
                if (!value) throw missingAttribute();
                return *value;
            }
            case Operand::Kind::plus:
            case Operand::Kind::minus: {
                const auto left = compute(operand.operands[0]), right = compute(operand.operands[1]);
                if (left.type != Type::N || right.type != Type::N) throw wrongOperand();
                auto& sum = keep({});
                appendScalar(sum, Type::N,
                             addNumbers(left.payload, right.payload, operand.kind == Operand::Kind::minus));
                return viewOf(sum);
            }
            case Operand::Kind::function: break;
        }
        if (operand.function == Function::ifNotExists) {
            const auto existing = valueAt(item_, operand.operands[0].path, bound_);
            return existing ? *existing : compute(operand.operands[1]);
        }
        const auto first = compute(operand.operands[0]), second = compute(operand.operands[1]);
        if (first.type != Type::L || second.type != Type::L) throw wrongOperand();
        auto& joined = keep({});
        const auto begun = beginContainer(joined, Type::L);
        joined.append(first.payload).append(second.payload);
        endContainer(joined, begun);
        return viewOf(joined);
    }

    std::optional<ValueView> added(const Assignment& assignment) {
        const auto old = valueAt(item_, assignment.path, bound_);
        const auto& more = bound_.values[assignment.value.value];
        if (!old) return more;
        if (old->type != more.type) throw wrongOperandOf(bound_);
        if (more.type == Type::N) {
            auto& sum = keep({});
            appendScalar(sum, Type::N, addNumbers(old->payload, more.payload));
            return viewOf(sum);
        }
        return viewOf(keep(unionOf(*old, more)));
    }

    /// Where the last step is taken from. Throws where it is missing or not of the kind that the step needs.
    Node& parentOf(const Path& path) {
        Node* node = &root_;
        for (std::size_t i = 0; i + 1 < path.size(); ++i) {
            const auto& step = path[i];
            if (node->type() != (step.isIndex ? Type::L : Type::M)) throw invalidPath();
            node = step.isIndex ? node->element(step.number) : node->member(bound_.nameOf(step));
            if (!node) throw invalidPath();
        }
        if (node->type() != (path.back().isIndex ? Type::L : Type::M)) throw invalidPath();
        return *node;
    }
    void put(const Path& path, const ValueView& value) {
        Node& parent = parentOf(path);
        if (path.back().isIndex)
            parent.setElement(path.back().number, value);
        else
            parent.setMember(bound_.nameOf(path.back()), value);
    }
    void remove(const Path& path) {
        Node& parent = parentOf(path);
        if (path.back().isIndex)
            parent.removeElement(path.back().number);
        else
            parent.removeMember(bound_.nameOf(path.back()));
    }

    const Bound& bound_;
    std::string_view item_;
    bool isNew_;
    Node root_;
    std::deque<std::string> made_;  // computed values; views point to them
};

std::vector<std::string_view> elementsOf(const ValueView& set) {
    std::vector<std::string_view> elements;
    for (auto rest = set.payload; !rest.empty();) elements.push_back(takeElement(set.type, rest));
    return elements;
}

std::string encodedSet(Type type, const std::vector<std::string_view>& elements) {
    std::string out;
    if (elements.empty()) return out;
    const auto begun = beginContainer(out, type);
    for (const auto element : elements) appendElement(out, type, element);
    endContainer(out, begun);
    return out;
}

}  // namespace

std::string applyUpdate(const Bound& bound, std::string_view item, bool isNew) {
    return Application(bound, item, isNew).run();
}

std::string addNumbers(std::string_view a, std::string_view b, bool subtract) {
    const auto left = Number::fromKey(a), right = Number::fromKey(b);
    return (subtract ? left.minus(right) : left.plus(right)).key();
}

std::string unionOf(const ValueView& set, const ValueView& more) {
    const auto a = elementsOf(set), b = elementsOf(more);
    std::vector<std::string_view> all;
    std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
    return encodedSet(set.type, all);
}

std::string differenceOf(const ValueView& set, const ValueView& less) {
    const auto a = elementsOf(set), b = elementsOf(less);
    std::vector<std::string_view> left;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(left));
    return encodedSet(set.type, left);
}

}  // namespace backlot::dynamodb::expressions
