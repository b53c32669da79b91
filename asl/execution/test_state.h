#pragma once
// TestState: one state, run alone, with its data laid open.

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "asl/execution/commands.h"
#include "asl/execution/execution.h"
#include "asl/execution/inspection.h"
#include "emulator/base/aws_error.h"

namespace backlot::asl {

enum class InspectionLevel { info, debug, trace };

/// A TestState request, its members named as the API names them. Texts are JSON texts.
struct TestStateRequest {
    std::string definition;  ///< a state, or a machine when stateName is given
    std::optional<std::string> stateName;
    std::string input = "{}";
    std::optional<std::string> variables, context;
    InspectionLevel inspectionLevel = InspectionLevel::info;
    bool revealSecrets = false;
    struct Mock {
        std::optional<std::string> result;
        struct ErrorOutput {
            std::optional<std::string> error, cause;
        };
        std::optional<ErrorOutput> errorOutput;
    };
    std::optional<Mock> mock;
    std::uint32_t retrierRetryCount = 0;  // stateConfiguration
    std::optional<std::string> errorCausedByState;
    std::optional<std::int64_t> mapIterationFailureCount;
    std::optional<std::string> mapItemReaderData;
};

/// A state under test. Without a mock a Task has to be run by the host: task() says what, answer() gives it the result.
class StateTest {
public:
    /// `identity` is what `$$` shows unless the request has a context of its own.
    /// Throws AwsError: InvalidDefinition, ValidationException. Source: AWS Step Functions API Reference, TestState.
    /// A mock is not checked here against the model of the service it stands for: the host does that.
    StateTest(TestStateRequest request, Identity identity, Time now, Dice& dice);
    ~StateTest();

    /// What a Task names; null for other states.
    const Resource* resource() const;
    /// The task that the host has to run first, or nothing.
    const std::optional<StartTask>& task() const { return task_; }
    /// Its result, or its error and cause.
    void answer(Payload output);
    void answer(std::optional<std::string> error, std::optional<std::string> cause);

    /// The answer of the API: {"status", "output", "error", "cause", "nextState", "inspectionData"}.
    Json response() const;

private:
    void start();
    void checkMock();
    void applyMock();
    Json contextObject() const;
    const State& state() const;

    TestStateRequest request_;
    Identity identity_;
    Time now_;
    Dice& dice_;
    std::shared_ptr<const Machine> machine_;
    StateId stateId_ = 0;
    std::unique_ptr<detail::ExecutionState> execution_;
    Inspection inspection_;
    std::optional<StartTask> task_;
    std::optional<std::string> error_, cause_;  ///< the error that was mocked or met, also where it was caught
    bool failed_ = false;
};

}  // namespace backlot::asl
