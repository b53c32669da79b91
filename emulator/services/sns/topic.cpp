#include "emulator/services/sns/topic.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/text_map.h"
#include "emulator/services/sns/errors.h"

namespace backlot::sns {
namespace {

constexpr std::size_t kCachedTopics = 10'000;

TopicName nameOf(const Arn& arn) { return {arn.account, arn.region, arn.resource}; }

/// Of an ARN that ends with ":ID".
Key subscriptionKey(const Arn& arn) {
    const std::size_t colon = arn.resource.rfind(':');
    return subscriptionsKey({arn.account, arn.region, arn.resource.substr(0, colon)})
        .text(arn.resource.substr(colon + 1));
}

Topic topicOf(const TopicName& name, std::string_view row) {
    const Json json = parseJson(row);
    Topic topic{name};
    topic.arn = arn("sns", name.region, name.account, name.name);
    topic.attributes = mapOf(find(json, "attributes"));
    topic.tags = mapOf(find(json, "tags"));
    if (const Json* statements = find(json, "statements")) topic.statements = copy(*statements);
    topic.deleted = static_cast<std::uint64_t>(intOr(json, "deleted", 0));
    if (const Json* version = find(json, "version")) topic.version = version->GetUint64();
    return topic;
}

Subscription subscriptionOf(std::string_view row) {
    const Json json = parseJson(row);
    return {.arn = textOr(json, "arn"),
            .topicArn = textOr(json, "topicArn"),
            .protocol = textOr(json, "protocol"),
            .endpoint = textOr(json, "endpoint"),
            .owner = textOr(json, "owner"),
            .confirmed = boolOr(json, "confirmed", true),
            .token = textOr(json, "token"),
            .attributes = mapOf(find(json, "attributes"))};
}

bool isTrue(const std::map<std::string, std::string>& attributes, const char* name) {
    const auto found = attributes.find(name);
    return found != attributes.end() && found->second == "true";
}

}  // namespace

bool Topic::contentBasedDeduplication() const { return isTrue(attributes, "ContentBasedDeduplication"); }
bool Subscription::raw() const { return isTrue(attributes, "RawMessageDelivery"); }
bool Subscription::filtersBody() const {
    const auto scope = attributes.find("FilterPolicyScope");
    return scope != attributes.end() && scope->second == "MessageBody";
}

void requireArn(std::string_view arn, std::string_view parameter) {
    const auto parts = static_cast<std::size_t>(std::count(arn.begin(), arn.end(), ':')) + 1;
    if (parts >= 6) return;
    throw invalidParameter(std::string(parameter) + " Reason: An ARN must have at least 6 elements, not " +
                           std::to_string(parts));
}

std::optional<Topic> findTopic(Call& call, std::string_view arn) {
    const auto parsed = parseArn(arn);
    if (!parsed || parsed->service != "sns") return std::nullopt;
    const TopicName name = nameOf(*parsed);
    const auto row = call.get(topicKey(name));
    return row ? std::optional(topicOf(name, *row)) : std::nullopt;
}

Topic requireTopic(Call& call, const Fields& request, std::string_view parameter) {
    const std::string arn = request.text(parameter);
    requireArn(arn, parameter);
    if (const auto parsed = parseArn(arn); parsed && parsed->region != call.region)
        throw invalidParameter(std::string(parameter));
    auto topic = findTopic(call, arn);
    if (!topic) throw notFound("Topic");
    call.about(topic->name);
    return std::move(*topic);
}

void saveTopic(Call& call, Topic& topic) {
    topic.version = call.roll("topic version");
    call.putJson(topicKey(topic), object({{"attributes", textMap(topic.attributes)},
                                          {"tags", textMap(topic.tags)},
                                          {"statements", copy(topic.statements)},
                                          {"deleted", topic.deleted},
                                          {"version", topic.version}}));
}

void eraseTopic(Call& call, const Topic& topic) {
    call.erase(topicKey(topic));
    call.erasePrefix(ofTopicKey(topic));
}

void scanTopics(Call& call, std::string_view after, const std::function<bool(const Topic&)>& each) {
    const Key all = topicsKey(call);
    call.scan(
        all,
        [&](std::string_view key, std::string_view row) {
            const std::string name = KeyReader(key.substr(all.bytes().size())).text();
            return name == after || each(topicOf({call.account, call.region, name}, row));
        },
        after.empty() ? std::string() : Key(all).text(after).bytes());
}

std::optional<Subscription> findSubscription(Call& call, std::string_view arn) {
    const auto parsed = parseArn(arn);
    if (!parsed || parsed->resource.find(':') == std::string::npos) return std::nullopt;
    const auto row = call.get(subscriptionKey(*parsed));
    return row ? std::optional(subscriptionOf(*row)) : std::nullopt;
}

void saveSubscription(Call& call, const Subscription& subscription) {
    call.putJson(subscriptionKey(*parseArn(subscription.arn)),
                 object({{"arn", subscription.arn},
                         {"topicArn", subscription.topicArn},
                         {"protocol", subscription.protocol},
                         {"endpoint", subscription.endpoint},
                         {"owner", subscription.owner},
                         {"confirmed", subscription.confirmed},
                         {"token", subscription.token},
                         {"attributes", textMap(subscription.attributes)}}));
    if (auto topic = findTopic(call, subscription.topicArn)) saveTopic(call, *topic);
}

void eraseSubscription(Call& call, const Subscription& subscription) {
    call.erase(subscriptionKey(*parseArn(subscription.arn)));
    if (auto topic = findTopic(call, subscription.topicArn)) {
        ++topic->deleted;
        saveTopic(call, *topic);
    }
}

void scanSubscriptions(Call& call, std::string_view topicArn, std::string_view after,
                       const std::function<bool(const Subscription&)>& each) {
    const auto last = parseArn(after);
    bool more = true;
    const auto scanTopic = [&](const TopicName& topic) {
        const Key all = subscriptionsKey(topic);
        const std::string from = last ? subscriptionKey(*last).bytes() : std::string();
        call.scan(
            all,
            [&](std::string_view, std::string_view row) {
                const Subscription subscription = subscriptionOf(row);
                return more = subscription.arn == after || each(subscription);
            },
            from.starts_with(all.bytes()) ? from : std::string());
    };
    if (const auto topic = parseArn(topicArn)) return scanTopic(nameOf(*topic));
    std::vector<TopicName> topics;
    const std::string first = last ? last->resource.substr(0, last->resource.rfind(':')) : std::string();
    scanTopics(call, {}, [&](const Topic& topic) {
        if (topic.name >= first) topics.push_back(topic);
        return true;
    });
    for (std::size_t i = 0; more && i < topics.size(); ++i) scanTopic(topics[i]);
}

std::shared_ptr<const Published> published(Call& call, Sns& sns, std::string_view topicArn) {
    const auto arn = parseArn(topicArn);
    if (!arn || arn->service != "sns") return nullptr;
    const TopicName name = nameOf(*arn);
    std::string key = topicKey(name).bytes();
    const auto row = call.get(key);
    if (!row) return nullptr;
    if (const auto cached = sns.topics.find(key); cached != sns.topics.end() && cached->second.row == *row)
        return cached->second.published;
    std::string bytes(*row);
    auto result = std::make_shared<Published>();
    result->topic = topicOf(name, bytes);
    scanSubscriptions(call, topicArn, {}, [&](const Subscription& subscription) {
        Subscriber subscriber{.subscription = subscription};
        if (const auto policy = subscription.attributes.find("FilterPolicy"); policy != subscription.attributes.end()) {
            subscriber.filter = EventPattern::compile(policy->second);  // was checked when it was set
        }
        result->subscribers.push_back(std::move(subscriber));
        return true;
    });
    if (sns.topics.size() > kCachedTopics) sns.topics.clear();
    sns.topics[std::move(key)] = {std::move(bytes), result};
    return result;
}

}  // namespace backlot::sns
