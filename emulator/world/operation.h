#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/base/aws_error.h"
#include "emulator/base/json.h"
#include "emulator/world/call.h"

namespace backlot {

/// An answer that is not there yet. No transaction stays open meanwhile; the wait is in memory and ends with the
/// process.
struct Wait {
    /// Asked again whenever this is signalled.
    std::string topic;
    /// The answer, or nothing yet. With `last` it is asked for the last time: nothing then answers {}. May throw
    /// AwsError.
    std::function<std::optional<Json>(Call& call, bool last)> ask;
    /// Time until the last ask: wall-clock, and ended early where the world's clock is moved past it. None: for ever.
    std::optional<Duration> limit = {};
    /// Also asked at this moment of the world's clock.
    std::optional<Time> askAt = {};
    /// What idle() names while this waits ("invocation of pay"); empty: a long poll, which idle passes over.
    std::string busy = {};
    /// Called where the client has gone before the answer.
    std::function<void()> abandoned = {};
};

/// What an operation answers: a result now, or a wait.
class Reply {
public:
    Reply(Json&& result) : content_(std::move(result)) {}
    Reply(Wait wait) : content_(std::move(wait)) {}
    bool waits() const { return std::holds_alternative<Wait>(content_); }
    Json& result() { return std::get<Json>(content_); }
    Wait& wait() { return std::get<Wait>(content_); }

private:
    std::variant<Json, Wait> content_;
};

using OperationFunction = std::function<Reply(Call&, const Fields&)>;

enum OperationFlags : unsigned {
    writes = 0,
    readOnly = 1,   // runs in a read transaction: put(), later() and the like throw
    mayWait = 2,    // may leave a wait
    internal = 4,   // jobs, replies: no client reaches it
    dataEvent = 8,  // not a management event: CloudTrail leaves it out
    refuses = 16,   // answers an error to whatever it is asked, as what it is about is not here: not listed as served
};

/// A member of its requests that an operation passes over though AWS knows it.
struct Ignored {
    std::string_view member;  // "ClientRequestToken", "Configuration.Tags": with what is in it; lists without numbers
    std::string_view reason;  // why its answer is the same without: "operations are not repeated"
};

/// One line of a service's table: {"DeleteStack", deleteStack, {}, {{"ClientRequestToken", "…"}}}.
struct Operation {
    std::string_view name;
    OperationFunction run;
    unsigned flags = writes;
    /// Every other member that a client sends is looked at: a build of type Debug sees to that (WorldHooks::onUnread).
    std::vector<Ignored> ignores = {};
    /// Pure work on a client's request (hashing, unzipping) before it comes into the world: of a large one, on a helper
    /// thread. What it finds out it adds to the request. Requests from inside come without it.
    Json (*prepare)(Json request) = nullptr;
};
using OperationTable = std::vector<Operation>;

/// A service as main.cpp hands it to the world.
struct Service {
    std::string name;  // as in its API model's file: "sqs", "dynamodb", "states"
    OperationTable operations;
    std::string rows = {};              // the table of its rows; empty: named as the service
    std::function<void()> forget = {};  // drops what is kept in memory: the store's contents have been replaced
    /// Told when a call that came under an entry of the record (a function's, under its invocation) has to wait for its
    /// answer, and when it has got it.
    std::function<void(std::uint64_t entry, bool waits)> callerWaits = {};
    std::function<void()> start = {};  // after opening, reset and load: takes up what goes on outside
    std::map<std::string, std::string> kinds =
        {};  // what its rows are for people, by the first part of their keys: "m" → "messages"
};

}  // namespace backlot
