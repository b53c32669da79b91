#pragma once

#include "emulator/services/ses/errors.h"
#include "emulator/world/call.h"

namespace backlot::ses {

/// Throws ConfigurationSetDoesNotExist(Exception) / NotFoundException.
void requireConfigurationSet(Call& call, Api api, const std::string& name);
/// The same, and ConfigurationSetSendingPausedException / SendingPausedException where the set sends nothing.
void requireSendingSet(Call& call, Api api, const std::string& name);

/// What has become of a mail, as SES tells the event destinations of its configuration set.
enum class MailEvent { send, delivery, renderingFailure };
/// Publishes to every enabled destination that wants the event: SNS topics, and EventBridge's default bus ("Email
/// Sent", …). `mail` is the event's member of that name, `details` that of the event's own.
/// Source: Amazon SES Developer Guide, "Examples of event data"; "Monitor … using Amazon EventBridge".
/// Differs: CloudWatch, Firehose and Pinpoint destinations are kept, and nothing is published to them.
void publishMailEvent(Call& call, const std::string& configurationSet, MailEvent event, const Json& mail, Json details);

// Source of all: Amazon SES API Reference (v1 and v2); recorded answers of AWS.

// API v1. What names a configuration set that is not there throws ConfigurationSetDoesNotExistException.

/// Throws ConfigurationSetAlreadyExistsException.
Json createConfigurationSet(Call& call, const Fields& request);
/// With its event destinations.
Json deleteConfigurationSet(Call& call, const Fields& request);
/// The parts that ConfigurationSetAttributeNames name.
Json describeConfigurationSet(Call& call, const Fields& request);
/// By name.
Json listConfigurationSets(Call& call, const Fields& request);
/// Throws EventDestinationAlreadyExistsException, InvalidSNSDestinationException for a topic that is not there.
Json createConfigurationSetEventDestination(Call& call, const Fields& request);
/// Throws EventDestinationDoesNotExistException.
Json deleteConfigurationSetEventDestination(Call& call, const Fields& request);

// API v2, of the same configuration sets. What names one that is not there throws NotFoundException.

/// Its options and tags are kept and shown; one whose SendingOptions say so sends nothing. Throws
/// AlreadyExistsException.
Json createConfigurationSetV2(Call& call, const Fields& request);
Json getConfigurationSet(Call& call, const Fields& request);
/// With its event destinations.
Json deleteConfigurationSetV2(Call& call, const Fields& request);
/// Throws AlreadyExistsException, BadRequestException for a topic that is not there or a bus that is not the default.
Json createConfigurationSetEventDestinationV2(Call& call, const Fields& request);
Json getConfigurationSetEventDestinations(Call& call, const Fields& request);
/// Puts all of the destination anew. Throws NotFoundException, BadRequestException as the one before.
Json updateConfigurationSetEventDestinationV2(Call& call, const Fields& request);
/// Throws NotFoundException.
Json deleteConfigurationSetEventDestinationV2(Call& call, const Fields& request);
/// By name.
Json listConfigurationSetsV2(Call& call, const Fields& request);

}  // namespace backlot::ses
