#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

// Connections and API destinations: kept and shown. Each operation on one that is not there throws
// ResourceNotFoundException; pages have up to Limit (1–100, else 100) entries by name, those that begin with
// NamePrefix.
// Differs: no event is sent to an API destination (a rule cannot aim at one), so a connection's secrets are dropped as
// they come in, and its SecretArn names nothing.
// Source: Amazon EventBridge API Reference; recorded answers of AWS.

/// AUTHORIZED at once; one by OAuth stays AUTHORIZING. Throws ResourceAlreadyExistsException.
Json createConnection(Events& events, Call& call, const Fields& request);
/// Changes what the request names and leaves the rest.
Json updateConnection(Events& events, Call& call, const Fields& request);
/// DEAUTHORIZED until it is updated with an AuthorizationType; its API destinations are INACTIVE meanwhile.
Json deauthorizeConnection(Events& events, Call& call, const Fields& request);
Json deleteConnection(Events& events, Call& call, const Fields& request);
/// Without what is secret.
Json describeConnection(Events& events, Call& call, const Fields& request);
/// A page of connections, in one ConnectionState or any.
Json listConnections(Events& events, Call& call, const Fields& request);
/// Throws ResourceAlreadyExistsException, ResourceNotFoundException for the connection.
Json createApiDestination(Events& events, Call& call, const Fields& request);
/// Changes what the request names and leaves the rest. Throws ResourceNotFoundException for the connection too.
Json updateApiDestination(Events& events, Call& call, const Fields& request);
Json deleteApiDestination(Events& events, Call& call, const Fields& request);
Json describeApiDestination(Events& events, Call& call, const Fields& request);
/// A page of API destinations, of one connection or all.
Json listApiDestinations(Events& events, Call& call, const Fields& request);

}  // namespace backlot::events
