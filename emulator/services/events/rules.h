#pragma once

#include "emulator/services/events/bus.h"

namespace backlot::events {

// Rules and their targets. Where a request names a bus, by EventBusName (a name or an ARN; none: "default"), each
// throws ResourceNotFoundException for a bus that is not there; a page has up to Limit (1–100, else 100) entries by
// name. Source of all: Amazon EventBridge API Reference; recorded answers of AWS.

/// Makes the rule or puts all of it anew, but for its targets and tags: Tags count for a new one alone. A schedule is
/// planned from now on. Throws ValidationException (neither pattern nor schedule, a schedule that is none, or one that
/// is not on the default bus), InvalidEventPatternException.
Json putRule(Events& events, Call& call, const Fields& request);
/// A rule that is not there is no error. Throws ValidationException while the rule has targets.
Json deleteRule(Events& events, Call& call, const Fields& request);
/// Throws ResourceNotFoundException.
Json describeRule(Events& events, Call& call, const Fields& request);
/// From now on the rule is matched, and its schedule fires. Throws ResourceNotFoundException.
Json enableRule(Events& events, Call& call, const Fields& request);
/// Until it is enabled again the rule is not matched, and its schedule does not fire. Throws ResourceNotFoundException.
Json disableRule(Events& events, Call& call, const Fields& request);
/// A page of the bus's rules that begin with NamePrefix. Throws ValidationException for a token that is none.
Json listRules(Events& events, Call& call, const Fields& request);
/// A page of the names of the rules that aim at TargetArn. Throws as listRules().
Json listRuleNamesByTarget(Events& events, Call& call, const Fields& request);
/// Adds targets to a rule or replaces those of the same ids: all or none. Throws ResourceNotFoundException,
/// LimitExceededException (over five targets), and as requireTarget().
/// Differs: a target that no event is delivered to here is refused.
Json putTargets(Events& events, Call& call, const Fields& request);
/// Removes targets by their Ids; those that are not there are named in FailedEntries. Throws ResourceNotFoundException.
Json removeTargets(Events& events, Call& call, const Fields& request);
/// A page of a rule's targets by their ids. Throws ResourceNotFoundException.
Json listTargetsByRule(Events& events, Call& call, const Fields& request);
/// Whether Event, the text of an event, matches EventPattern. Throws ValidationException for an event without id,
/// account, source, time, region or detail-type, InvalidEventPatternException.
Json testEventPattern(Events& events, Call& call, const Fields& request);
/// Internal job {Rule}: a schedule's moment has come. Plans the next one, and delivers a "Scheduled Event".
Json fireSchedule(Events& events, Call& call, const Fields& request);

/// Compiles a pattern of a request. Throws InvalidEventPatternException.
EventPattern requirePattern(const std::string& text);

}  // namespace backlot::events
