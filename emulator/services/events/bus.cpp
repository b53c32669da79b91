#include "emulator/services/events/bus.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/services/events/errors.h"

namespace backlot::events {
namespace {

constexpr std::size_t kCachedBuses = 1000;
constexpr std::size_t kSmallBus = 8;  // rules; below that an index costs more than it saves

Key keyOf(std::string_view kind, const BusName& bus) {
    return Key(kind).text(bus.account).text(bus.region).text(bus.name);
}

Bus busOf(BusName name, std::string_view row) {
    const Json json = parseJson(row);
    Bus bus{.name = std::move(name),
            .description = optionalText(json, "description"),
            .kmsKey = optionalText(json, "kmsKey")};
    if (const Json* policy = find(json, "policy")) bus.policy = copy(*policy);
    if (const Json* deadLetters = find(json, "deadLetters")) bus.deadLetters = copy(*deadLetters);
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
    const auto row = call.get(keyOf("version", bus));
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

bool busExists(Call& call, const BusName& name) { return name.isDefault() || call.has(keyOf("bus", name)); }

Bus requireBus(Call& call, const BusName& name) {
    const auto row = call.get(keyOf("bus", name));
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
    call.putJson(keyOf("bus", bus.name), row);
}

void eraseBus(Call& call, const BusName& name) {
    call.erase(keyOf("bus", name));
    touch(call, name);
}

void scanBuses(Call& call, std::string_view after, const std::function<bool(const Bus&)>& each) {
    const BusName standard{call.account, call.region, "default"};
    bool shown = after >= "default", more = true;  // the default bus has a row only once something about it was changed
    const Key prefix = Key("bus").text(call.account).text(call.region);
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
        after.empty() ? std::string() : Key("bus").text(call.account).text(call.region).text(after).bytes());
    if (!shown && more) each({.name = standard, .createdAt = call.now, .modifiedAt = call.now});
}

std::optional<Rule> findRule(Call& call, const BusName& bus, std::string_view name) {
    const auto row = call.get(keyOf("rule", bus).text(name));
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
    call.putJson(keyOf("rule", rule.bus).text(rule.name), row);
    touch(call, rule.bus);
}

void eraseRule(Call& call, const Rule& rule) {
    call.erase(keyOf("rule", rule.bus).text(rule.name));
    call.erasePrefix(keyOf("target", rule.bus).text(rule.name));
    touch(call, rule.bus);
}

void scanRules(Call& call, const BusName& bus, std::string_view after, const std::function<bool(const Rule&)>& each) {
    const Key prefix = keyOf("rule", bus);
    call.scan(
        prefix,
        [&](std::string_view key, std::string_view row) {
            const std::string name = KeyReader(key.substr(prefix.bytes().size())).text();
            return name <= after || each(ruleOf(bus, name, row));
        },
        after.empty() ? std::string() : keyOf("rule", bus).text(after).bytes());
}

void saveTarget(Call& call, const Rule& rule, const Json& target) {
    call.putJson(keyOf("target", rule.bus).text(rule.name).text(textOr(target, "Id")), target);
    touch(call, rule.bus);
}

bool eraseTarget(Call& call, const Rule& rule, std::string_view id) {
    touch(call, rule.bus);
    return call.erase(keyOf("target", rule.bus).text(rule.name).text(id));
}

void scanTargets(Call& call, const BusName& bus, std::string_view rule, std::string_view after,
                 const std::function<bool(const Json&)>& each) {
    call.scan(
        keyOf("target", bus).text(rule),
        [&](std::string_view, std::string_view row) {
            const Json target = parseJson(row);
            return textOr(target, "Id") <= after || each(target);
        },
        after.empty() ? std::string() : keyOf("target", bus).text(rule).text(after).bytes());
}

void touch(Call& call, const BusName& bus) {
    call.put(keyOf("version", bus), Key().number(call.roll("bus version")).bytes());
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
        scanTargets(call, name, rule.name, {}, [&](const Json& target) {
            ready.targets.push_back(copy(target));
            return true;
        });
        bus->rules.push_back(std::move(ready));
        return true;
    });
    const Key archives = Key("archive").text(name.account).text(name.region);
    call.scan(archives, [&](std::string_view key, std::string_view row) {
        const Json archive = parseJson(row);
        if (textOr(archive, "source") != name.arn()) return true;
        ReadyArchive ready{.name = KeyReader(key.substr(archives.bytes().size())).text()};
        if (const auto pattern = optionalText(archive, "pattern")) ready.pattern = EventPattern::compile(*pattern);
        bus->archives.push_back(std::move(ready));
        return true;
    });
    buildIndex(*bus);
    if (events.buses.size() > kCachedBuses) events.buses.clear();
    events.buses[std::move(key)] = {version, bus};
    return bus;
}

Key archiveKey(const Call& call, std::string_view name) {
    return Key("archive").text(call.account).text(call.region).text(name);
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
