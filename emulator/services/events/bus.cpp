#include "emulator/services/events/bus.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/services/events/errors.h"

namespace backlot::events {
namespace {

constexpr std::size_t kCachedBuses = 1000;
constexpr std::size_t kSmallBus = 8;  // rules; below that an index costs more than it saves

Bus busOf(BusName name, std::string_view row) {
    const Json json = parseJson(row);
    Bus bus{.name = std::move(name),
            .description = optionalText(json, "description"),
            .kmsKey = optionalText(json, "kmsKey")};
    if (const Json* policy = find(json, "policy")) bus.policy = copy(*policy);
    if (const Json* deadLetters = find(json, "deadLetters")) bus.deadLetters = copy(*deadLetters);
    if (const Json* logs = find(json, "logs")) bus.logs = copy(*logs);
    bus.createdAt = fromMillis(intOr(json, "createdAt", 0));
    bus.modifiedAt = fromMillis(intOr(json, "modifiedAt", 0));
    bus.tags = mapOf(find(json, "tags"));
    return bus;
}

Rule ruleOf(const BusName& bus, std::string_view name, std::string_view row) {
    const Json json = parseJson(row);
    Rule rule{.bus = bus,
              .name = std::string(name),
              .state = textOr(json, "state", "ENABLED"),
              .createdBy = textOr(json, "createdBy")};
    rule.description = optionalText(json, "description");
    rule.pattern = optionalText(json, "pattern");
    rule.schedule = optionalText(json, "schedule");
    rule.roleArn = optionalText(json, "roleArn");
    rule.nextFiring = JobId::parse(textOr(json, "nextFiring"));
    rule.tags = mapOf(find(json, "tags"));
    return rule;
}

std::uint64_t versionOf(Call& call, const BusName& bus) {
    const auto row = call.get(versionKey(bus));
    return row ? KeyReader(*row).number() : 0;
}

void buildIndex(ReadyBus& bus) {
    for (std::size_t i = 0; i < bus.rules.size(); ++i) {
        const auto sources = bus.rules.size() > kSmallBus ? bus.rules[i].pattern->onlyTexts("source") : std::nullopt;
        if (!sources)
            bus.anySource.push_back(i);
        else
            for (const std::string& source : *sources) bus.bySource[source].push_back(i);
    }
}

}  // namespace

std::string BusName::arn() const { return backlot::arn("events", region, account, "event-bus/" + name); }
std::string Rule::arn() const {
    return backlot::arn("events", bus.region, bus.account, "rule/" + (bus.isDefault() ? name : bus.name + "/" + name));
}

std::vector<std::size_t> ReadyBus::candidates(const std::string& source) const {
    const auto own = bySource.find(source);
    if (own == bySource.end()) return anySource;
    std::vector<std::size_t> all;
    std::merge(anySource.begin(), anySource.end(), own->second.begin(), own->second.end(), std::back_inserter(all));
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

BusName busName(const Call& call, std::string_view nameOrArn) {
    if (nameOrArn.empty()) return {call.account, call.region, "default"};
    const auto arn = parseArn(nameOrArn);
    if (arn && arn->service == "events" && arn->resource.starts_with("event-bus/"))
        return {arn->account, arn->region, arn->resource.substr(10)};
    return {call.account, call.region, std::string(nameOrArn)};
}

bool busExists(Call& call, const BusName& name) { return name.isDefault() || call.has(busKey(name)); }

Bus requireBus(Call& call, const BusName& name) {
    const auto row = call.get(busKey(name));
    if (row) return busOf(name, *row);
    if (!name.isDefault()) throw busNotFound(name.name);
    return {.name = name, .createdAt = call.now, .modifiedAt = call.now};
}

void saveBus(Call& call, const Bus& bus) {
    Json row = object({{"description", bus.description},
                       {"kmsKey", bus.kmsKey},
                       {"createdAt", epochMillis(bus.createdAt)},
                       {"modifiedAt", epochMillis(bus.modifiedAt)},
                       {"tags", textMap(bus.tags)}});
    if (bus.policy) set(row, "policy", copy(*bus.policy));
    if (bus.deadLetters) set(row, "deadLetters", copy(*bus.deadLetters));
    if (bus.logs) set(row, "logs", copy(*bus.logs));
    call.putJson(busKey(bus.name), row);
}

void eraseBus(Call& call, const BusName& name) {
    call.erase(busKey(name));
    call.erasePrefix(ofBusKey(name));
}

void scanBuses(Call& call, std::string_view after, const std::function<bool(const Bus&)>& each) {
    const BusName standard{call.account, call.region, "default"};
    bool shown = after >= "default", more = true;  // the default bus has a row only once something about it was changed
    const Key prefix = busesKey(call);
    call.scan(
        prefix,
        [&](std::string_view key, std::string_view row) {
            const std::string name = KeyReader(key.substr(prefix.bytes().size())).text();
            if (name <= after) return true;
            if (!shown && name >= "default") {
                shown = true;
                if (name != "default") more = each({.name = standard, .createdAt = call.now, .modifiedAt = call.now});
            }
            return more = more && each(busOf({call.account, call.region, name}, row));
        },
        after.empty() ? std::string() : busesKey(call).text(after).bytes());
    if (!shown && more) each({.name = standard, .createdAt = call.now, .modifiedAt = call.now});
}

std::optional<Rule> findRule(Call& call, const BusName& bus, std::string_view name) {
    const auto row = call.get(ruleKey(bus, name));
    return row ? std::optional(ruleOf(bus, name, *row)) : std::nullopt;
}

Rule requireRule(Call& call, const BusName& bus, const std::string& name) {
    if (!busExists(call, bus)) throw busNotFound(bus.name);
    auto rule = findRule(call, bus, name);
    if (!rule) throw ruleNotFound(name, bus.name);
    call.about(name);
    return std::move(*rule);
}

void saveRule(Call& call, const Rule& rule) {
    Json row = object({{"state", rule.state},
                       {"createdBy", rule.createdBy},
                       {"description", rule.description},
                       {"pattern", rule.pattern},
                       {"schedule", rule.schedule},
                       {"roleArn", rule.roleArn},
                       {"tags", textMap(rule.tags)}});
    if (rule.nextFiring) set(row, "nextFiring", rule.nextFiring->text());
    call.putJson(ruleKey(rule.bus, rule.name), row);
    touch(call, rule.bus);
}

void eraseRule(Call& call, const Rule& rule) {
    call.erasePrefix(ruleKey(rule.bus, rule.name));
    touch(call, rule.bus);
}

void scanRules(Call& call, const BusName& bus, std::string_view after, const std::function<bool(const Rule&)>& each) {
    const Key prefix = rulesKey(bus);
    call.scan(
        prefix,
        [&](std::string_view key, std::string_view row) {
            KeyReader parts(key.substr(prefix.bytes().size()));
            const std::string name = parts.text();
            const bool isTarget = !parts.rest().empty();
            return isTarget || name <= after || each(ruleOf(bus, name, row));
        },
        after.empty() ? std::string() : ruleKey(bus, after).bytes());
}

void saveTarget(Call& call, const Rule& rule, const Target& target) {
    call.putJson(targetKey(rule.bus, rule.name, target.id), jsonOf(target));
    touch(call, rule.bus);
}

bool eraseTarget(Call& call, const Rule& rule, std::string_view id) {
    touch(call, rule.bus);
    return call.erase(targetKey(rule.bus, rule.name, id));
}

std::vector<Target> targetsOf(Call& call, const BusName& bus, std::string_view rule) {
    std::vector<Target> targets;
    const Key row = ruleKey(bus, rule);
    call.scan(row, [&](std::string_view key, std::string_view value) {
        if (key != row.bytes()) targets.push_back(targetOf(parseJson(value)));
        return true;
    });
    return targets;
}

void touch(Call& call, const BusName& bus) {
    call.put(versionKey(bus), Key().number(call.roll("bus version")).bytes());
}

std::shared_ptr<const ReadyBus> readyBus(Call& call, Events& events, const BusName& name) {
    const std::uint64_t version = versionOf(call, name);
    std::string key = name.arn();
    if (const auto cached = events.buses.find(key); cached != events.buses.end() && cached->second.version == version)
        return cached->second.bus;
    auto bus = std::make_shared<ReadyBus>();
    bus->name = name;
    scanRules(call, name, {}, [&](const Rule& rule) {
        if (!rule.enabled() || !rule.pattern) return true;
        ReadyRule ready{.name = rule.name, .arn = rule.arn(), .pattern = EventPattern::compile(*rule.pattern)};
        ready.targets = targetsOf(call, name, rule.name);
        bus->rules.push_back(std::move(ready));
        return true;
    });
    const Key archives = archivesKey(name.account, name.region);
    call.scan(archives, [&](std::string_view key, std::string_view row) {
        const Json archive = parseJson(row);
        if (textOr(archive, "source") != name.arn()) return true;
        ReadyArchive ready{.name = KeyReader(key.substr(archives.bytes().size())).text(),
                           .retentionDays = intOr(archive, "retentionDays", 0)};
        if (const auto pattern = optionalText(archive, "pattern")) ready.pattern = EventPattern::compile(*pattern);
        bus->archives.push_back(std::move(ready));
        return true;
    });
    buildIndex(*bus);
    if (events.buses.size() > kCachedBuses) events.buses.clear();
    events.buses[std::move(key)] = {version, bus};
    return bus;
}

Json tagList(const std::map<std::string, std::string>& tags) {
    return array(tags, [](const auto& tag) { return object({{"Key", tag.first}, {"Value", tag.second}}); });
}

void takeTags(std::map<std::string, std::string>& into, const Fields& request) {
    for (const Json* tag : request.items("Tags")) into[textOr(*tag, "Key")] = textOr(*tag, "Value");
}

Page pageOf(const Fields& request) {
    Page page{.limit = static_cast<std::size_t>(request.valueOr("Limit", 100))};
    if (const auto token = request.optionalText("NextToken")) {
        const auto after = base64Decode(*token);
        if (!after)
            throw validation("Parameter NextToken is not valid. Reason: Provided token is not in correct format.");
        page.after = *after;
    }
    return page;
}

std::string tokenOf(const std::string& last) { return base64Encode(last); }

}  // namespace backlot::events
