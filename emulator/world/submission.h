#pragma once
// A request from outside the world, and how it ends.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "emulator/base/aws_error.h"
#include "emulator/base/json.h"
#include "emulator/world/call.h"

namespace backlot {

/// How a request ended.
using Outcome = std::variant<Json, AwsError>;

/// A request from outside the world: a client's, or what a function process reports.
struct Submission {
    std::string service, operation;
    Json request;
    std::string account = "000000000000", region = "us-east-1";
    std::optional<Cause> cause = {};         // none: a new trace begins
    std::function<void(Outcome)> done = {};  // called after the commit; may be empty
    std::weak_ptr<void> client = {};         // a wait whose client has gone is abandoned; empty: nobody can go
    bool checked = true;                     // false: the request is checked against the API model first
    bool fromClient = true;                  // false: may call operations marked `internal`
    std::function<void(Json)> dispose = {};  // takes a very large request that is done with: to free it takes long
};

}  // namespace backlot
