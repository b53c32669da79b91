#pragma once

#include <memory>
#include <optional>
#include <string>

#include "emulator/services/lambda/functions.h"

namespace backlot::lambda {

/// A mapping as it is stored: AWS's EventSourceMappingConfiguration and `tags`. Polling is in sqs_source.h and
/// stream_source.h.
Key mappingKey(const Call& call, std::string_view uuid);
/// Throws ResourceNotFoundException.
Json requireMapping(const Call& call, const std::string& uuid);
void saveMapping(Call& call, const Json& mapping);
bool isEnabled(const Json& mapping);
/// Whether the function answers {"batchItemFailures": […]}.
bool reportsItemFailures(const Json& mapping);

/// Which of a batch's items did not succeed. Source: AWS Lambda Developer Guide, "Partial batch responses"; the odd
/// answers are recorded.
struct BatchOutcome {
    bool all = false;                 // the whole batch failed
    std::vector<std::string> failed;  // else the identifiers of those that did
};
/// `known` tells which identifiers the batch has.
BatchOutcome batchOutcome(const Json& mapping, const Json& invokeOutput,
                          const std::function<bool(const std::string&)>& known);

/// Mappings of SQS queues and DynamoDB streams. Differs: other sources (Kinesis, Kafka, MQ, DocumentDB) are refused by
/// name, and a mapping that is being created, updated or deleted has done so at the next look.
Json createEventSourceMapping(Call& call, const Fields& request);
Json getEventSourceMapping(Call& call, const Fields& request);
Json listEventSourceMappings(Call& call, const Fields& request);
Json updateEventSourceMapping(Call& call, const Fields& request);
Json deleteEventSourceMapping(Call& call, const Fields& request);

}  // namespace backlot::lambda
