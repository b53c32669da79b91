#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

// Connections and API destinations: kept and shown.
// Differs: no event is sent to an API destination (a delivery to one fails by name), so a connection's secrets are
// dropped as they come in, and its SecretArn names nothing.
// Source: Amazon EventBridge API Reference; recorded answers of AWS.
Json createConnection(Events& events, Call& call, const Fields& request);
Json updateConnection(Events& events, Call& call, const Fields& request);
Json deauthorizeConnection(Events& events, Call& call, const Fields& request);
Json deleteConnection(Events& events, Call& call, const Fields& request);
Json describeConnection(Events& events, Call& call, const Fields& request);
Json listConnections(Events& events, Call& call, const Fields& request);
Json createApiDestination(Events& events, Call& call, const Fields& request);
Json updateApiDestination(Events& events, Call& call, const Fields& request);
Json deleteApiDestination(Events& events, Call& call, const Fields& request);
Json describeApiDestination(Events& events, Call& call, const Fields& request);
Json listApiDestinations(Events& events, Call& call, const Fields& request);

}  // namespace backlot::events
