#include "emulator/services/events/buses.h"

#include "emulator/base/arn.h"
#include "emulator/services/events/errors.h"

namespace backlot::events {
namespace {

Json shown(const Bus& bus) {
    Json json = object({{"Name", bus.name.name},
                        {"Arn", bus.name.arn()},
                        {"Description", bus.description},
                        {"CreationTime", epochSeconds(bus.createdAt)},
                        {"LastModifiedTime", epochSeconds(bus.modifiedAt)}});
    if (bus.policy) set(json, "Policy", writeJson(*bus.policy));
    return json;
}

/// Kept and shown: what EventBridge does with events it cannot decrypt, and where it logs.
void takeSettings(Bus& bus, const Fields& request) {
    if (const Json* deadLetters = request.find("DeadLetterConfig")) bus.deadLetters = copy(*deadLetters);
    if (const Json* logs = request.find("LogConfig")) bus.logs = copy(*logs);
}

void showSettings(Json& answer, const Bus& bus) {
    if (bus.deadLetters) set(answer, "DeadLetterConfig", copy(*bus.deadLetters));
    if (bus.logs) set(answer, "LogConfig", copy(*bus.logs));
}

Json permission(const BusName& bus, const Fields& request) {
    const std::string principal = request.text("Principal");
    Json statement = object({{"Sid", request.text("StatementId")}, {"Effect", "Allow"}});
    set(statement, "Principal", principal == "*" ? str("*") : object({{"AWS", "arn:aws:iam::" + principal + ":root"}}));
    set(statement, "Action", request.valueOr("Action", "events:PutEvents"));
    set(statement, "Resource", bus.arn());
    if (const Json* condition = request.find("Condition")) {
        set(statement, "Condition",
            object({{textOr(*condition, "Type"), object({{textOr(*condition, "Key"), textOr(*condition, "Value")}})}}));
    }
    return statement;
}

/// What tags hang on: a bus or a rule, taken out, changed and put back.
template <typename Change>
void withTags(Call& call, const std::string& resource, Change&& change) {
    const auto arn = parseArn(resource);
    if (!arn || arn->service != "events")
        throw validation("Parameter ResourceARN is not valid. Reason: Provided Arn is not in correct format.");
    call.about(resource);
    if (arn->resource.starts_with("event-bus/")) {
        Bus bus = requireBus(call, {arn->account, arn->region, arn->resource.substr(10)});
        if (change(bus.tags)) saveBus(call, bus);
        return;
    }
    if (!arn->resource.starts_with("rule/")) throw notFound("Resource " + resource + " does not exist.");
    const std::string path = arn->resource.substr(5);
    const std::size_t slash = path.find('/');
    const BusName bus{arn->account, arn->region, slash == std::string::npos ? "default" : path.substr(0, slash)};
    Rule rule = requireRule(call, bus, slash == std::string::npos ? path : path.substr(slash + 1));
    if (change(rule.tags)) saveRule(call, rule);
}

}  // namespace

Json createEventBus(Events&, Call& call, const Fields& request) {
    const BusName name{call.account, call.region, request.text("Name")};
    call.about(name.name);
    if (busExists(call, name)) throw alreadyExists("Event bus " + name.name + " already exists.");
    if (const auto source = request.optionalText("EventSourceName"))  // a partner's; there are none
        throw notFound("Event source " + *source + " does not exist.");
    if (name.name.find('/') != std::string::npos) throw validation("Event bus name must not contain '/'.");
    Bus bus{.name = name,
            .description = request.optionalText("Description"),
            .kmsKey = request.optionalText("KmsKeyIdentifier"),
            .createdAt = call.now,
            .modifiedAt = call.now};
    takeSettings(bus, request);
    takeTags(bus.tags, request);
    saveBus(call, bus);
    touch(call, name);
    Json answer =
        object({{"EventBusArn", name.arn()}, {"Description", bus.description}, {"KmsKeyIdentifier", bus.kmsKey}});
    showSettings(answer, bus);
    return answer;
}

Json updateEventBus(Events&, Call& call, const Fields& request) {
    Bus bus = requireBus(call, busName(call, request.valueOr("Name", "")));
    if (const auto description = request.optionalText("Description")) bus.description = description;
    if (const auto key = request.optionalText("KmsKeyIdentifier")) bus.kmsKey = key;
    takeSettings(bus, request);
    bus.modifiedAt = call.now;
    saveBus(call, bus);
    Json answer = object({{"Arn", bus.name.arn()},
                          {"Name", bus.name.name},
                          {"Description", bus.description},
                          {"KmsKeyIdentifier", bus.kmsKey}});
    showSettings(answer, bus);
    return answer;
}

Json deleteEventBus(Events&, Call& call, const Fields& request) {
    const BusName name = busName(call, request.text("Name"));
    call.about(name.name);
    if (name.isDefault()) throw validation("Cannot delete event bus default.");
    bool hasRules = false;
    scanRules(call, name, {}, [&](const Rule&) { return !(hasRules = true); });
    if (hasRules) throw validation("Cannot delete event bus " + name.name + " with rules attached.");
    eraseBus(call, name);  // deleting twice is fine
    return object();
}

Json describeEventBus(Events&, Call& call, const Fields& request) {
    const Bus bus = requireBus(call, busName(call, request.valueOr("Name", "")));
    call.about(bus.name.name);
    Json answer = shown(bus);
    showSettings(answer, bus);
    if (bus.kmsKey) set(answer, "KmsKeyIdentifier", *bus.kmsKey);
    return answer;
}

Json listEventBuses(Events&, Call& call, const Fields& request) {
    const std::string prefix = request.valueOr("NamePrefix", "");
    const Page page = pageOf(request);
    Json buses = list(), answer = object();
    std::string last;
    scanBuses(call, page.after, [&](const Bus& bus) {
        if (!bus.name.name.starts_with(prefix)) return true;
        if (buses.Size() == page.limit) {
            set(answer, "NextToken", tokenOf(last));
            return false;
        }
        push(buses, shown(bus));
        last = bus.name.name;
        return true;
    });
    set(answer, "EventBuses", std::move(buses));
    return answer;
}

Json putPermission(Events&, Call& call, const Fields& request) {
    Bus bus = requireBus(call, busName(call, request.valueOr("EventBusName", "")));
    call.about(bus.name.name);
    if (const auto policy = request.optionalText("Policy")) {
        auto parsed = tryParseJson(*policy);
        if (!parsed || !parsed->IsObject())
            throw validation("Parameter Policy is not valid. Reason: Provided policy is not valid JSON.");
        bus.policy = std::move(*parsed);
    } else {
        if (!request.has("StatementId") || !request.has("Principal"))
            throw validation("Parameters StatementId, Principal and Action, or Policy must be specified.");
        Json statement = permission(bus.name, request);
        Json statements = list();
        if (const Json* before = bus.policy ? find(*bus.policy, "Statement") : nullptr) {
            for (const Json& one : before->GetArray()) {
                if (textOr(one, "Sid") != textOr(statement, "Sid")) push(statements, copy(one));
            }
        }
        push(statements, std::move(statement));
        bus.policy = object({{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
    }
    bus.modifiedAt = call.now;
    saveBus(call, bus);
    return object();
}

Json removePermission(Events&, Call& call, const Fields& request) {
    Bus bus = requireBus(call, busName(call, request.valueOr("EventBusName", "")));
    call.about(bus.name.name);
    if (request.valueOr("RemoveAllPermissions", false)) {
        bus.policy.reset();
    } else {
        const std::string id = request.valueOr("StatementId", "");
        const Json* before = bus.policy ? find(*bus.policy, "Statement") : nullptr;
        if (!before) throw notFound("Statement with the provided id does not exist.");
        Json kept = list();
        for (const Json& one : before->GetArray()) {
            if (textOr(one, "Sid") != id) push(kept, copy(one));
        }
        if (kept.Size() == before->Size()) throw notFound("Statement with the provided id does not exist.");
        if (kept.Empty())
            bus.policy.reset();
        else
            set(*bus.policy, "Statement", std::move(kept));
    }
    bus.modifiedAt = call.now;
    saveBus(call, bus);
    return object();
}

Json tagResource(Events&, Call& call, const Fields& request) {
    withTags(call, request.text("ResourceARN"), [&](auto& tags) {
        takeTags(tags, request);
        return true;
    });
    return object();
}

Json untagResource(Events&, Call& call, const Fields& request) {
    withTags(call, request.text("ResourceARN"), [&](auto& tags) {
        for (const std::string& key : request.texts("TagKeys")) tags.erase(key);
        return true;
    });
    return object();
}

Json listTagsForResource(Events&, Call& call, const Fields& request) {
    Json tags;
    withTags(call, request.text("ResourceARN"), [&](auto& found) {
        tags = tagList(found);
        return false;
    });
    return object({{"Tags", std::move(tags)}});
}

}  // namespace backlot::events
