#include "emulator/services/events/rules.h"

#include <algorithm>
#include <set>

#include "emulator/base/arn.h"
#include "emulator/services/events/delivery.h"
#include "emulator/services/events/errors.h"

namespace backlot::events {
namespace {

constexpr std::size_t kTargetsARule = 5;
constexpr const char* kRequiredMembers[] = {"id", "account", "source", "time", "region", "detail-type"};  // of an event

Json shown(const Rule& rule) {
    return object({{"Name", rule.name},
                   {"Arn", rule.arn()},
                   {"EventPattern", rule.pattern},
                   {"State", rule.state},
                   {"Description", rule.description},
                   {"ScheduleExpression", rule.schedule},
                   {"RoleArn", rule.roleArn},
                   {"EventBusName", rule.bus.name}});
}

/// Plans the next firing of the rule's schedule, in the place of the one planned before.
void plan(Call& call, Rule& rule) {
    if (rule.nextFiring) call.cancel(*rule.nextFiring);
    rule.nextFiring.reset();
    if (!rule.schedule || !rule.enabled()) return;
    const auto next = ScheduleExpression::parse(*rule.schedule)->next(call.now);
    if (!next) return;
    rule.nextFiring = call.later(*next, Job{.service = "events",
                                            .operation = "FireSchedule",
                                            .request = object({{"Rule", rule.name}}),
                                            .background = true,
                                            .label = "schedule of rule " + rule.name});
}

void setState(Call& call, const Fields& request, const char* state) {
    Rule rule = requireRule(call, busName(call, request.valueOr("EventBusName", "")), request.text("Name"));
    rule.state = state;
    plan(call, rule);
    saveRule(call, rule);
}

BusName requireBusOf(Call& call, const Fields& request) {
    BusName bus = busName(call, request.valueOr("EventBusName", ""));
    if (!busExists(call, bus)) throw busNotFound(bus.name);
    return bus;
}

}  // namespace

EventPattern requirePattern(const std::string& text) {
    try {
        return EventPattern::compile(text);
    } catch (const PatternError& error) {
        throw invalidPattern(error.what());
    }
}

Json putRule(Events&, Call& call, const Fields& request) {
    const BusName bus = requireBusOf(call, request);
    const std::string name = request.text("Name");
    call.about(name);
    const auto existing = findRule(call, bus, name);
    Rule rule = existing.value_or(Rule{.bus = bus, .name = name, .createdBy = call.account});
    rule.pattern = request.optionalText("EventPattern");
    rule.schedule = request.optionalText("ScheduleExpression");
    if (rule.pattern && rule.pattern->empty()) rule.pattern.reset();
    if (rule.schedule && rule.schedule->empty()) rule.schedule.reset();
    if (!rule.pattern && !rule.schedule)
        throw validation("Parameter(s) EventPattern or ScheduleExpression must be specified.");
    if (rule.pattern) requirePattern(*rule.pattern);
    if (rule.schedule) {
        if (!ScheduleExpression::parse(*rule.schedule)) throw validation("Parameter ScheduleExpression is not valid.");
        if (!bus.isDefault()) throw validation("ScheduleExpression is supported only on the default event bus.");
    }
    rule.description = request.optionalText("Description");
    rule.roleArn = request.optionalText("RoleArn");
    rule.state = request.valueOr("State", "ENABLED");
    if (existing)
        request.passOver({"Tags"});  // those of a rule that is there change by TagResource
    else
        takeTags(rule.tags, request);
    plan(call, rule);
    saveRule(call, rule);
    return object({{"RuleArn", rule.arn()}});
}

Json deleteRule(Events&, Call& call, const Fields& request) {
    const BusName bus = requireBusOf(call, request);
    const auto rule = findRule(call, bus, request.text("Name"));
    if (!rule) return object();  // deleting twice is fine
    call.about(rule->name);
    if (!targetsOf(call, bus, rule->name).empty()) throw validation("Rule can't be deleted since it has targets.");
    if (rule->nextFiring) call.cancel(*rule->nextFiring);
    eraseRule(call, *rule);
    return object();
}

Json describeRule(Events&, Call& call, const Fields& request) {
    const Rule rule = requireRule(call, busName(call, request.valueOr("EventBusName", "")), request.text("Name"));
    Json answer = shown(rule);
    set(answer, "CreatedBy", rule.createdBy);
    return answer;
}

Json enableRule(Events&, Call& call, const Fields& request) {
    setState(call, request, "ENABLED");
    return object();
}

Json disableRule(Events&, Call& call, const Fields& request) {
    setState(call, request, "DISABLED");
    return object();
}

Json listRules(Events&, Call& call, const Fields& request) {
    const BusName bus = requireBusOf(call, request);
    const std::string prefix = request.valueOr("NamePrefix", "");
    const Page page = pageOf(request);
    Json rules = list(), answer = object();
    std::string last;
    scanRules(call, bus, page.after, [&](const Rule& rule) {
        if (!rule.name.starts_with(prefix)) return true;
        if (rules.Size() == page.limit) {
            set(answer, "NextToken", tokenOf(last));
            return false;
        }
        push(rules, shown(rule));
        last = rule.name;
        return true;
    });
    set(answer, "Rules", std::move(rules));
    return answer;
}

Json listRuleNamesByTarget(Events&, Call& call, const Fields& request) {
    const BusName bus = requireBusOf(call, request);
    const std::string arn = request.text("TargetArn");
    const auto aims = [&](const Rule& rule) {
        const auto targets = targetsOf(call, bus, rule.name);
        return std::any_of(targets.begin(), targets.end(), [&](const Target& target) { return target.arn == arn; });
    };
    const Page page = pageOf(request);
    Json names = list(), answer = object();
    std::string last;
    scanRules(call, bus, page.after, [&](const Rule& rule) {
        if (!aims(rule)) return true;
        if (names.Size() == page.limit) {
            set(answer, "NextToken", tokenOf(last));
            return false;
        }
        push(names, rule.name);
        last = rule.name;
        return true;
    });
    set(answer, "RuleNames", std::move(names));
    return answer;
}

Json putTargets(Events&, Call& call, const Fields& request) {
    const Rule rule = requireRule(call, busName(call, request.valueOr("EventBusName", "")), request.text("Rule"));
    std::set<std::string> ids;
    for (const Target& target : targetsOf(call, rule.bus, rule.name)) ids.insert(target.id);
    std::vector<Target> targets;
    for (const Json* target : request.items("Targets")) {
        targets.push_back(requireTarget(*target));
        ids.insert(targets.back().id);
    }
    if (ids.size() > kTargetsARule) throw limitExceeded();
    for (const Target& target : targets) saveTarget(call, rule, target);
    return object({{"FailedEntryCount", 0}, {"FailedEntries", list()}});
}

Json removeTargets(Events&, Call& call, const Fields& request) {
    const Rule rule = requireRule(call, busName(call, request.valueOr("EventBusName", "")), request.text("Rule"));
    Json failed = list();
    for (const std::string& id : request.texts("Ids")) {
        if (!eraseTarget(call, rule, id)) {
            push(failed,
                 object({{"TargetId", id},
                         {"ErrorCode", "ResourceNotFoundException"},
                         {"ErrorMessage", "Rule " + rule.name + " does not have a target with the Id " + id + "."}}));
        }
    }
    const auto count = failed.Size();
    return object({{"FailedEntryCount", count}, {"FailedEntries", std::move(failed)}});
}

Json listTargetsByRule(Events&, Call& call, const Fields& request) {
    const Rule rule = requireRule(call, busName(call, request.valueOr("EventBusName", "")), request.text("Rule"));
    const Page page = pageOf(request);
    Json targets = list(), answer = object();
    std::string last;
    for (const Target& target : targetsOf(call, rule.bus, rule.name)) {
        if (target.id <= page.after) continue;
        if (targets.Size() == page.limit) {
            set(answer, "NextToken", tokenOf(last));
            break;
        }
        push(targets, jsonOf(target));
        last = target.id;
    }
    set(answer, "Targets", std::move(targets));
    return answer;
}

Json testEventPattern(Events&, Call&, const Fields& request) {
    const auto event = tryParseJson(request.text("Event"));
    const bool complete = event && event->IsObject() &&
                          std::all_of(std::begin(kRequiredMembers), std::end(kRequiredMembers),
                                      [&](const char* name) { return find(*event, name) != nullptr; });
    if (!complete) throw validation("Parameter Event is not valid.");
    return object({{"Result", requirePattern(request.text("EventPattern")).matches(*event)}});
}

Json fireSchedule(Events&, Call& call, const Fields& request) {
    const BusName bus{call.account, call.region, "default"};
    auto rule = findRule(call, bus, request.text("Rule"));
    if (!rule || !rule->schedule || !rule->enabled()) return object();
    call.about(rule->name);
    rule->nextFiring.reset();  // it is this one
    plan(call, *rule);
    saveRule(call, *rule);
    const ReadyRule ready{
        .name = rule->name, .arn = rule->arn(), .pattern = {}, .targets = targetsOf(call, bus, rule->name)};
    const Json event = object({{"version", "0"},
                               {"id", call.uuid("event")},
                               {"detail-type", "Scheduled Event"},
                               {"source", "aws.events"},
                               {"account", call.account},
                               {"time", iso8601Seconds(call.now)},
                               {"region", call.region},
                               {"resources", list({rule->arn()})},
                               {"detail", object()}});
    const std::string text = writeJson(event);
    for (const Target& target : ready.targets) deliver(call, ready, target, event, text);
    return object();
}

}  // namespace backlot::events
