#include "emulator/services/lambda/event_filter.h"

#include <algorithm>

#include "emulator/services/lambda/errors.h"

namespace backlot::lambda {

EventFilter::EventFilter(const Json& mapping) {
    const Json* filters = at(mapping, {"FilterCriteria", "Filters"});
    if (!filters) return;
    for (const auto& filter : filters->GetArray()) {
        try {
            patterns_.push_back(EventPattern::compile(textOr(filter, "Pattern", "{}")));
        } catch (const PatternError&) {
            throw invalidParameter("Invalid filter pattern definition.");
        }
    }
}

bool EventFilter::matches(const Json& record) const {
    return patterns_.empty() || std::any_of(patterns_.begin(), patterns_.end(),
                                            [&](const EventPattern& pattern) { return pattern.matches(record); });
}

}  // namespace backlot::lambda
