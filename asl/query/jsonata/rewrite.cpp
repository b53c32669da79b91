// The second pass: dots and brackets become paths with steps, stages and groups; each `%` finds its step; tail calls
// are marked.

#include "asl/query/jsonata/failure.h"
#include "asl/query/jsonata/functions.h"
#include "asl/query/jsonata/program.h"
#include "asl/query/jsonata/text.h"
#include "emulator/base/stack.h"

namespace backlot::asl::jsonata {
namespace {

class Rewriter {
public:
    explicit Rewriter(Program& program) : program_(program) {}

    void run() {
        program_.root = rewritten(program_.root);
        if (program_.root->kind == Kind::parent || !program_.root->seekingParent.empty())
            throw Failure("S0217", program_.root->position);
    }

private:
    Node* rewritten(Node* node) {
        if (!mayRecurse()) failTooDeep();
        const bool keepArray = node->keepArray;
        Node* result = node;
        switch (node->kind) {
            case Kind::dot: result = path(node); break;
            case Kind::predicate: result = predicate(node); break;
            case Kind::groupBy: result = groupBy(node); break;
            case Kind::orderBy: result = orderBy(node); break;
            case Kind::focus: result = focus(node); break;
            case Kind::index: result = index(node); break;
            case Kind::name: return fieldPath(node);
            case Kind::operatorName:
                node->kind = Kind::name;  // `and`, `or`, `in` where an operand is expected are field names
                return fieldPath(node);
            case Kind::end: throw Failure("S0207", node->position);
            case Kind::parent: newSlot(node); break;
            case Kind::variable:
                if (node->text.empty()) break;
                node->builtin = findBuiltin(node->text);
                break;
            case Kind::negate:
                node->first = rewritten(node->first);
                if (node->first->kind == Kind::number) {
                    result = node->first;
                    result->number = -result->number;
                } else {
                    seekAlso(node, node->first);
                }
                break;
            case Kind::binary: both(node); break;
            case Kind::apply:
                node->first = rewritten(node->first);
                node->second = rewritten(node->second);
                node->keepArray = node->first->keepArray || node->second->keepArray;
                break;
            case Kind::bind:
                node->id = node->first->id;
                node->second = rewritten(node->second);
                seekAlso(node, node->second);
                break;
            case Kind::condition:
                for (Node** part : {&node->first, &node->second, &node->third}) {
                    if (!*part) continue;
                    *part = rewritten(*part);
                    seekAlso(node, *part);
                }
                break;
            case Kind::block:
            case Kind::arrayConstructor: items(node); break;
            case Kind::objectConstructor: members(*node->members, node); break;
            case Kind::call:
            case Kind::partial:
                items(node);
                node->first = rewritten(node->first);
                break;
            case Kind::lambda:
                node->first = rewritten(node->first);
                markTailCalls(node->first);
                break;
            case Kind::transform:
                for (Node** part : {&node->first, &node->second, &node->third})
                    if (*part) *part = rewritten(*part);
                break;
            default: break;
        }
        if (keepArray) result->keepArray = true;
        return result;
    }

    // Plain parts

    void items(Node* node) {
        for (auto& item : node->items) {
            item = rewritten(item);
            seekAlso(node, item);
            if (node->kind == Kind::block &&
                (item->constructsArray || (item->kind == Kind::path && item->items.front()->constructsArray)))
                node->constructsArray = true;
        }
    }
    void members(Group& group, Node* seeker) {
        for (auto& [key, value] : group.pairs) {
            key = rewritten(key);
            value = rewritten(value);
            if (!seeker) continue;
            seekAlso(seeker, key);
            seekAlso(seeker, value);
        }
    }
    void both(Node* node) {
        node->first = rewritten(node->first);
        node->second = rewritten(node->second);
        seekAlso(node, node->first);
        seekAlso(node, node->second);
    }

    // Paths

    Node* pathOf(Node* step) {
        Node* path = program_.make(Kind::path, step->position);
        path->items.push_back(step);
        return path;
    }
    Node* fieldPath(Node* step) {
        Node* path = pathOf(step);
        path->keepArray = path->keepSingleton = step->keepArray;
        return path;
    }
    static Node* lastStep(Node* node) { return node->kind == Kind::path ? node->items.back() : node; }

    Node* path(Node* node) {
        Node* left = rewritten(node->first);
        Node* result = left;
        if (left->kind != Kind::path) {
            result = program_.make(Kind::path, node->position);
            result->items.push_back(left);
            if (left->kind == Kind::parent) result->seekingParent = {left->slot};
        }
        Node* right = rewritten(node->second);
        if (right->kind == Kind::path) {
            result->items.insert(result->items.end(), right->items.begin(), right->items.end());
        } else {
            // Predicates behind a step filter each step's own result.
            right->stages = std::move(right->predicates);
            right->predicates.clear();
            result->items.push_back(right);
        }
        for (auto* step : result->items) {
            if (step->kind == Kind::number || step->kind == Kind::literal)
                throw Failure("S0213", step->position)
                    .with("value", step->kind == Kind::number ? numberText(step->number) : step->text);
            if (step->kind == Kind::string) step->kind = Kind::name;
            if (step->keepArray) result->keepSingleton = true;
        }
        for (auto* end : {result->items.front(), result->items.back()})
            if (end->kind == Kind::arrayConstructor) end->constructsArray = true;
        resolve(result);
        return result;
    }

