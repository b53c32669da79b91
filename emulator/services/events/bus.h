#pragma once
// Buses, rules and targets: their rows, and as PutEvents uses them.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/base/event_pattern.h"
#include "emulator/base/json.h"
#include "emulator/base/schedule_expression.h"
#include "emulator/base/text_map.h"
#include "emulator/base/time.h"
#include "emulator/services/events/rows.h"
#include "emulator/services/events/target.h"
#include "emulator/world/call.h"

namespace backlot::events {

struct Bus {
    BusName name;
    std::optional<std::string> description, kmsKey;
    std::optional<Json> policy, deadLetters, logs;  // the policy: the whole document
    Time createdAt, modifiedAt;
    std::map<std::string, std::string> tags;
};

struct Rule {
    BusName bus;
    std::string name, state = "ENABLED", createdBy;
    std::optional<std::string> description, pattern, schedule, roleArn;
    std::optional<JobId> nextFiring;  // of the schedule
    std::map<std::string, std::string> tags;
    std::string arn() const;
    bool enabled() const { return state != "DISABLED"; }
};

/// A rule ready to be matched.
struct ReadyRule {
    std::string name, arn;
    std::optional<EventPattern> pattern;
    std::vector<Target> targets;
};

struct ReadyArchive {
    std::string name;
    std::optional<EventPattern> pattern;
    std::int64_t retentionDays = 0;  // 0: for ever
};

/// A bus ready for events: its enabled rules, compiled, and which of them an event's source can match at all.
struct ReadyBus {
    BusName name;
    std::vector<ReadyRule> rules;
    std::vector<ReadyArchive> archives;
    std::unordered_map<std::string, std::vector<std::size_t>> bySource;
    std::vector<std::size_t> anySource;
    /// Indexes into `rules` of those that may match, in order.
    std::vector<std::size_t> candidates(const std::string& source) const;
};

/// What the service keeps beside its rows. Every change on a bus gives it a new version, drawn from the dice: a bus
/// that was read under another version is read again, so an undone transaction cannot leave a wrong one behind.
struct Events {
    struct Cached {
        std::uint64_t version = 0;
        std::shared_ptr<const ReadyBus> bus;
    };
    std::unordered_map<std::string, Cached> buses;
};

/// From a name or an ARN; empty: the default bus. Throws nothing: whether it exists is requireBus()'s question.
BusName busName(const Call& call, std::string_view nameOrArn);
/// Throws ResourceNotFoundException.
Bus requireBus(Call& call, const BusName& name);
bool busExists(Call& call, const BusName& name);
void saveBus(Call& call, const Bus& bus);
/// With all that belongs to it.
void eraseBus(Call& call, const BusName& name);
void scanBuses(Call& call, std::string_view after, const std::function<bool(const Bus&)>& each);

std::optional<Rule> findRule(Call& call, const BusName& bus, std::string_view name);
/// Throws ResourceNotFoundException.
Rule requireRule(Call& call, const BusName& bus, const std::string& name);
void saveRule(Call& call, const Rule& rule);
/// With its targets.
void eraseRule(Call& call, const Rule& rule);
void scanRules(Call& call, const BusName& bus, std::string_view after, const std::function<bool(const Rule&)>& each);

void saveTarget(Call& call, const Rule& rule, const Target& target);
/// False where the rule has none of that id.
bool eraseTarget(Call& call, const Rule& rule, std::string_view id);
/// The rule's targets, in the order of their ids.
std::vector<Target> targetsOf(Call& call, const BusName& bus, std::string_view rule);

/// Has the bus read anew by the next event.
void touch(Call& call, const BusName& bus);
std::shared_ptr<const ReadyBus> readyBus(Call& call, Events& events, const BusName& name);

Json tagList(const std::map<std::string, std::string>& tags);
void takeTags(std::map<std::string, std::string>& into, const Fields& request);

/// The page of a list: how many, and the name after which it begins.
struct Page {
    std::size_t limit = 100;
    std::string after;
};
/// Throws ValidationException where the token is none of ours.
Page pageOf(const Fields& request);
std::string tokenOf(const std::string& last);

}  // namespace backlot::events
