// DynamoDB, SQS, SNS, EventBridge and Scheduler. Source: AWS CloudFormation Resource Reference.

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/templates/resource_types.h"

namespace backlot::templates {

namespace {

bool isTrue(const Json* value) { return value && scalarText(*value) == "true"; }

Json attributesText(const Json& properties, std::initializer_list<const char*> names) {
    Json attributes = object();
    for (const char* name : names) {
        if (const auto* value = find(properties, name)) set(attributes, name, documentText(*value));
    }
    return attributes;
}

// --- DynamoDB -----------------------------------------------------------------------------------------------------

Json createTableRequest(const Making& making) {
    Json request =
        pick(making.properties, {"AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "LocalSecondaryIndexes",
                                 "BillingMode", "ProvisionedThroughput", "TableClass", "OnDemandThroughput", "Tags"});
    set(request, "TableName", making.nameFrom("TableName"));
    if (const auto* stream = find(making.properties, "StreamSpecification")) {
        set(request, "StreamSpecification",
            object({{"StreamEnabled", true}, {"StreamViewType", textOr(*stream, "StreamViewType")}}));
    }
    if (isTrue(find(making.properties, "DeletionProtectionEnabled"))) set(request, "DeletionProtectionEnabled", true);
    return request;
}

Actions readTable(Making& making, const Json& description) {
    making.result.ref = textOr(description, "TableName");
    making.result.attributes["Arn"] = textOr(description, "TableArn");
    making.result.attributes["TableId"] = textOr(description, "TableId");
    if (const auto stream = optionalText(description, "LatestStreamArn"))
        making.result.attributes["StreamArn"] = *stream;
    return {};
}

/// What an existing table lacks: its stream and its indexes. Key schemas cannot change.
Actions updateTable(Making& making, const Json& description) {
    readTable(making, description);
    Actions actions;
    const std::string name = making.result.ref;
    const auto* stream = find(making.properties, "StreamSpecification");
    const auto* present = find(description, "StreamSpecification");
    if (stream && !(present && boolOr(*present, "StreamEnabled", false))) {
        actions.push_back(
            {"dynamodb", "UpdateTable",
             object({{"TableName", name},
                     {"StreamSpecification",
                      object({{"StreamEnabled", true}, {"StreamViewType", textOr(*stream, "StreamViewType")}})}}),
             [&making](const Json& answer) { return readTable(making, *find(answer, "TableDescription")); }});
    }
    const Json wanted = createTableRequest(making);
    const Json none(rapidjson::kArrayType);
    const auto* indexes = find(wanted, "GlobalSecondaryIndexes");
    const auto* there = find(description, "GlobalSecondaryIndexes");
    for (const auto& index : (indexes ? *indexes : none).GetArray()) {
        const auto& existing = (there ? *there : none).GetArray();
        const bool found = std::any_of(existing.Begin(), existing.End(), [&](const Json& one) {
            return textOr(one, "IndexName") == textOr(index, "IndexName");
        });
        if (found) continue;
        actions.push_back({"dynamodb", "UpdateTable",
                           object({{"TableName", name},
                                   {"AttributeDefinitions", copy(*find(wanted, "AttributeDefinitions"))},
                                   {"GlobalSecondaryIndexUpdates", list({object({{"Create", copy(index)}})})}})});
    }
    return actions;
}

Actions makeTable(Making& making) {
    Actions actions;
    const std::string name = making.nameFrom("TableName");
    actions.push_back({"dynamodb", "CreateTable", createTableRequest(making),
                       [&making](const Json& answer) { return readTable(making, *find(answer, "TableDescription")); },
                       on({"ResourceInUseException"}, [&making, name] {
                           return Actions{
                               {"dynamodb", "DescribeTable", object({{"TableName", name}}),
                                [&making](const Json& answer) { return updateTable(making, *find(answer, "Table")); }}};
                       })});
    if (const auto* ttl = find(making.properties, "TimeToLiveSpecification")) {
        actions.push_back({"dynamodb",
                           "UpdateTimeToLive",
                           object({{"TableName", name},
                                   {"TimeToLiveSpecification", object({{"AttributeName", textOr(*ttl, "AttributeName")},
                                                                       {"Enabled", isTrue(find(*ttl, "Enabled"))}})}}),
                           {},
                           on({"ValidationException"}, [] { return Actions{}; })});  // enabled already
    }
    return actions;
}

// --- SQS ----------------------------------------------------------------------------------------------------------

Actions readQueue(Making& making, const std::string& url) {
    making.result.ref = url;
    making.result.attributes["QueueUrl"] = url;
    return {{"sqs", "GetQueueAttributes", object({{"QueueUrl", url}, {"AttributeNames", list({"QueueArn"})}}),
             [&making](const Json& answer) {
                 making.result.attributes["Arn"] = textOr(*find(answer, "Attributes"), "QueueArn");
                 return Actions{};
             }}};
}

Actions makeQueue(Making& making) {
    Json attributes = attributesText(
        making.properties,
        {"DelaySeconds", "ContentBasedDeduplication", "MaximumMessageSize", "MessageRetentionPeriod",
         "ReceiveMessageWaitTimeSeconds", "RedrivePolicy", "RedriveAllowPolicy", "VisibilityTimeout", "KmsMasterKeyId",
         "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled", "DeduplicationScope", "FifoThroughputLimit"});
    const bool fifo = isTrue(find(making.properties, "FifoQueue"));
    std::string name = making.nameFrom("QueueName", fifo ? 75 : 80);
    if (fifo && !find(making.properties, "QueueName")) name += ".fifo";
    making.result.attributes["QueueName"] = name;
    Json changeable = copy(attributes);
    if (fifo) set(attributes, "FifoQueue", "true");
    Json request = object({{"QueueName", name}, {"Attributes", std::move(attributes)}});
    if (const auto* tags = find(making.properties, "Tags")) set(request, "tags", tagMap(*tags));
    const auto update = [&making, name, settings = std::make_shared<Json>(std::move(changeable))] {
        return Actions{{"sqs", "GetQueueUrl", object({{"QueueName", name}}), [&making, settings](const Json& answer) {
                            const std::string url = textOr(answer, "QueueUrl");
                            Actions next = readQueue(making, url);
                            if (settings->MemberCount() > 0)
                                next.push_back({"sqs", "SetQueueAttributes",
                                                object({{"QueueUrl", url}, {"Attributes", copy(*settings)}})});
                            return next;
                        }}};
    };
    return {{"sqs", "CreateQueue", std::move(request),
             [&making](const Json& answer) { return readQueue(making, textOr(answer, "QueueUrl")); },
             on({"QueueNameExists", "QueueAlreadyExists", "AWS.SimpleQueueService.QueueNameExists"}, update)}};
}

Actions makeQueuePolicy(Making& making) {
    Actions actions;
    making.result.ref = making.generatedName();
    for (const auto& url : Fields(making.properties).texts("Queues")) {
        actions.push_back(
            {"sqs", "SetQueueAttributes",
             object({{"QueueUrl", url},
                     {"Attributes",
                      object({{"Policy", documentText(Fields(making.properties).value("PolicyDocument"))}})}})});
    }
    return actions;
}

// --- SNS ----------------------------------------------------------------------------------------------------------

Actions makeTopic(Making& making) {
    std::string name = making.nameFrom("TopicName", 251);
    if (isTrue(find(making.properties, "FifoTopic")) && !name.ends_with(".fifo")) name += ".fifo";
    Json attributes = attributesText(making.properties, {"DisplayName", "FifoTopic", "ContentBasedDeduplication",
                                                         "KmsMasterKeyId", "SignatureVersion", "TracingConfig"});
    Json request = object({{"Name", name}, {"Attributes", std::move(attributes)}});
    if (const auto* tags = find(making.properties, "Tags")) set(request, "Tags", typed(*tags));
    return {{"sns", "CreateTopic", std::move(request), [&making, name](const Json& answer) {
                 const std::string topic = textOr(answer, "TopicArn");
                 making.result.ref = topic;
                 making.result.attributes = {{"TopicArn", topic}, {"TopicName", name}};
                 Actions next;
                 for (const auto* subscription : Fields(making.properties).items("Subscription")) {
                     next.push_back({"sns", "Subscribe",
                                     object({{"TopicArn", topic},
                                             {"Protocol", textOr(*subscription, "Protocol")},
                                             {"Endpoint", textOr(*subscription, "Endpoint")}})});
                 }
                 return next;
             }}};
}

Actions makeSubscription(Making& making) {
    Json attributes = attributesText(making.properties, {"FilterPolicy", "FilterPolicyScope", "RawMessageDelivery",
                                                         "RedrivePolicy", "DeliveryPolicy", "SubscriptionRoleArn"});
    const std::string topic = require(making, "TopicArn"), endpoint = require(making, "Endpoint"),
                      protocol = require(making, "Protocol");
    const auto keep = [&making](const std::string& subscription) {
        making.result.ref = subscription;
        making.result.attributes["Arn"] = subscription;
    };
    const auto shared = std::make_shared<Json>(copy(attributes));
    // There already with other attributes: SNS refuses it, so they are set one by one.
    const auto update = [keep, shared, topic, endpoint, protocol] {
        return Actions{{"sns", "ListSubscriptionsByTopic", object({{"TopicArn", topic}}), [=](const Json& answer) {
                            Actions next;
                            for (const auto* one : Fields(answer).items("Subscriptions")) {
                                if (textOr(*one, "Endpoint") != endpoint || textOr(*one, "Protocol") != protocol)
                                    continue;
                                const std::string subscription = textOr(*one, "SubscriptionArn");
                                keep(subscription);
                                for (const auto& attribute : shared->GetObject()) {
                                    next.push_back({"sns", "SetSubscriptionAttributes",
                                                    object({{"SubscriptionArn", subscription},
                                                            {"AttributeName", text(attribute.name)},
                                                            {"AttributeValue", text(attribute.value)}})});
                                }
                            }
                            return next;
                        }}};
    };
    return {{"sns", "Subscribe",
             object({{"TopicArn", topic},
                     {"Protocol", protocol},
                     {"Endpoint", endpoint},
                     {"Attributes", std::move(attributes)},
                     {"ReturnSubscriptionArn", true}}),
             [keep](const Json& answer) {
                 keep(textOr(answer, "SubscriptionArn"));
                 return Actions{};
             },
             on({"InvalidParameter", "InvalidParameterException"}, update)}};
}

Actions makeTopicPolicy(Making& making) {
    Actions actions;
    making.result.ref = making.generatedName();
    for (const auto& topic : Fields(making.properties).texts("Topics")) {
        actions.push_back(
            {"sns", "SetTopicAttributes",
             object({{"TopicArn", topic},
                     {"AttributeName", "Policy"},
                     {"AttributeValue", documentText(Fields(making.properties).value("PolicyDocument"))}})});
    }
    return actions;
}

// --- EventBridge --------------------------------------------------------------------------------------------------

Actions makeEventBus(Making& making) {
    const std::string name = making.nameFrom("Name");
    const auto keep = [&making, name](const std::string& busArn) {
        making.result.ref = name;
        making.result.attributes = {{"Arn", busArn}, {"Name", name}};
        return Actions{};
    };
    return {{"events", "CreateEventBus", object({{"Name", name}}),
             [keep](const Json& answer) { return keep(textOr(answer, "EventBusArn")); },
             on({"ResourceAlreadyExistsException"}, [keep, name] {
                 return Actions{{"events", "DescribeEventBus", object({{"Name", name}}),
                                 [keep](const Json& answer) { return keep(textOr(answer, "Arn")); }}};
             })}};
}

Actions makeRule(Making& making) {
    const std::string name = making.nameFrom("Name", 64);
    Json request =
        pick(making.properties, {"ScheduleExpression", "State", "Description", "EventBusName", "RoleArn", "Tags"});
    set(request, "Name", name);
    if (const auto* pattern = find(making.properties, "EventPattern"))
        set(request, "EventPattern", documentText(*pattern));
    const auto bus = optionalText(request, "EventBusName");
    Json targets(rapidjson::kArrayType);
    std::string ids;
    for (const auto* target : Fields(making.properties).items("Targets")) {
        Json one = typed(*target);
        if (const auto* input = find(*target, "Input")) set(one, "Input", documentText(*input));
        ids += (ids.empty() ? "" : ",") + textOr(one, "Id");
        push(targets, std::move(one));
    }
    const bool isDefaultBus = !bus || *bus == "default";
    Actions actions;
    actions.push_back(
        {"events", "PutRule", std::move(request), [&making, name, bus, ids, isDefaultBus](const Json& answer) {
             making.result.ref = isDefaultBus ? name : *bus + "|" + name;
             making.result.attributes = {{"Arn", textOr(answer, "RuleArn")}, {"Name", name}, {"TargetIds", ids}};
             if (bus) making.result.attributes["EventBusName"] = *bus;
             return Actions{};
         }});
    if (!targets.Empty()) {
        Json put = object({{"Rule", name}, {"Targets", std::move(targets)}, {"EventBusName", bus}});
        actions.push_back({"events", "PutTargets", std::move(put), [name](const Json& answer) {
                               if (intOr(answer, "FailedEntryCount", 0) > 0)
                                   throw std::runtime_error("PutTargets: " + writeJson(*find(answer, "FailedEntries")));
                               return Actions{};
                           }});
    }
    return actions;
}

Actions unmakeRule(const Physical& physical) {
    const auto attribute = [&](const char* name) -> std::optional<std::string> {
        const auto found = physical.attributes.find(name);
        if (found == physical.attributes.end() || found->second.empty()) return std::nullopt;
        return found->second;
    };
    Actions actions;
    const auto bus = attribute("EventBusName");
    if (const auto ids = attribute("TargetIds")) {
        Json list(rapidjson::kArrayType);
        for (std::size_t at = 0; at <= ids->size();) {
            const auto end = std::min(ids->find(',', at), ids->size());
            push(list, ids->substr(at, end - at));
            at = end + 1;
        }
        actions.push_back({"events", "RemoveTargets",
                           object({{"Rule", attribute("Name")}, {"Ids", std::move(list)}, {"EventBusName", bus}})});
    }
    actions.push_back({"events", "DeleteRule", object({{"Name", attribute("Name")}, {"EventBusName", bus}})});
    return actions;
}

// --- Scheduler ----------------------------------------------------------------------------------------------------

Actions makeSchedule(Making& making) {
    Json request =
        pick(making.properties, {"GroupName", "ScheduleExpression", "ScheduleExpressionTimezone", "Description",
                                 "State", "FlexibleTimeWindow", "Target", "StartDate", "EndDate"});
    const std::string name = making.nameFrom("Name", 64);
    set(request, "Name", name);
    if (!find(request, "FlexibleTimeWindow")) set(request, "FlexibleTimeWindow", object({{"Mode", "OFF"}}));
    const auto keep = [&making, name](const Json& answer) {
        making.result.ref = name;
        making.result.attributes["Arn"] = textOr(answer, "ScheduleArn");
        return Actions{};
    };
    const auto again = std::make_shared<Json>(copy(request));
    return {{"scheduler", "CreateSchedule", std::move(request), keep, on({"ConflictException"}, [keep, again] {
                 return Actions{{"scheduler", "UpdateSchedule", copy(*again), keep}};
             })}};
}

std::function<Actions(const Physical&)> removal(const char* service, const char* operation, const char* member) {
    return [=](const Physical& physical) { return Actions{{service, operation, object({{member, physical.ref}})}}; };
}

}  // namespace

void addDataTypes(ResourceTypes& types) {
    types["AWS::DynamoDB::Table"] = {makeTable, removal("dynamodb", "DeleteTable", "TableName")};
    types["AWS::SQS::Queue"] = {makeQueue, removal("sqs", "DeleteQueue", "QueueUrl")};
    types["AWS::SQS::QueuePolicy"] = {makeQueuePolicy, {}};
    types["AWS::SNS::Topic"] = {makeTopic, removal("sns", "DeleteTopic", "TopicArn")};
    types["AWS::SNS::Subscription"] = {makeSubscription, removal("sns", "Unsubscribe", "SubscriptionArn")};
    types["AWS::SNS::TopicPolicy"] = {makeTopicPolicy, {}};
    types["AWS::Events::EventBus"] = {makeEventBus, removal("events", "DeleteEventBus", "Name")};
    types["AWS::Events::Rule"] = {makeRule, unmakeRule};
    types["AWS::Scheduler::Schedule"] = {makeSchedule, removal("scheduler", "DeleteSchedule", "Name")};
}

}  // namespace backlot::templates
