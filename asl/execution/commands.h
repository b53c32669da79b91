#pragma once
// What an execution asks of its host, and what the host tells it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "asl/language/state.h"
#include "asl/payload.h"
#include "emulator/base/json.h"
#include "emulator/base/time.h"

namespace backlot::asl {

/// Numbers what an execution waits for, upwards from 1, unique in one execution. An answer that bears another number
/// than its frame now waits for is late or repeated and is dropped, so the host may deliver at least once.
using AttemptId = std::uint64_t;

enum class ExecutionStatus { running, succeeded, failed, timedOut, aborted };
/// "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED".
std::string_view nameOf(ExecutionStatus status);

/// What a timer is for; with the attempt it names the timer, so a second one replaces the first. `turn` is due at once:
/// a machine that loops without waiting lets its host do other work now and then.
enum class Timer : std::uint8_t { wait, retry, taskTimeout, heartbeat, executionTimeout, turn };

// ---- commands: from the execution to its host ----

/// Run a task once. The answer is TaskSucceeded or TaskFailed; before it TaskSubmitted (integrations that wait: once
/// the request has been accepted) and TaskStarted (activities: once a worker has taken it).
struct StartTask {
    AttemptId attempt;
    std::string stateName;
    Resource resource;                     ///< what the state's Resource says, taken apart
    Payload parameters;                    ///< a Lambda's or an activity's input, otherwise the request
    std::optional<std::string> taskToken;  ///< `.waitForTaskToken` and activities: what SendTaskSuccess will name
    std::optional<std::string> roleArn;    ///< of Credentials
    std::optional<std::int64_t> timeoutSeconds,
        heartbeatSeconds;  ///< for the record: the execution sets its own timers
};

/// Answer with TimerDue at `due`, in (due, order of issue) among all timers.
struct StartTimer {
    AttemptId attempt;
    Timer timer;
    Time due;
};

/// Forget the attempt: its task, its map run, its timers. No answer is wanted; one that comes is dropped.
struct Cancel {
    AttemptId attempt;
};

/// Read the items of a Distributed Map by its ItemReader. The answer is ItemsRead or TaskFailed.
struct ReadItems {
    AttemptId attempt;
    std::string stateName;
    Resource resource;     ///< s3:getObject, s3:listObjectsV2
    Payload parameters;    ///< {"Bucket": …, "Key": …}
    Payload readerConfig;  ///< {"InputType": "CSV", …}; null where there is none
};

/// Run a child execution of `scope` for each input (items selected and batched already), at most `maxConcurrency` at a
/// time (0: no limit but AWS's). asl/execution/map_run.h holds the counting. The answer is MapRunEnded.
struct StartMapRun {
    AttemptId attempt;
    std::string stateName;
    std::string mapRunArn;
    ScopeId scope;
    std::vector<Payload> inputs;
    std::vector<std::uint32_t> itemCounts;  ///< how many items each input holds: 1 unless they are batched
    std::int64_t maxConcurrency = 0;
    std::int64_t toleratedFailureCount = 0;
    double toleratedFailurePercentage = 0;
    ChildType childType = ChildType::standard;
    std::optional<Payload> resultWriter;  ///< {"Resource": …, "Parameters": …, "WriterConfig": …}
};

/// The execution has ended; nothing is outstanding any more.
struct Done {
    ExecutionStatus status;
    Payload output;  ///< where it succeeded
    std::optional<std::string> error, cause;
};

using Command = std::variant<StartTask, StartTimer, Cancel, ReadItems, StartMapRun, Done>;

// ---- events: from the host to the execution ----

struct Start {
    Payload input;
};
/// A worker took the activity task.
struct TaskStarted {
    AttemptId attempt;
    std::string workerName;
};
/// The request of a `.sync` or `.waitForTaskToken` integration was accepted with this answer.
struct TaskSubmitted {
    AttemptId attempt;
    Payload output;
};
struct TaskSucceeded {
    AttemptId attempt;
    Payload output;
};
/// An absent error or cause is absent in history too (SendTaskFailure need not give them).
struct TaskFailed {
    AttemptId attempt;
    std::optional<std::string> error, cause;
};
struct TaskHeartbeat {
    AttemptId attempt;
};
struct TimerDue {
    AttemptId attempt;
    Timer timer;
    Time due;
};
struct ItemsRead {
    AttemptId attempt;
    Payload items;  ///< an array
};
/// `output` is the array of the children's outputs, or ResultWriter's answer; otherwise error and cause say why not.
struct MapRunEnded {
    AttemptId attempt;
    Payload output;
    std::optional<std::string> error, cause;
};
/// StopExecution.
struct Stop {
    std::optional<std::string> error, cause;
};
/// RedriveExecution: goes on from the states that failed.
struct Redrive {};

using Event = std::variant<Start, TaskStarted, TaskSubmitted, TaskSucceeded, TaskFailed, TaskHeartbeat, TimerDue,
                           ItemsRead, MapRunEnded, Stop, Redrive>;

/// Both directions can be written down, as rows or as the bodies of jobs.
std::string toBytes(const Command& command);
Command commandFromBytes(std::string_view bytes);

}  // namespace backlot::asl
