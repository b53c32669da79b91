#pragma once

#include "emulator/services/ses/errors.h"
#include "emulator/world/call.h"

namespace backlot::ses {

/// Throws ConfigurationSetDoesNotExist(Exception) / NotFoundException.
void requireConfigurationSet(Call& call, Api api, const std::string& name);

/// What has become of a mail, as SES tells the event destinations of its configuration set.
enum class MailEvent { send, delivery, renderingFailure };
/// Publishes to every enabled destination that wants the event: SNS topics, and EventBridge's default bus ("Email
/// Sent", …). `mail` is the event's member of that name, `details` that of the event's own.
/// Source: Amazon SES Developer Guide, "Examples of event data"; "Monitor … using Amazon EventBridge".
/// Differs: CloudWatch, Firehose and Pinpoint destinations are kept, and nothing is published to them.
void publishMailEvent(Call& call, const std::string& configurationSet, MailEvent event, const Json& mail, Json details);

// API v1
Json createConfigurationSet(Call& call, const Fields& request);
Json deleteConfigurationSet(Call& call, const Fields& request);
Json describeConfigurationSet(Call& call, const Fields& request);
Json listConfigurationSets(Call& call, const Fields& request);
Json createConfigurationSetEventDestination(Call& call, const Fields& request);
Json deleteConfigurationSetEventDestination(Call& call, const Fields& request);
// API v2
Json createConfigurationSetV2(Call& call, const Fields& request);
Json getConfigurationSet(Call& call, const Fields& request);
Json deleteConfigurationSetV2(Call& call, const Fields& request);
Json createConfigurationSetEventDestinationV2(Call& call, const Fields& request);
Json getConfigurationSetEventDestinations(Call& call, const Fields& request);
Json updateConfigurationSetEventDestinationV2(Call& call, const Fields& request);
Json deleteConfigurationSetEventDestinationV2(Call& call, const Fields& request);
Json listConfigurationSetsV2(Call& call, const Fields& request);

}  // namespace backlot::ses
