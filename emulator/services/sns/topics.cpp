#include "emulator/services/sns/topics.h"

#include <algorithm>
#include <set>

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/services/sns/errors.h"

namespace backlot::sns {
namespace {

constexpr std::size_t kPage = 100;

bool goodName(std::string_view name, bool fifo) {
    const std::string_view base = fifo && name.ends_with(".fifo") ? name.substr(0, name.size() - 5) : name;
    return !base.empty() && name.size() <= 256 && fifo == name.ends_with(".fifo") &&
           std::all_of(base.begin(), base.end(),
                       [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
}

/// FifoTopic is fixed at creation; the delivery feedback attributes exist for every kind of endpoint.
bool isSettable(std::string_view name) {
    static constexpr std::string_view names[] = {"DeliveryPolicy",
                                                 "DisplayName",
                                                 "Policy",
                                                 "TracingConfig",
                                                 "KmsMasterKeyId",
                                                 "SignatureVersion",
                                                 "ContentBasedDeduplication",
                                                 "ArchivePolicy",
                                                 "FifoThroughputScope",
                                                 "DataProtectionPolicy"};
    if (std::find(std::begin(names), std::end(names), name) != std::end(names)) return true;
    for (const std::string_view kind : {"Application", "HTTP", "Lambda", "SQS", "Firehose"}) {
        if (!name.starts_with(kind)) continue;
        const auto rest = name.substr(kind.size());
        return rest == "SuccessFeedbackRoleArn" || rest == "SuccessFeedbackSampleRate" ||
               rest == "FailureFeedbackRoleArn";
    }
    return false;
}

void requireAttribute(const std::string& name, const std::string& value) {
    if (!isSettable(name)) throw invalidParameter("AttributeName");
    if (name == "SignatureVersion" && value != "1" && value != "2")
        throw invalidParameter("SignatureVersion: Invalid value [" + value + "]. Must be 1 or 2.");
    if ((name == "Policy" || name == "DeliveryPolicy") && !value.empty()) {
        const auto json = tryParseJson(value);
        if (!json || !json->IsObject()) throw invalidParameter(name + ": failed to parse JSON.");
    }
}

void takeTags(Topic& topic, const Fields& request) {
    std::set<std::string> seen;
    for (const Json* tag : request.items("Tags")) {
        const std::string key = textOr(*tag, "Key");
        if (!seen.insert(key).second) throw invalidParameter("Duplicated keys are not allowed.");
        topic.tags[key] = textOr(*tag, "Value");
    }
    if (topic.tags.size() > 50)
        throw AwsError("TagLimitExceededException", "Could not complete request: tag quota of per resource exceeded");
}

void requireSame(const Topic& existing, const Topic& wanted) {
    for (const auto& [key, value] : wanted.tags) {
        const auto found = existing.tags.find(key);
        if (found == existing.tags.end() || found->second != value)
            throw invalidParameter("Tags Reason: Topic already exists with different tags");
    }
    for (const auto& [name, value] : wanted.attributes) {
        const auto found = existing.attributes.find(name);
        if (found == existing.attributes.end() || found->second != value)
            throw invalidParameter("Attributes Reason: Topic already exists with different attributes");
    }
}

Json defaultStatement(const Topic& topic) {
    return object({{"Sid", "__default_statement_ID"},
                   {"Effect", "Allow"},
                   {"Principal", object({{"AWS", "*"}})},
                   {"Action", list({"SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission",
                                    "SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe",
                                    "SNS:ListSubscriptionsByTopic", "SNS:Publish"})},
                   {"Resource", topic.arn},
                   {"Condition", object({{"StringEquals", object({{"AWS:SourceOwner", topic.account}})}})}});
}

std::string policyText(const Topic& topic) {
    if (const auto policy = topic.attributes.find("Policy"); policy != topic.attributes.end()) return policy->second;
    Json statements = list();
    push(statements, defaultStatement(topic));
    for (const Json& statement : topic.statements.GetArray()) push(statements, copy(statement));
    return writeJson(
        object({{"Version", "2008-10-17"}, {"Id", "__default_policy_ID"}, {"Statement", std::move(statements)}}));
}

std::string effectiveDeliveryPolicy(const Topic& topic) {
    Json effective = defaultDeliveryPolicy();
    const auto own = topic.attributes.find("DeliveryPolicy");
    const auto policy = own == topic.attributes.end() ? std::nullopt : tryParseJson(own->second);
    if (const Json* http = policy ? find(*policy, "http") : nullptr; http && http->IsObject()) {
        for (const auto& member : http->GetObject())
            set(*find(effective, "http"), view(member.name), copy(member.value));
    }
    return writeJson(effective);
}

bool isAction(std::string_view name) {
    static constexpr std::string_view names[] = {"AddPermission",
                                                 "ConfirmSubscription",
                                                 "CreateTopic",
                                                 "DeleteTopic",
                                                 "GetDataProtectionPolicy",
                                                 "GetSubscriptionAttributes",
                                                 "GetTopicAttributes",
                                                 "ListSubscriptions",
                                                 "ListSubscriptionsByTopic",
                                                 "ListTagsForResource",
                                                 "ListTopics",
                                                 "Publish",
                                                 "PutDataProtectionPolicy",
                                                 "Receive",
                                                 "RemovePermission",
                                                 "SetSubscriptionAttributes",
                                                 "SetTopicAttributes",
                                                 "Subscribe",
                                                 "TagResource",
                                                 "Unsubscribe",
                                                 "UntagResource",
                                                 "*"};
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Json oneOrList(const std::vector<std::string>& texts) { return texts.size() == 1 ? str(texts.front()) : array(texts); }

Topic requireResource(Call& call, const Fields& request) {
    auto topic = findTopic(call, request.text("ResourceArn"));
    if (!topic) throw resourceNotFound();
    call.about(topic->name);
    return std::move(*topic);
}

}  // namespace

Json defaultDeliveryPolicy() {
    return object(
        {{"http", object({{"defaultHealthyRetryPolicy", object({{"minDelayTarget", 20},
                                                                {"maxDelayTarget", 20},
                                                                {"numRetries", 3},
                                                                {"numMaxDelayRetries", 0},
                                                                {"numNoDelayRetries", 0},
                                                                {"numMinDelayRetries", 0},
                                                                {"backoffFunction", "linear"}})},
                          {"disableSubscriptionOverrides", false},
                          {"defaultRequestPolicy", object({{"headerContentType", "text/plain; charset=UTF-8"}})}})}});
}

Json createTopic(Sns&, Call& call, const Fields& request) {
    const std::string name = request.text("Name");
    Topic topic{TopicName{call.account, call.region, name}};
    topic.arn = arn("sns", call.region, call.account, name);
    bool fifo = false;
    for (const auto& member : request.child("Attributes").json().GetObject()) {
        const std::string attribute = text(member.name), value = text(member.value);
        if (attribute == "FifoTopic") {
            if (value != "true" && value != "false")
                throw invalidParameter("Attributes Reason: FifoTopic: Invalid value [" + value +
                                       "]. Must be true or false.");
            fifo = value == "true";
            if (fifo) topic.attributes[attribute] = value;
            continue;
        }
        if (!isSettable(attribute)) throw invalidParameter("Attributes Reason: Unknown attribute: " + attribute);
        requireAttribute(attribute, value);
        topic.attributes[attribute] = value;
    }
    if (!goodName(name, fifo)) throw invalidParameter("Topic Name");
    call.about(name);
    if (const auto policy = request.optionalText("DataProtectionPolicy"))
        topic.attributes["DataProtectionPolicy"] = *policy;
    takeTags(topic, request);
    if (const auto existing = findTopic(call, topic.arn))
        requireSame(*existing, topic);
    else
        saveTopic(call, topic);
    return object({{"TopicArn", topic.arn}});
}

Json deleteTopic(Sns&, Call& call, const Fields& request) {
    const std::string arn = request.text("TopicArn");
    requireArn(arn, "TopicArn");
    if (const auto parsed = parseArn(arn); parsed && parsed->region != call.region) throw invalidParameter("TopicArn");
    if (const auto topic = findTopic(call, arn)) eraseTopic(call, *topic);  // deleting twice is fine
    return object();
}

Json listTopics(Sns&, Call& call, const Fields& request) {
    const std::string after = base64Decode(request.valueOr("NextToken", "")).value_or("");
    Json topics = list(), answer = object();
    std::string last;
    scanTopics(call, after, [&](const Topic& topic) {
        if (topics.Size() == kPage) {
            set(answer, "NextToken", base64Encode(last));
            return false;
        }
        push(topics, object({{"TopicArn", topic.arn}}));
        last = topic.name;
        return true;
    });
    set(answer, "Topics", std::move(topics));
    return answer;
}

Json getTopicAttributes(Sns&, Call& call, const Fields& request) {
    const Topic topic = requireTopic(call, request);
    std::uint64_t confirmed = 0, pending = 0;
    scanSubscriptions(call, topic.arn, {}, [&](const Subscription& subscription) {
        ++(subscription.confirmed ? confirmed : pending);
        return true;
    });
    Json attributes = object({{"TopicArn", topic.arn},
                              {"Owner", topic.account},
                              {"Policy", policyText(topic)},
                              {"DisplayName", ""},
                              {"EffectiveDeliveryPolicy", effectiveDeliveryPolicy(topic)},
                              {"SubscriptionsConfirmed", std::to_string(confirmed)},
                              {"SubscriptionsPending", std::to_string(pending)},
                              {"SubscriptionsDeleted", std::to_string(topic.deleted)}});
    if (topic.fifo()) set(attributes, "ContentBasedDeduplication", "false");
    for (const auto& [name, value] : topic.attributes) {
        if (name != "DataProtectionPolicy") set(attributes, name, value);
    }
    return object({{"Attributes", std::move(attributes)}});
}

Json setTopicAttributes(Sns&, Call& call, const Fields& request) {
    Topic topic = requireTopic(call, request);
    const std::string name = request.text("AttributeName"), value = request.valueOr("AttributeValue", "");
    requireAttribute(name, value);
    if (value.empty() && name != "DisplayName")
        topic.attributes.erase(name);
    else
        topic.attributes[name] = value;
    saveTopic(call, topic);
    return object();
}

Json addPermission(Sns&, Call& call, const Fields& request) {
    Topic topic = requireTopic(call, request);
    const std::string label = request.text("Label");
    std::vector<std::string> actions, principals;
    for (const std::string& action : request.texts("ActionName")) {
        if (!isAction(action)) throw invalidParameter("Policy statement action out of service scope!");
        actions.push_back("SNS:" + action);
    }
    for (const Json& statement : topic.statements.GetArray()) {
        if (textOr(statement, "Sid") == label) throw invalidParameter("Statement already exists");
    }
    for (const std::string& account : request.texts("AWSAccountId"))
        principals.push_back("arn:aws:iam::" + account + ":root");
    push(topic.statements, object({{"Sid", label},
                                   {"Effect", "Allow"},
                                   {"Principal", object({{"AWS", oneOrList(principals)}})},
                                   {"Action", oneOrList(actions)},
                                   {"Resource", topic.arn}}));
    saveTopic(call, topic);
    return object();
}

Json removePermission(Sns&, Call& call, const Fields& request) {
    Topic topic = requireTopic(call, request);
    const std::string label = request.text("Label");
    Json kept = list();
    for (const Json& statement : topic.statements.GetArray()) {
        if (textOr(statement, "Sid") != label) push(kept, copy(statement));
    }
    topic.statements = std::move(kept);
    saveTopic(call, topic);
    return object();
}

Json tagResource(Sns&, Call& call, const Fields& request) {
    Topic topic = requireResource(call, request);
    takeTags(topic, request);
    saveTopic(call, topic);
    return object();
}

Json untagResource(Sns&, Call& call, const Fields& request) {
    Topic topic = requireResource(call, request);
    for (const std::string& key : request.texts("TagKeys")) topic.tags.erase(key);
    saveTopic(call, topic);
    return object();
}

Json listTagsForResource(Sns&, Call& call, const Fields& request) {
    const Topic topic = requireResource(call, request);
    return object({{"Tags", array(topic.tags, [](const auto& tag) {
                        return object({{"Key", tag.first}, {"Value", tag.second}});
                    })}});
}

Json getDataProtectionPolicy(Sns&, Call& call, const Fields& request) {
    const Topic topic = requireResource(call, request);
    const auto policy = topic.attributes.find("DataProtectionPolicy");
    return object({{"DataProtectionPolicy", policy == topic.attributes.end() ? std::string() : policy->second}});
}

Json putDataProtectionPolicy(Sns&, Call& call, const Fields& request) {
    Topic topic = requireResource(call, request);
    topic.attributes["DataProtectionPolicy"] = request.text("DataProtectionPolicy");
    saveTopic(call, topic);
    return object();
}

}  // namespace backlot::sns
