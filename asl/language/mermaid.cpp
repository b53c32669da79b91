#include "asl/language/drawing.h"
#include "asl/language/edges.h"

namespace backlot::asl {
namespace {

/// Names may hold anything, so states get ids of their own and their names as labels.
std::string idOf(StateId id) { return "s" + std::to_string(id); }

std::string label(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '"' ? "'" : c == ':' ? "#58;" : c == ';' ? "#59;" : c == '\n' ? " " : std::string(1, c);
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
    void line(int depth, const std::string& text) {
        out_ += std::string(static_cast<std::size_t>(depth) * 4, ' ') + text + "\n";
    }

    void scope(ScopeId id, int depth) {
        const auto& scope = machine_.scope(id);
        line(depth, "[*] --> " + idOf(scope.startAt));
        for (StateId state = 0; state < static_cast<StateId>(machine_.states.size());
             ++state)  // in the order of the text
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

    void edges(StateId id, const State& state, int depth) {
        for (const auto& edge : edgesOf(state))
            line(depth, idOf(id) + " --> " + (edge.to == kEnd ? "[*]" : idOf(edge.to)) +
                            (edge.label.empty() ? "" : " : " + label(edge.label)));
    }

    const Machine& machine_;
    std::string out_;
};

}  // namespace

std::string mermaid(const Machine& machine) { return Diagram(machine).draw(); }

}  // namespace backlot::asl
