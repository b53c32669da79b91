#pragma once

#include <memory>
#include <optional>
#include <string>

#include "emulator/services/lambda/functions.h"
#include "emulator/services/lambda/invocation.h"

namespace backlot::lambda {

/// Invokes a function. RequestResponse waits for its answer; Event stores a job and answers 202 at once; DryRun only
/// checks. Throws InvalidRequestContentException, RequestTooLargeException, TooManyRequestsException,
/// ResourceNotFoundException.
/// Source: AWS Lambda API Reference, Invoke.
Reply invoke(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime);

/// Begins an invocation of `function` within `call`: checked, counted and queued. What it answers is read from it once
/// `ended`; its topic is signalled then.
std::shared_ptr<Invocation> beginInvocation(Call& call, const std::shared_ptr<Runtime>& runtime,
                                            const FunctionName& function, std::string payload, std::string id,
                                            std::string clientContext = {});
/// The answer of Invoke for an invocation that has ended.
Json invokeAnswer(const Invocation& invocation, bool withLogTail);

}  // namespace backlot::lambda
