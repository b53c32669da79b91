#include <string>

#include "asl/language/machine.h"

namespace backlot::asl {

namespace {

/// Names may hold anything, so states get ids of their own and their names as labels.
std::string idOf(StateId id) { return "s" + std::to_string(id); }

std::string label(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '"' ? "'" : c == ':' ? "#58;" : c == ';' ? "#59;" : c == '\n' ? " " : std::string(1, c);
    return out;
}

class Diagram {
public:
    explicit Diagram(const Machine& machine) : machine_(machine) {}

    std::string draw() {
        out_ = "stateDiagram-v2\n";
        scope(kWholeMachine, 1);
        return std::move(out_);
    }

private:
    void line(int depth, const std::string& text) { out_ += std::string(static_cast<std::size_t>(depth) * 4, ' ') + text + "\n"; }

    void scope(ScopeId id, int depth) {
        const auto& scope = machine_.scope(id);
        line(depth, "[*] --> " + idOf(scope.startAt));
        for (StateId state = 0; state < static_cast<StateId>(machine_.states.size()); ++state)   // in the order of the text
            if (machine_.state(state).scope == id) draw(state, depth);
    }

    void draw(StateId id, int depth) {
        const State& state = machine_.state(id);
        line(depth, "state \"" + label(state.name) + "\" as " + idOf(id));
        if (!state.branches.empty() || state.map) {
            line(depth, "state " + idOf(id) + " {");
            for (std::size_t i = 0; i < state.branches.size(); ++i) {
                if (i) line(depth + 1, "--");
                scope(state.branches[i], depth + 1);
            }
            if (state.map) scope(state.map->processor, depth + 1);
            line(depth, "}");
        }
        edges(id, state, depth);
    }

    void edge(StateId from, StateId to, const std::string& text, int depth) {
        line(depth, idOf(from) + " --> " + (to == kEnd ? "[*]" : idOf(to)) + (text.empty() ? "" : " : " + label(text)));
    }

    void edges(StateId id, const State& state, int depth) {
        if (state.type == StateType::choice) {
            for (const auto& rule : state.choices) edge(id, rule.next, describe(rule.condition), depth);
            if (state.defaultState) edge(id, *state.defaultState, "otherwise", depth);
            return;
        }
        edge(id, state.next, "", depth);
        for (const auto& catcher : state.catchers) {
            std::string names;
            for (const auto& name : catcher.errorEquals) names += (names.empty() ? "" : ", ") + name;
            edge(id, catcher.next, names, depth);
        }
    }

    static std::string describe(const Condition& condition) {
        const auto joined = [&](const char* word) {
            std::string out;
            for (const auto& part : condition.parts) out += (out.empty() ? "" : word) + describe(part);
            return "(" + out + ")";
        };
        switch (condition.kind) {
            case Condition::Kind::allOf: return joined(" and ");
            case Condition::Kind::anyOf: return joined(" or ");
            case Condition::Kind::negation: return "not " + describe(condition.parts.front());
            case Condition::Kind::jsonata:
                return condition.expression->expression ? condition.expression->expression->text() : condition.expression->literal.text();
            case Condition::Kind::comparison: break;
        }
        const auto* path = std::get_if<JsonPath>(&condition.operand);
        return condition.variable->text() + " " + std::string(nameOf(*condition.op)) + " " + (path ? path->text() : writeJson(std::get<Json>(condition.operand)));
    }

    const Machine& machine_;
    std::string out_;
};

}  // namespace

std::string mermaid(const Machine& machine) { return Diagram(machine).draw(); }

}  // namespace backlot::asl