    Node* predicate(Node* node) {
        Node* result = rewritten(node->first);
        Node* step = lastStep(result);
        if (step->group) throw Failure("S0209", node->position);
        Node* condition = rewritten(node->second);
        for (auto* slot : condition->seekingParent) {
            if (slot->level == 1)
                seek(step, slot);
            else
                --slot->level;
        }
        if (!condition->seekingParent.empty()) seekAlso(step, condition);
        auto& stages = result->kind == Kind::path ? step->stages : step->predicates;
        stages.push_back({.what = Stage::What::filter, .predicate = condition});
        return result;
    }

    Node* groupBy(Node* node) {
        Node* result = rewritten(node->first);
        if (result->group) throw Failure("S0210", node->position);
        members(*node->group, nullptr);
        result->group = std::move(node->group);
        return result;
    }

    Node* orderBy(Node* node) {
        Node* result = rewritten(node->first);
        if (result->kind != Kind::path) result = pathOf(result);
        node->kind = Kind::sort;
        node->first = nullptr;
        for (auto& term : node->terms) {
            term.expression = rewritten(term.expression);
            seekAlso(node, term.expression);
        }
        node->keepArray = false;
        result->items.push_back(node);
        resolve(result);
        return result;
    }

    Node* focus(Node* node) {
        Node* result = rewritten(node->first);
        Node* step = lastStep(result);
        if (!step->stages.empty() || !step->predicates.empty()) throw Failure("S0215", node->position);
        if (step->kind == Kind::sort) throw Failure("S0216", node->position);
        step->keepArray |= node->keepArray;
        step->focus = node->id;
        step->tuple = true;
        return result;
    }

    Node* index(Node* node) {
        Node* result = rewritten(node->first);
        if (result->kind != Kind::path) {
            Node* step = result;
            result = pathOf(step);
            step->stages = std::move(step->predicates);
            step->predicates.clear();
        }
        Node* step = result->items.back();
        if (step->stages.empty())
            step->index = node->id;
        else
            step->stages.push_back({.what = Stage::What::index, .index = node->id});
        step->tuple = true;
        return result;
    }

    // Parents: every `%` has a slot, which travels up the tree until a step takes it

    void newSlot(Node* node) {
        const auto index = program_.slots.size();
        program_.slots.push_back({.label = program_.intern("%" + std::to_string(index)), .level = 1, .index = index});
        node->slot = &program_.slots.back();
    }

    static void seekAlso(Node* node, const Node* part) {
        node->seekingParent.insert(node->seekingParent.end(), part->seekingParent.begin(), part->seekingParent.end());
        if (part->kind == Kind::parent) node->seekingParent.push_back(part->slot);
    }

    /// Goes back one step of a path: a field takes the slot when its level is reached.
    void seek(Node* node, Slot* slot) {
        switch (node->kind) {
            case Kind::name:
            case Kind::wildcard:
                if (--slot->level != 0) break;
                if (node->slot) slot->label = node->slot->label;  // several `%` that mean the same step share its label
                node->slot = slot;
                node->ancestor = slot->label;
                node->tuple = true;
                break;
            case Kind::parent: ++slot->level; break;
            case Kind::block:
                if (!node->items.empty()) {
                    node->tuple = true;
                    seek(node->items.back(), slot);
                }
                break;
            case Kind::path: {
                node->tuple = true;
                auto index = node->items.size();
                do seek(node->items[--index], slot);
                while (slot->level > 0 && index > 0);
                break;
            }
            default: throw Failure("S0217", node->position);
        }
    }

    void resolve(Node* path) {
        const Node* last = path->items.back();
        auto slots = last->seekingParent;
        if (last->kind == Kind::parent) slots.push_back(last->slot);
        for (auto* slot : slots) {
            auto index = static_cast<std::ptrdiff_t>(path->items.size()) - 2;
            while (slot->level > 0) {
                if (index < 0) {
                    path->seekingParent.push_back(slot);
                    break;
                }
                Node* step = path->items[static_cast<std::size_t>(index--)];
                // Of several steps in a row that bind a focus the first is where all of them started.
                while (index >= 0 && step->focus != kNoName &&
                       path->items[static_cast<std::size_t>(index)]->focus != kNoName)
                    step = path->items[static_cast<std::size_t>(index--)];
                seek(step, slot);
            }
        }
    }

    /// A call whose result is the function's own result needs no frame of its own.
    void markTailCalls(Node* node) {
        if (!node->predicates.empty() || node->group || node->keepArray) return;
        if (node->kind == Kind::call) {
            node->tailCall = true;
        } else if (node->kind == Kind::condition) {
            markTailCalls(node->second);
            if (node->third) markTailCalls(node->third);
        } else if (node->kind == Kind::block && !node->items.empty()) {
            markTailCalls(node->items.back());
        }
    }

    Program& program_;
};

}  // namespace

void rewrite(Program& program) { Rewriter(program).run(); }

}  // namespace backlot::asl::jsonata
