#include "emulator/services/sns/topic.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/base/text_map.h"
#include "emulator/services/sns/errors.h"

namespace backlot::sns {
namespace {

constexpr std::size_t kCachedTopics = 10'000;

std::string topicKey(std::string_view account, std::string_view region, std::string_view name) {
    return Key("topic").text(account).text(region).text(name).bytes();
}

std::string subscriptionKey(const Arn& arn) {
    const std::size_t colon = arn.resource.rfind(':');
    return Key("subscription")
        .text(arn.account)
        .text(arn.region)
        .text(arn.resource.substr(0, colon))
        .text(arn.resource.substr(colon + 1))
        .bytes();
}

Topic topicOf(std::string_view account, std::string_view region, std::string_view name, std::string_view row) {
    const Json json = parseJson(row);
    Topic topic{.account = std::string(account),
                .region = std::string(region),
                .name = std::string(name),
                .arn = arn("sns", region, account, name)};
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
    const auto row = call.get(topicKey(parsed->account, parsed->region, parsed->resource));
    return row ? std::optional(topicOf(parsed->account, parsed->region, parsed->resource, *row)) : std::nullopt;
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
    call.putJson(topicKey(topic.account, topic.region, topic.name), object({{"attributes", textMap(topic.attributes)},
                                                                            {"tags", textMap(topic.tags)},
                                                                            {"statements", copy(topic.statements)},
                                                                            {"deleted", topic.deleted},
                                                                            {"version", topic.version}}));
}

void eraseTopic(Call& call, const Topic& topic) {
    call.erase(topicKey(topic.account, topic.region, topic.name));
    call.erasePrefix(Key("subscription").text(topic.account).text(topic.region).text(topic.name));
    for (const char* kind : {"sequence", "duplicate", "forget"}) call.erasePrefix(Key(kind).text(topic.arn));
}

void scanTopics(Call& call, std::string_view after, const std::function<bool(const Topic&)>& each) {
    call.scan(
        Key("topic").text(call.account).text(call.region),
        [&](std::string_view key, std::string_view row) {
            KeyReader reader(key);
            reader.text();
            const std::string account = reader.text(), region = reader.text(), name = reader.text();
            return name == after || each(topicOf(account, region, name, row));
        },
        after.empty() ? std::string() : topicKey(call.account, call.region, after));
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
    Key prefix = Key("subscription").text(call.account).text(call.region);
    if (const auto topic = parseArn(topicArn))
        prefix = Key("subscription").text(topic->account).text(topic->region).text(topic->resource);
    const auto last = parseArn(after);
    call.scan(
        prefix,
        [&](std::string_view, std::string_view row) {
            const Subscription subscription = subscriptionOf(row);
            return subscription.arn == after || each(subscription);
        },
        last ? subscriptionKey(*last) : std::string());
}

std::shared_ptr<const Published> published(Call& call, Sns& sns, std::string_view topicArn) {
    const auto arn = parseArn(topicArn);
    if (!arn || arn->service != "sns") return nullptr;
    std::string key = topicKey(arn->account, arn->region, arn->resource);
    const auto row = call.get(key);
    if (!row) return nullptr;
    if (const auto cached = sns.topics.find(key); cached != sns.topics.end() && cached->second.row == *row)
        return cached->second.published;
    std::string bytes(*row);
    auto result = std::make_shared<Published>();
    result->topic = topicOf(arn->account, arn->region, arn->resource, bytes);
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
