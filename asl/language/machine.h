#pragma once
// What a state machine definition is once it has been read: immutable tables, states by number.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "asl/language/diagnostic.h"
#include "asl/language/state.h"

namespace backlot::asl {

enum class MachineType { standard, express };

/// One StartAt and its States: the machine itself, a branch of a Parallel, the ItemProcessor of a Map.
struct Scope {
    StateId startAt = 0;
    std::map<std::string, StateId, std::less<>> states;  ///< by name, of this scope alone
    std::optional<StateId> owner;                        ///< the Parallel or Map that runs it; none for the machine
};

/// A compiled definition. Immutable and free of pointers into the text; share it between executions.
struct Machine {
    std::string comment;
    MachineType type = MachineType::standard;
    QueryLanguage queryLanguage = QueryLanguage::jsonPath;
    std::optional<std::int64_t> timeoutSeconds;  ///< of the whole execution
    std::vector<State> states;                   ///< of all scopes
    std::vector<Scope> scopes;                   ///< scopes[0] is the machine

    const State& state(StateId id) const { return states[static_cast<std::size_t>(id)]; }
    const Scope& scope(ScopeId id) const { return scopes[static_cast<std::size_t>(id)]; }
};

inline constexpr ScopeId kWholeMachine = 0;

struct CompileOptions {
    MachineType type = MachineType::standard;
};

/// `machine` is null where a diagnostic is an error.
struct Compiled {
    std::shared_ptr<const Machine> machine;
    std::vector<Diagnostic> diagnostics;
};

/// Reads and checks a definition (at most 1 MiB, checked by the service). Never throws for bad input: everything that
/// is wrong with it stands in `diagnostics`, in the order of the text.
/// Source: States Language specification; AWS Step Functions Developer Guide; recorded diagnostics.
Compiled compile(std::string_view definition, const CompileOptions& options = {});

/// State name -> variables that its fields read, as DescribeStateMachine's `variableReferences` lists them.
std::map<std::string, std::set<std::string>> variableReferences(const Machine& machine);

}  // namespace backlot::asl
