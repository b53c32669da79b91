#pragma once

#include <memory>
#include <string>

#include "emulator/services/lambda/functions.h"
#include "emulator/services/lambda/invocation.h"

namespace backlot::lambda {

/// Stores an asynchronous invocation as a job.
void queueEvent(Call& call, const FunctionName& function, std::string payload);

/// Internal: one try of an asynchronous invocation {FunctionName, Payload, id, tries, since, throttles}. A failed one
/// is tried again after one and two minutes of the world's clock, a throttled one with growing delays up to five
/// minutes, as long as the event is young enough; then it goes to the dead letter queue and to the failure destination.
/// Source: AWS Lambda Developer Guide, "Asynchronous invocation".
Reply runEvent(Call& call, const Fields& request, const std::shared_ptr<Runtime>& runtime);

/// Sends `record` to a destination: an SQS queue, an SNS topic, a function or an event bus, by its ARN. What the
/// destination refuses is logged and dropped, as with AWS. `success` and `functionArn` show where the destination is an
/// event bus.
void sendToDestination(Call& call, const std::string& destination, const Json& record, bool success,
                       const std::string& functionArn);

}  // namespace backlot::lambda
