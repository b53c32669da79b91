#pragma once

#include "emulator/services/sqs/queue.h"

namespace backlot::sqs {

/// Takes attributes of a request over into `queue`, each checked as AWS checks it. A null or empty text takes an
/// optional attribute away (Policy, RedrivePolicy, KmsMasterKeyId…). `creating`: FifoQueue may be set.
/// Throws InvalidAttributeName, InvalidAttributeValue, InvalidParameterValueException.
void takeAttributes(Call& call, Sqs& sqs, Queue& queue, const Fields& attributes, bool creating);

/// The value of a settable attribute, AWS's default where it was not set; nothing where AWS shows none.
std::optional<std::string> attributeValue(const Queue& queue, std::string_view name);

/// Names of the attributes that GetQueueAttributes shows for "All", apart from the counts.
std::vector<std::string> shownAttributes(const Queue& queue);

/// True for every settable attribute, set or not.
bool isKnownAttribute(std::string_view name);

/// "true" and "True" mean the same, as do "false" and "False".
std::string canonicalValue(const std::string& name, const std::string& value);

}  // namespace backlot::sqs
