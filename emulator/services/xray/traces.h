#pragma once
// Traces made of the world's record, and of segments that clients sent.

#include <map>
#include <string>
#include <vector>

#include "emulator/base/service_description.h"
#include "emulator/world/call.h"
#include "emulator/world/record.h"

namespace backlot::xray {

/// One segment of a trace: a call that a service answered.
struct Segment {
    std::string id, parentId;  // 16 hexadecimal digits; parentId empty: the trace begins here
    std::string name, type;    // "Orders", "AWS::DynamoDB::Table"
    std::string operation, resource;
    double start = 0, end = 0;  // epoch seconds
    bool error = false, fault = false, throttle = false;
    Json document;           // as a client sent it; null: made from the record
    Json annotations, http;  // null where there are none
};

struct Trace {
    std::string id;
    std::vector<Segment> segments;  // oldest first
    double start() const;
    double end() const;
    const Segment* root() const;  // the first without a parent in the trace; null where there is no segment
};

/// The caller's traces by id: those that have come to an API, a function or a state machine, and those sent by clients.
/// Replies and other inner steps are left out, their callers take their place. `services` says how calls are named.
std::map<std::string, Trace> allTraces(const ServiceDirectory& services, const Call& call);

/// The segment as X-Ray's segment documents are written.
Json documentOf(const Trace& trace, const Segment& segment);

}  // namespace backlot::xray
