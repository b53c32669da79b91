#include "asl/language/reader.h"

namespace backlot::asl {

namespace {

std::vector<StateId> successors(const State& state) {
    std::vector<StateId> out{state.next};
    for (const auto& catcher : state.catchers) out.push_back(catcher.next);
    for (const auto& rule : state.choices) out.push_back(rule.next);
    if (state.defaultState) out.push_back(*state.defaultState);
    return out;
}

}  // namespace

std::string locationOf(const Machine& machine, const State& state) {
    const auto owner = machine.scope(state.scope).owner;
    std::string prefix;
    if (owner) {
        const State& outer = machine.state(*owner);
        prefix = locationOf(machine, outer);
        if (outer.type == StateType::map) prefix += "/ItemProcessor";
        for (std::size_t i = 0; i < outer.branches.size(); ++i)
            if (outer.branches[i] == state.scope) prefix += "/Branches[" + std::to_string(i) + "]";
    }
    return prefix + "/States/" + state.name;
}

void checkReachability(const Machine& machine, Findings& findings) {
    std::vector<bool> reached(machine.states.size(), false);
    std::vector<StateId> open;
    for (const auto& scope : machine.scopes) open.push_back(scope.startAt);
    while (!open.empty()) {
        const auto id = open.back();
        open.pop_back();
        if (id == kEnd || reached[static_cast<std::size_t>(id)]) continue;
        reached[static_cast<std::size_t>(id)] = true;
        for (const auto next : successors(machine.state(id))) open.push_back(next);
    }
    for (std::size_t i = 0; i < reached.size(); ++i)
        if (!reached[i])
            findings.error(locationOf(machine, machine.states[i]),
                           "State \"" + machine.states[i].name + "\" is not reachable.", "MISSING_TRANSITION_TARGET");
}

}  // namespace backlot::asl
