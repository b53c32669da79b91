#pragma once
// A state machine run on the spot: no server, no services. Time jumps from timer to timer, tasks answer from mocks.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "asl/execution/execution.h"

namespace backlot::cli {

/// What tasks answer, by state name. As a file:
///   {"ProcessPayment": {"Return": {…}}}                                       always
///   {"ProcessPayment": [{"Throw": {"Error": "Timeout", "Cause": "…"}}, {"Return": {…}}]}   by attempt; the last one
///   goes on
///   {"ProcessPayment": {"0": {"Throw": …}, "1-3": {"Return": …}}}             as Step Functions Local writes it
/// or Step Functions Local's own mock file with a test case of it. The items that an ItemReader reads are
/// "STATE.ItemReader".
class Mocks {
public:
    struct Answer {
        Json value;                               // of Return
        std::optional<std::string> error, cause;  // of Throw
    };
    /// Throws std::invalid_argument naming what is wrong. `testCase`: "StateMachineName#TestCaseName", or empty.
    static Mocks parse(const Json& file, const std::string& testCase = {});
    /// The answer to a state's next attempt, or null where it has none.
    const Answer* next(const std::string& state);
    bool empty() const { return answers_.empty(); }

private:
    struct Range {
        std::uint64_t first, last;
        Answer answer;
    };
    static std::vector<Range> rangesOf(const std::string& state, const Json& mock);
    std::map<std::string, std::vector<Range>> answers_;
    std::map<std::string, std::uint64_t> asked_;
};

struct AslRunResult {
    asl::ExecutionStatus status = asl::ExecutionStatus::running;
    asl::Payload output;
    std::optional<std::string> error, cause;
    std::vector<asl::HistoryEvent> history;
    Time start, end;
    std::string waitsFor;  // where the run stopped short of its end: what it needs
};

/// Runs to the end, or to the first task without a mock.
AslRunResult runMachine(std::shared_ptr<const asl::Machine> machine, const std::string& name, asl::Payload input,
                        Mocks mocks, std::uint64_t seed, Time start);

}  // namespace backlot::cli
