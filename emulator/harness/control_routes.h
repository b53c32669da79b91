#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/harness/control.h"

namespace backlot::harness {

/// One request to the control API: its parts, and the ways to answer.
struct ControlCall {
    ControlContext& context;
    std::shared_ptr<const Request> request;
    std::vector<std::string> segments;  // of the path behind the route's fixed part, decoded
    std::shared_ptr<const Json> body;   // an object; {} where there was none
    Respond respond;

    void answer(int status, const Json& body) const;
    void fail(int status, std::string_view code, std::string_view message) const;
    /// Answers `error` as JSON.
    void fail(const AwsError& error) const { fail(error.httpStatus(), error.code(), error.message()); }
    /// Takes the step, and answers what it throws as an error.
    void attempt(const std::function<void()>& step) const;
    /// A query parameter, or nothing.
    std::optional<std::string> query(std::string_view name) const;
    /// Calls an operation as the default account and answers with what `shape` makes of its result.
    void ask(std::string service, std::string operation, Json request, std::function<Json(Json)> shape) const;
};

struct ControlRoute {
    std::string_view method, path;  // a path that ends in '/' takes what follows as segments
    void (*run)(ControlCall call);
    bool readsBody = false;  // the body may be large: it is left as it came
};

const std::vector<ControlRoute>& timeRoutes();      // idle, clock
const std::vector<ControlRoute>& stateRoutes();     // health, ready, info, reset, deploy, invoke, shutdown
const std::vector<ControlRoute>& snapshotRoutes();  // snapshots
const std::vector<ControlRoute>& recordRoutes();    // record, traces, inbox, executions
const std::vector<ControlRoute>& callRoutes();      // call/SERVICE/OPERATION
const std::vector<ControlRoute>& foreignRoutes();   // /_localstack, /moto-api, /_aws

}  // namespace backlot::harness
