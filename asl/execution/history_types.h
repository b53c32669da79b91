#pragma once
// The types of history events, a line each.

#include <cstdint>
#include <string_view>

namespace backlot::asl {

/// X(type, member that holds the details; empty where the type has none)
#define BACKLOT_ASL_EVENT_TYPES(X)                                              \
    X(ExecutionStarted, "executionStartedEventDetails")                         \
    X(ExecutionSucceeded, "executionSucceededEventDetails")                     \
    X(ExecutionFailed, "executionFailedEventDetails")                           \
    X(ExecutionAborted, "executionAbortedEventDetails")                         \
    X(ExecutionTimedOut, "executionTimedOutEventDetails")                       \
    X(ExecutionRedriven, "executionRedrivenEventDetails")                       \
    X(TaskStateEntered, "stateEnteredEventDetails")                             \
    X(PassStateEntered, "stateEnteredEventDetails")                             \
    X(ChoiceStateEntered, "stateEnteredEventDetails")                           \
    X(WaitStateEntered, "stateEnteredEventDetails")                             \
    X(SucceedStateEntered, "stateEnteredEventDetails")                          \
    X(FailStateEntered, "stateEnteredEventDetails")                             \
    X(ParallelStateEntered, "stateEnteredEventDetails")                         \
    X(MapStateEntered, "stateEnteredEventDetails")                              \
    X(TaskStateExited, "stateExitedEventDetails")                               \
    X(PassStateExited, "stateExitedEventDetails")                               \
    X(ChoiceStateExited, "stateExitedEventDetails")                             \
    X(WaitStateExited, "stateExitedEventDetails")                               \
    X(SucceedStateExited, "stateExitedEventDetails")                            \
    X(ParallelStateExited, "stateExitedEventDetails")                           \
    X(MapStateExited, "stateExitedEventDetails")                                \
    X(TaskStateAborted, "")                                                     \
    X(WaitStateAborted, "")                                                     \
    X(ParallelStateAborted, "")                                                 \
    X(MapStateAborted, "")                                                      \
    X(TaskScheduled, "taskScheduledEventDetails")                               \
    X(TaskStarted, "taskStartedEventDetails")                                   \
    X(TaskStartFailed, "taskStartFailedEventDetails")                           \
    X(TaskSubmitted, "taskSubmittedEventDetails")                               \
    X(TaskSubmitFailed, "taskSubmitFailedEventDetails")                         \
    X(TaskSucceeded, "taskSucceededEventDetails")                               \
    X(TaskFailed, "taskFailedEventDetails")                                     \
    X(TaskTimedOut, "taskTimedOutEventDetails")                                 \
    X(LambdaFunctionScheduled, "lambdaFunctionScheduledEventDetails")           \
    X(LambdaFunctionScheduleFailed, "lambdaFunctionScheduleFailedEventDetails") \
    X(LambdaFunctionStarted, "")                                                \
    X(LambdaFunctionStartFailed, "lambdaFunctionStartFailedEventDetails")       \
    X(LambdaFunctionSucceeded, "lambdaFunctionSucceededEventDetails")           \
    X(LambdaFunctionFailed, "lambdaFunctionFailedEventDetails")                 \
    X(LambdaFunctionTimedOut, "lambdaFunctionTimedOutEventDetails")             \
    X(ActivityScheduled, "activityScheduledEventDetails")                       \
    X(ActivityScheduleFailed, "activityScheduleFailedEventDetails")             \
    X(ActivityStarted, "activityStartedEventDetails")                           \
    X(ActivitySucceeded, "activitySucceededEventDetails")                       \
    X(ActivityFailed, "activityFailedEventDetails")                             \
    X(ActivityTimedOut, "activityTimedOutEventDetails")                         \
    X(ParallelStateStarted, "")                                                 \
    X(ParallelStateSucceeded, "")                                               \
    X(ParallelStateFailed, "")                                                  \
    X(MapStateStarted, "mapStateStartedEventDetails")                           \
    X(MapStateSucceeded, "")                                                    \
    X(MapStateFailed, "")                                                       \
    X(MapIterationStarted, "mapIterationStartedEventDetails")                   \
    X(MapIterationSucceeded, "mapIterationSucceededEventDetails")               \
    X(MapIterationFailed, "mapIterationFailedEventDetails")                     \
    X(MapIterationAborted, "mapIterationAbortedEventDetails")                   \
    X(MapRunStarted, "mapRunStartedEventDetails")                               \
    X(MapRunSucceeded, "")                                                      \
    X(MapRunFailed, "mapRunFailedEventDetails")                                 \
    X(MapRunAborted, "")                                                        \
    X(MapRunRedriven, "mapRunRedrivenEventDetails")                             \
    X(EvaluationFailed, "evaluationFailedEventDetails")

enum class EventType : std::uint8_t {
#define BACKLOT_ASL_EVENT_TYPE(type, details) type,
    BACKLOT_ASL_EVENT_TYPES(BACKLOT_ASL_EVENT_TYPE)
#undef BACKLOT_ASL_EVENT_TYPE
};

std::string_view nameOf(EventType type);

/// The members of event details.
enum class Member : std::uint8_t {
    name,
    input,
    output,
    error,
    cause,
    roleArn,
    stateMachineAliasArn,
    stateMachineVersionArn,
    redriveCount,
    resource,
    resourceType,
    region,
    parameters,
    timeoutInSeconds,
    heartbeatInSeconds,
    taskCredentials,
    workerName,
    length,
    index,
    mapRunArn,
    location,
    state,
    assignedVariables,
};

}  // namespace backlot::asl
