#pragma once

#include <string>

#include "asl/execution/commands.h"
#include "emulator/services/states/executions.h"

namespace backlot::states {

/// Mocked answers of tasks, in the format of Step Functions Local:
///   {"StateMachines": {"checkout": {"TestCases": {"HappyPath": {"Pay": "Paid"}}}},
///    "MockedResponses": {"Paid": {"0": {"Throw": {"Error": …, "Cause": …}}, "1-3": {"Return": {…}}}}}
/// An execution takes them where it was started with the ARN of its machine and "#HappyPath" behind it.
/// Source: AWS Step Functions Developer Guide, "Testing state machines with Step Functions Local".
class Mocks {
public:
    /// `config` is the text of the file; empty: no mocks. Throws std::runtime_error where it is no JSON object.
    explicit Mocks(const std::string& config);
    bool any() const { return config_.IsObject(); }
    /// What the `invocation`th try (from 0) of a state gives: an object with "Return" or "Throw"; null where none is
    /// mocked. Beyond the numbered tries the last one holds.
    const Json* responseOf(const std::string& machine, const std::string& testCase, const std::string& state,
                           std::int64_t invocation) const;

private:
    Json config_;
};

/// Answers the task by the mock of the execution's test case; false where it has none.
bool startMock(Runner& runner, Call& call, const ExecutionRow& row, const asl::StartTask& task);

}  // namespace backlot::states
