// Events of functions and state machines: a row per type, and what each adds to the template.
// Source: AWS SAM specification, EventSource.

#include <algorithm>

#include "emulator/templates/serverless_expansion.h"

namespace backlot::templates {

const std::vector<Expansion::EventRow>& Expansion::functionEvents() {
    static const std::vector<EventRow> rows = {
        {"Api", &Expansion::onApi, "apigateway.amazonaws.com", "PermissionProd"},
        {"HttpApi", &Expansion::onHttpApi, "apigateway.amazonaws.com"},
        {"SQS", &Expansion::onQueue, ""},
        {"DynamoDB", &Expansion::onStream, ""},
        {"Kinesis", &Expansion::onStream, ""},
        {"EventBridgeRule", &Expansion::onRule, "events.amazonaws.com"},
        {"CloudWatchEvent", &Expansion::onRule, "events.amazonaws.com"},
        {"Schedule", &Expansion::onRule, "events.amazonaws.com"},
        {"ScheduleV2", &Expansion::onSchedule, ""},
        {"SNS", &Expansion::onTopic, "sns.amazonaws.com"},
        {"CloudWatchLogs", &Expansion::onLogs, "logs.amazonaws.com"},
    };
    return rows;
}

const std::vector<Expansion::EventRow>& Expansion::machineEvents() {
    static const std::vector<EventRow> rows = {
        {"Api", &Expansion::onMachineApi, "apigateway.amazonaws.com"},
        {"EventBridgeRule", &Expansion::onRule, "events.amazonaws.com"},
        {"CloudWatchEvent", &Expansion::onRule, "events.amazonaws.com"},
        {"Schedule", &Expansion::onRule, "events.amazonaws.com"},
        {"ScheduleV2", &Expansion::onSchedule, "scheduler.amazonaws.com"},
    };
    return rows;
}

void Expansion::expandEvents(const ResourceDeclaration& owner, const Node& events, const Node& target,
                             const std::vector<EventRow>& rows, bool withRole) {
    for (const auto& declared : events.members) {
        const std::string type(declared.value.textOf("Type"));
        if (type.empty())
            source_.fail(declared.line, "event " + declared.name + " of " + owner.logicalId + " has no Type");
        const Node* properties = declared.value.find("Properties");
        Event event{.owner = owner,
                    .declared = declared,
                    .properties = properties ? *properties : mapping(declared.line),
                    .id = owner.logicalId + declared.name,
                    .target = target,
                    .role = {}};
        const auto row = std::find_if(rows.begin(), rows.end(), [&](const EventRow& one) { return one.type == type; });
        if (row == rows.end()) {
            warn(declared.line, event.id, "events of type " + type + " are not made: nothing calls " + owner.logicalId);
            continue;
        }
        if (withRole) {
            event.role = event.id + "Role";
            addRole(owner, event.role, row->principal, mapping(declared.line), {});
        }
        (this->*row->expand)(event);
        if (!withRole && !row->principal.empty()) addPermission(event, *row);
    }
}

const Node& Expansion::wanted(const Event& event, std::string_view property) const {
    const auto* value = event.properties.find(property);
    if (!value)
        source_.fail(event.declared.line, "event " + event.declared.name + " of " + event.owner.logicalId + " has no " +
                                              std::string(property));
    return *value;
}

void Expansion::onApi(const Event& event) {
    addRoute(event, lambdaProxyIntegration(event.target, event.declared.line));
}

void Expansion::onMachineApi(const Event& event) {
    addRoute(event, startExecutionIntegration(event.owner.logicalId, event.role, event.declared.line));
}

void Expansion::onQueue(const Event& event) { mapSource(event, "Queue"); }
void Expansion::onStream(const Event& event) { mapSource(event, "Stream"); }

void Expansion::mapSource(const Event& event, std::string_view source) {
    Node properties = event.properties;
    properties.set("EventSourceArn", wanted(event, source));
    properties.erase(source);
    properties.set("FunctionName", event.target);
    add(event.owner, event.id, "AWS::Lambda::EventSourceMapping", std::move(properties)).line = event.declared.line;
}

/// A rule with one target.
void Expansion::onRule(const Event& event) {
    const int line = event.declared.line;
    static const std::pair<const char*, const char*> names[] = {{"Pattern", "EventPattern"},
                                                                {"EventBusName", "EventBusName"},
                                                                {"Schedule", "ScheduleExpression"},
                                                                {"Description", "Description"},
                                                                {"RuleName", "Name"},
                                                                {"Name", "Name"},
                                                                {"State", "State"}};
    Node rule = mapping(line);
    for (const auto& [from, to] : names)
        if (const auto* value = event.properties.find(from)) rule.set(to, *value);
    if (const auto* enabled = event.properties.find("Enabled"))
        rule.set("State", scalar(enabled->text == "false" ? "DISABLED" : "ENABLED", line));
    Node target = mapping(line);
    target.set("Arn", event.target);
    const auto* named = event.properties.find("Target");
    const Node* targetId = named ? named->find("Id") : nullptr;
    target.set("Id", targetId ? *targetId : scalar((event.id + "LambdaTarget").substr(0, 64), line));
    for (const auto& name : {"Input", "InputPath", "InputTransformer", "RetryPolicy", "DeadLetterConfig"})
        if (const auto* value = event.properties.find(name)) target.set(name, *value);
    if (const auto* deadLetter = target.find("DeadLetterConfig"); deadLetter && !deadLetter->find("Arn")) {
        Node queue = mapping(line);
        const std::string queueId = event.id + "Queue";
        add(event.owner, queueId, "AWS::SQS::Queue", mapping(line));
        queue.set("Arn", getAtt(queueId, "Arn", line));
        target.set("DeadLetterConfig", std::move(queue));
    }
    if (!event.role.empty()) target.set("RoleArn", getAtt(event.role, "Arn", line));
    rule.set("Targets", sequenceOf({std::move(target)}, line));
    add(event.owner, event.id, "AWS::Events::Rule", std::move(rule)).line = line;
}

/// A schedule of EventBridge Scheduler, with a role that it uses.
void Expansion::onSchedule(const Event& event) {
    const int line = event.declared.line;
    Node schedule = mapping(line);
    for (const char* name : {"Description", "EndDate", "FlexibleTimeWindow", "GroupName", "KmsKeyArn", "Name",
                             "ScheduleExpression", "ScheduleExpressionTimezone", "StartDate", "State"})
        if (const auto* value = event.properties.find(name)) schedule.set(name, *value);
    Node target = mapping(line);
    target.set("Arn", event.target);
    for (const char* name : {"Input", "RetryPolicy", "DeadLetterConfig"})
        if (const auto* value = event.properties.find(name)) target.set(name, *value);
    std::string role = event.role;
    if (const auto* given = event.properties.find("RoleArn")) {
        target.set("RoleArn", *given);
    } else {
        if (role.empty()) {
            role = event.id + "Role";
            addRole(event.owner, role, "scheduler.amazonaws.com", mapping(line), {});
        }
        target.set("RoleArn", getAtt(role, "Arn", line));
    }
    schedule.set("Target", std::move(target));
    add(event.owner, event.id, "AWS::Scheduler::Schedule", std::move(schedule)).line = line;
}

void Expansion::onTopic(const Event& event) {
    const int line = event.declared.line;
    Node subscription = mapping(line);
    for (const auto& name : {"FilterPolicy", "FilterPolicyScope", "RedrivePolicy", "Region"})
        if (const auto* value = event.properties.find(name)) subscription.set(name, *value);
    subscription.set("TopicArn", wanted(event, "Topic"));
    const auto* viaQueue = event.properties.find("SqsSubscription");
    if (!viaQueue || viaQueue->text == "false") {
        subscription.set("Protocol", scalar("lambda", line));
        subscription.set("Endpoint", event.target);
        add(event.owner, event.id, "AWS::SNS::Subscription", std::move(subscription)).line = line;
        return;
    }
    // A queue between: the one that is named, or one of the event's own.
    Node queueArn, mappingProperties = mapping(line);
    if (viaQueue->isMapping() && viaQueue->find("QueueArn")) {
        queueArn = *viaQueue->find("QueueArn");
    } else {
        add(event.owner, event.id + "Queue", "AWS::SQS::Queue", mapping(line));
        queueArn = getAtt(event.id + "Queue", "Arn", line);
    }
    for (const char* name : {"BatchSize", "Enabled"})
        if (const auto* value = viaQueue->find(name)) mappingProperties.set(name, *value);
    subscription.set("Protocol", scalar("sqs", line));
    subscription.set("Endpoint", queueArn);
    add(event.owner, event.id, "AWS::SNS::Subscription", std::move(subscription)).line = line;
    mappingProperties.set("EventSourceArn", std::move(queueArn));
    mappingProperties.set("FunctionName", event.target);
    add(event.owner, event.id + "EventSourceMapping", "AWS::Lambda::EventSourceMapping", std::move(mappingProperties))
        .line = line;
}

void Expansion::onLogs(const Event& event) {
    Node filter = mapping(event.declared.line);
    filter.set("LogGroupName", wanted(event, "LogGroupName"));
    filter.set("FilterPattern", wanted(event, "FilterPattern"));
    filter.set("DestinationArn", event.target);
    add(event.owner, event.id, "AWS::Logs::SubscriptionFilter", std::move(filter)).line = event.declared.line;
}

}  // namespace backlot::templates
