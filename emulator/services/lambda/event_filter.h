#pragma once

#include <string>
#include <vector>

#include "emulator/base/event_pattern.h"
#include "emulator/base/json.h"

namespace backlot::lambda {

/// A mapping's FilterCriteria: up to five patterns of which one must match a record.
class EventFilter {
public:
    /// Throws InvalidParameterValueException where a pattern is none.
    explicit EventFilter(const Json& mapping);
    bool wantsAll() const { return patterns_.empty(); }
    bool matches(const Json& record) const;

private:
    std::vector<EventPattern> patterns_;
};

}  // namespace backlot::lambda
