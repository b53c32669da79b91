#pragma once

#include <map>
#include <memory>
#include <string>

#include "asl/execution/test_state.h"
#include "emulator/world/operation.h"

namespace backlot::states {

class Runner;

/// TestState: one state, run alone. A Task without a mock is really done, so the answer may have to wait; meanwhile the
/// run is kept in memory, as long as its client.
class TestRuns {
public:
    explicit TestRuns(Runner& runner) : runner_(runner) {}
    /// Throws InvalidDefinition, ValidationException.
    Reply testState(Call& call, const Fields& request);
    /// The task of a run has ended.
    void answered(Call& call, std::uint64_t test, const asl::Event& answer);
    void forget() { runs_.clear(); }

private:
    struct Run;
    Runner& runner_;
    std::uint64_t last_ = 0;
    std::map<std::uint64_t, std::shared_ptr<Run>> runs_;
};

}  // namespace backlot::states
