#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

// Source of all: Amazon EventBridge API Reference; recorded answers of AWS.
Json putRule(Events& events, Call& call, const Fields& request);
Json deleteRule(Events& events, Call& call, const Fields& request);
Json describeRule(Events& events, Call& call, const Fields& request);
Json enableRule(Events& events, Call& call, const Fields& request);
Json disableRule(Events& events, Call& call, const Fields& request);
Json listRules(Events& events, Call& call, const Fields& request);
Json listRuleNamesByTarget(Events& events, Call& call, const Fields& request);
Json putTargets(Events& events, Call& call, const Fields& request);
Json removeTargets(Events& events, Call& call, const Fields& request);
Json listTargetsByRule(Events& events, Call& call, const Fields& request);
Json testEventPattern(Events& events, Call& call, const Fields& request);
/// Internal job {rule}: a schedule's moment has come.
Json fireSchedule(Events& events, Call& call, const Fields& request);

/// Compiles a pattern in a request's name. Throws InvalidEventPatternException.
EventPattern requirePattern(const std::string& text);

}  // namespace backlot::events
