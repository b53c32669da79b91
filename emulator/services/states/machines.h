#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "asl/language/machine.h"
#include "emulator/world/call.h"

namespace backlot::states {

/// What a change of a state machine changes: its definition, role, and where it logs. Executions keep the one they
/// began with.
struct Revision {
    std::string id;        // a UUID
    bool initial = false;  // the one the machine was created with: AWS does not show its id
    std::string definition, roleArn, type;
    Json logging, tracing;  // loggingConfiguration, tracingConfiguration
    Time createdAt;

    bool express() const { return type == "EXPRESS"; }
    std::optional<std::string> shownId() const { return initial ? std::nullopt : std::optional(id); }
};

struct StateMachine {
    std::string arn, name, type, roleArn, revision;  // type: STANDARD or EXPRESS; revision: the present one's id
    Time createdAt, updatedAt;
    Json tags;                      // [{"key", "value"}]
    std::uint64_t lastVersion = 0;  // version numbers are never given twice

    bool express() const { return type == "EXPRESS"; }
};

/// A revision ready to run.
struct Definition {
    Revision revision;
    std::shared_ptr<const asl::Machine> machine;
    std::string logLevel, logGroup;  // level: OFF, ALL, ERROR, FATAL
    bool logsData = false;           // includeExecutionData
};

/// What a stateMachineArn names: a machine, one of its versions, or an alias that has chosen one.
struct MachineTarget {
    std::string machineArn, name, type, revision;
    std::optional<std::string> versionArn, aliasArn,
        mockCase;  // mockCase: behind '#', as Step Functions Local takes it
};

/// What is known of machines without reading it again. A revision never changes; a machine's row is compared each time.
class Machines {
public:
    std::shared_ptr<const Definition> definition(Call& call, const std::string& revision);
    /// requireTarget(), without reading a machine's row again that has not changed.
    MachineTarget target(Call& call, const std::string& arn);
    void forget() {
        definitions_.clear();
        targets_.clear();
    }

private:
    struct KnownTarget {
        std::string row;  // what the machine's row was
        MachineTarget target;
    };
    std::unordered_map<std::string, KnownTarget> targets_;
    std::unordered_map<std::string, std::shared_ptr<const Definition>> definitions_;
};

std::optional<StateMachine> findMachine(Call& call, const std::string& arn);
/// Of the machine alone: an ARN of a version or alias names none here. Throws InvalidArn, StateMachineDoesNotExist.
StateMachine requireMachine(Call& call, const std::string& arn);
/// Throws InvalidArn, StateMachineDoesNotExist, ResourceNotFound.
MachineTarget requireTarget(Call& call, const std::string& arn);
Revision revisionOf(Call& call, const std::string& revision);
void save(Call& call, const StateMachine& machine);

Json createStateMachine(Call& call, const Fields& request);
Json updateStateMachine(Call& call, const Fields& request);
Json listStateMachines(Call& call, const Fields& request);
/// Differs: the machine goes at once, and its executions run on; AWS ends them at their next transition.
Json deleteStateMachine(Call& call, const Fields& request);
Json validateStateMachineDefinition(Call& call, const Fields& request);

/// Names are at most 80 characters, without white space, brackets, wildcards or what AWS reserves. Throws InvalidName.
void requireName(const std::string& name);

/// variableReferences of an answer: {state name: [variables]}; nothing where no state reads one.
std::optional<Json> variableReferences(Call& call, Machines& machines, const std::string& revision);
Json describeStateMachine(Machines& machines, Call& call, const Fields& request);

}  // namespace backlot::states
