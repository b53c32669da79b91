#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "asl/language/machine.h"
#include "emulator/world/call.h"

namespace backlot::states {

/// A state machine as stored. `revision` names its definition: executions keep the one they began with.
struct StateMachine {
    std::string arn, name, type, roleArn, revision;   // type: STANDARD or EXPRESS
    Time createdAt, updatedAt;
    Json rest;                                        // loggingConfiguration, tracingConfiguration, tags, description

    bool express() const { return type == "EXPRESS"; }
};

/// What a revision holds.
struct Revision {
    std::string definition, roleArn, type;
    Time createdAt;
};

/// Compiled definitions by revision. A revision never changes, so nothing here can be stale.
class Machines {
public:
    std::shared_ptr<const asl::Machine> compiled(Call& call, const std::string& revision);
    void forget() { compiled_.clear(); }

private:
    std::unordered_map<std::string, std::shared_ptr<const asl::Machine>> compiled_;
};

std::optional<StateMachine> findMachine(Call& call, const std::string& arn);
/// Throws InvalidArn, StateMachineDoesNotExist.
StateMachine requireMachine(Call& call, const std::string& arn);
Revision revisionOf(Call& call, const std::string& revision);

Json createStateMachine(Call& call, const Fields& request);
Json updateStateMachine(Call& call, const Fields& request);
Json describeStateMachine(Call& call, const Fields& request);
Json listStateMachines(Call& call, const Fields& request);
Json deleteStateMachine(Call& call, const Fields& request);
Json validateStateMachineDefinition(Call& call, const Fields& request);
Json tagResource(Call& call, const Fields& request);
Json untagResource(Call& call, const Fields& request);
Json listTagsForResource(Call& call, const Fields& request);

/// Names are at most 80 characters, without white space, brackets, wildcards or what AWS reserves. Throws InvalidName.
void requireName(const std::string& name);

}  // namespace backlot::states
