#pragma once

#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace backlot::asl {

/// A state cannot go on. Thrown while fields are evaluated, caught once by the interpreter, which puts "An error
/// occurred while executing the state 'NAME' (entered at the event id #N). " before `reason`.
class StateFailure : public std::exception {
public:
    StateFailure(std::string error, std::string reason) : error(std::move(error)), reason(std::move(reason)) {}
    const char* what() const noexcept override { return reason.c_str(); }

    std::string error;
    std::string reason;
    /// A JSONata field failed: history gets an EvaluationFailed event, with `location` where it is known.
    bool evaluation = false;
    std::optional<std::string> location;
};

inline StateFailure runtimeFailure(std::string reason) { return {"States.Runtime", std::move(reason)}; }

inline StateFailure evaluationFailure(std::string reason, std::optional<std::string> location = std::nullopt) {
    StateFailure failure("States.QueryEvaluationError", std::move(reason));
    failure.evaluation = true;
    failure.location = std::move(location);
    return failure;
}

}  // namespace backlot::asl
