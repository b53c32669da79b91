#include "asl/execution/commands.h"

#include <array>

#include "asl/execution/bytes.h"

namespace backlot::asl {

namespace {

constexpr std::array<std::string_view, 5> kStatuses = {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"};

void write(BytesWriter& out, const StartTask& task) {
    out.number(task.attempt);
    out.text(task.stateName);
    out.text(task.resource.arn);
    out.payload(task.parameters);
    out.optionalText(task.taskToken);
    out.optionalText(task.roleArn);
    for (const auto& seconds : {task.timeoutSeconds, task.heartbeatSeconds})
        out.optional(seconds, [&](std::int64_t number) { out.signedNumber(number); });
}

void write(BytesWriter& out, const StartTimer& timer) {
    out.number(timer.attempt);
    out.number(static_cast<std::uint64_t>(timer.timer));
    out.time(timer.due);
}

void write(BytesWriter& out, const Cancel& cancel) { out.number(cancel.attempt); }

void write(BytesWriter& out, const ReadItems& read) {
    out.number(read.attempt);
    out.text(read.stateName);
    out.text(read.resource.arn);
    out.payload(read.parameters);
    out.payload(read.readerConfig);
}

void write(BytesWriter& out, const StartMapRun& run) {
    out.number(run.attempt);
    out.text(run.stateName);
    out.text(run.mapRunArn);
    out.signedNumber(run.scope);
    out.number(run.inputs.size());
    for (const auto& input : run.inputs) out.payload(input);
    for (const auto count : run.itemCounts) out.number(count);
    for (const auto number : {run.maxConcurrency, run.toleratedFailureCount}) out.signedNumber(number);
    out.real(run.toleratedFailurePercentage);
    out.number(static_cast<std::uint64_t>(run.childType));
    out.optional(run.resultWriter, [&](const Payload& writer) { out.payload(writer); });
}

void write(BytesWriter& out, const Done& done) {
    out.number(static_cast<std::uint64_t>(done.status));
    out.payload(done.output);
    out.optionalText(done.error);
    out.optionalText(done.cause);
}

StartTask readTask(BytesReader& in) {
    StartTask task{};
    task.attempt = in.number();
    task.stateName = in.text();
    task.resource = parseResource(in.text());
    task.parameters = in.payload();
    task.taskToken = in.optionalText();
    task.roleArn = in.optionalText();
    for (auto* seconds : {&task.timeoutSeconds, &task.heartbeatSeconds})
        *seconds = in.optional([&] { return in.signedNumber(); });
    return task;
}

ReadItems readReadItems(BytesReader& in) {
    ReadItems read{};
    read.attempt = in.number();
    read.stateName = in.text();
    read.resource = parseResource(in.text());
    read.parameters = in.payload();
    read.readerConfig = in.payload();
    return read;
}

StartMapRun readMapRun(BytesReader& in) {
    StartMapRun run{};
    run.attempt = in.number();
    run.stateName = in.text();
    run.mapRunArn = in.text();
    run.scope = static_cast<ScopeId>(in.signedNumber());
    for (auto count = in.number(); count > 0; --count) run.inputs.push_back(in.payload());
    for (std::size_t i = 0; i < run.inputs.size(); ++i)
        run.itemCounts.push_back(static_cast<std::uint32_t>(in.number()));
    for (auto* number : {&run.maxConcurrency, &run.toleratedFailureCount}) *number = in.signedNumber();
    run.toleratedFailurePercentage = in.real();
    run.childType = in.enumeration<ChildType>(2);
    run.resultWriter = in.optional([&] { return in.payload(); });
    return run;
}

}  // namespace

std::string_view nameOf(ExecutionStatus status) { return kStatuses[static_cast<std::size_t>(status)]; }

std::string toBytes(const Command& command) {
    BytesWriter out;
    out.number(command.index());
    std::visit([&](const auto& body) { write(out, body); }, command);
    return out.take();
}

Command commandFromBytes(std::string_view bytes) {
    BytesReader in(bytes);
    switch (in.number()) {
        case 0: return readTask(in);
        case 1: {
            StartTimer timer{};
            timer.attempt = in.number();
            timer.timer = in.enumeration<Timer>(6);
            timer.due = in.time();
            return timer;
        }
        case 2: return Cancel{in.number()};
        case 3: return readReadItems(in);
        case 4: return readMapRun(in);
        case 5: {
            Done done{};
            done.status = in.enumeration<ExecutionStatus>(5);
            done.output = in.payload();
            done.error = in.optionalText();
            done.cause = in.optionalText();
            return done;
        }
        default: throw std::runtime_error("asl: an unknown command");
    }
}

}  // namespace backlot::asl
