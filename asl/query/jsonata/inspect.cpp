// What an expression reads from outside: its free variables, and where it leans on an input that Step Functions does
// not give.

#include <algorithm>

#include "asl/query/jsonata/failure.h"
#include "asl/query/jsonata/functions.h"
#include "asl/query/jsonata/program.h"
#include "emulator/base/stack.h"

namespace backlot::asl::jsonata {
namespace {

class Inspector {
public:
    explicit Inspector(Program& program) : program_(program) {}

    void run() {
        look(program_.root, true);
        std::stable_sort(program_.references.begin(), program_.references.end(),
                         [](const JsonataReference& a, const JsonataReference& b) { return a.position < b.position; });
    }

private:
    /// `top`: the context is still the input of the whole expression.
    void look(const Node* node, bool top) {
        if (!node) return;
        if (!mayRecurse()) failTooDeep();
        const auto scope = bound_.size();
        switch (node->kind) {
            case Kind::path:
                lookAtPath(*node, top);
                bound_.resize(scope);
                return;
            case Kind::variable: variable(*node, top, {}); break;
            case Kind::root:
            case Kind::name:
            case Kind::wildcard:
            case Kind::descendant:
                if (top) note(program_.contextUse, node->position);
                break;
            case Kind::lambda:
                bound_.insert(bound_.end(), node->parameters.begin(), node->parameters.end());
                look(node->first, false);
                bound_.resize(scope);
                return;
            case Kind::bind:
                bound_.push_back(node->id);  // also inside its own value: functions may call themselves
                look(node->second, top);
                return;  // stays bound for the rest of the block
            case Kind::transform:
                for (const auto* part : {node->first, node->second, node->third}) look(part, false);
                return;
            case Kind::sort:
                for (const auto& term : node->terms) look(term.expression, false);
                return;
            case Kind::call:
            case Kind::partial: procedure(*node, top); break;
            default:
                look(node->first, top);
                look(node->second, top);
                look(node->third, top);
                break;
        }
        for (const auto* item : node->items) look(item, top);
        if (node->members) group(*node->members, top);
        if (node->focus != kNoName) bound_.push_back(node->focus);
        if (node->index != kNoName) bound_.push_back(node->index);
        stages(node->predicates);
        stages(node->stages);
        if (node->group) group(*node->group, false);
        if (node->kind == Kind::block) bound_.resize(scope);
    }

    void procedure(const Node& call, bool top) {
        const Node& callee = *call.first;
        // `foo(…)` without a `$` is an error of its own, no use of the context.
        if (callee.kind == Kind::path && callee.items.size() == 1 && callee.items.front()->kind == Kind::name) return;
        look(&callee, top);
    }

    void lookAtPath(const Node& path, bool top) {
        for (std::size_t i = 0; i < path.items.size(); ++i) {
            const Node& step = *path.items[i];
            if (i == 0 && step.kind == Kind::variable) {
                std::vector<std::string> fields;
                for (std::size_t k = 1;
                     k < path.items.size() && path.items[k - 1]->stages.empty() && path.items[k]->kind == Kind::name;
                     ++k)
                    fields.push_back(path.items[k]->text);
                // Positions do not change what a field belongs to: $states.input.items[0].id reads input.items.
                variable(step, top, std::move(fields));
                if (step.focus != kNoName) bound_.push_back(step.focus);
                if (step.index != kNoName) bound_.push_back(step.index);
                stages(step.predicates);
                stages(step.stages);
            } else {
                look(&step, top && i == 0);
            }
        }
        if (path.group) group(*path.group, false);
    }

    void variable(const Node& node, bool top, std::vector<std::string> fields) {
        if (node.id == kContextName) {
            if (top) note(program_.contextUse, node.position);
            return;
        }
        if (std::find(bound_.begin(), bound_.end(), node.id) != bound_.end()) return;
        if (node.text == "eval") return note(program_.evalUse, node.position);
        if (node.builtin) return;
        program_.references.push_back({node.text, std::move(fields), node.position});
    }

    void stages(const std::vector<Stage>& stages) {
        for (const auto& stage : stages) {
            if (stage.index != kNoName) bound_.push_back(stage.index);
            look(stage.predicate, false);
        }
    }
    void group(const Group& group, bool top) {
        for (const auto& [key, value] : group.pairs) {
            look(key, top);
            look(value, top);
        }
    }
    static void note(std::optional<int>& place, int position) {
        if (!place || position < *place) place = position;
    }

    Program& program_;
    std::vector<NameId> bound_;
};

}  // namespace

void inspect(Program& program) { Inspector(program).run(); }

}  // namespace backlot::asl::jsonata
