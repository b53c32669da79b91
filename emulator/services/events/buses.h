#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

// Buses, who may put events on them, and tags of buses and rules. A bus is named by a name or an ARN.
// Source of all: Amazon EventBridge API Reference; recorded answers of AWS.

/// Throws ResourceAlreadyExistsException, ResourceNotFoundException for a partner's event source (there are none),
/// ValidationException for a slash in the name.
Json createEventBus(Events& events, Call& call, const Fields& request);
/// Changes what the request names and leaves the rest. Throws ResourceNotFoundException.
Json updateEventBus(Events& events, Call& call, const Fields& request);
/// A bus that is not there is no error. Throws ValidationException for the default bus and for one that has rules.
Json deleteEventBus(Events& events, Call& call, const Fields& request);
/// Throws ResourceNotFoundException.
Json describeEventBus(Events& events, Call& call, const Fields& request);
/// A page of up to Limit (1–100, else 100) buses by name, those that begin with NamePrefix. Throws ValidationException
/// for a token that is none.
Json listEventBuses(Events& events, Call& call, const Fields& request);
/// Puts a statement, or with Policy the whole policy of a bus. Stored and shown; no policy is enforced. Throws
/// ResourceNotFoundException, ValidationException.
Json putPermission(Events& events, Call& call, const Fields& request);
/// Removes the statement of StatementId, or all. Throws ResourceNotFoundException for a bus or a statement that is not
/// there.
Json removePermission(Events& events, Call& call, const Fields& request);
/// Adds tags to the bus or the rule of ResourceARN, or changes them. Throws ResourceNotFoundException,
/// ValidationException for what is no ARN of the service; the other two as well.
Json tagResource(Events& events, Call& call, const Fields& request);
/// Removes the tags of TagKeys, whether they are there or not.
Json untagResource(Events& events, Call& call, const Fields& request);
Json listTagsForResource(Events& events, Call& call, const Fields& request);

}  // namespace backlot::events
