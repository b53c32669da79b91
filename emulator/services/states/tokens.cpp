#include "emulator/services/states/tokens.h"

#include "asl/execution/bytes.h"
#include "emulator/base/hash.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/runner.h"

namespace backlot::states {
namespace {

/// Half of its hash: a token is long, and a hundred thousand may be out.
Key tokenKey(std::string_view token) {
    const Sha256 hash = sha256(token);
    return Key("token").raw({reinterpret_cast<const char*>(hash.data()), hash.size() / 2});
}

struct TokenOwner {
    ExecutionRow row;
    asl::AttemptId attempt;
};

TokenOwner ownerOf(Runner& runner, Call& call, const Fields& request) {
    const auto stored = call.get(tokenKey(request.text("taskToken")));
    if (!stored) throw invalidToken("Invalid token");
    asl::BytesReader in(*stored);
    const std::string arn = in.text();
    const auto attempt = static_cast<asl::AttemptId>(in.number());
    auto row = findExecution(call, arn);
    if (!row || !runner.isWaitingFor(call, *row, attempt)) throw taskTimedOut();
    return {std::move(*row), attempt};
}

}  // namespace

void keepToken(Call& call, const ExecutionRow& row, const asl::StartTask& task) {
    asl::BytesWriter out;
    out.text(row.arn);
    out.number(task.attempt);
    call.put(tokenKey(*task.taskToken), out.take());
}

Json sendTaskSuccess(Runner& runner, Call& call, const Fields& request) {
    const std::string output = request.text("output");
    try {
        parseJson(output);
    } catch (const JsonError& error) {
        throw invalidOutput(error.what());
    }
    auto [row, attempt] = ownerOf(runner, call, request);
    call.about(row.arn);
    runner.step(call, row, asl::TaskSucceeded{attempt, asl::Payload(output)});
    return object();
}

Json sendTaskFailure(Runner& runner, Call& call, const Fields& request) {
    auto [row, attempt] = ownerOf(runner, call, request);
    call.about(row.arn);
    runner.step(call, row, asl::TaskFailed{attempt, request.optionalText("error"), request.optionalText("cause")});
    return object();
}

Json sendTaskHeartbeat(Runner& runner, Call& call, const Fields& request) {
    auto [row, attempt] = ownerOf(runner, call, request);
    runner.step(call, row, asl::TaskHeartbeat{attempt});
    return object();
}

}  // namespace backlot::states
