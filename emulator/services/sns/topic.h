#pragma once
// Topics and their subscriptions as they lie in the store, and as Publish uses them.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/base/event_pattern.h"
#include "emulator/base/json.h"
#include "emulator/base/time.h"
#include "emulator/services/sns/rows.h"
#include "emulator/services/sns/service.h"
#include "emulator/world/call.h"

namespace backlot::sns {

struct Topic : TopicName {
    std::string arn;
    std::map<std::string, std::string> attributes;  // those that were set
    std::map<std::string, std::string> tags;
    Json statements = list();   // added by AddPermission
    std::uint64_t deleted = 0;  // subscriptions ended so far
    std::uint64_t version = 0;  // another one with every change of the topic or a subscription
    bool fifo() const { return name.ends_with(".fifo"); }
    bool contentBasedDeduplication() const;
};

struct Subscription {
    std::string arn, topicArn, protocol, endpoint, owner;
    bool confirmed = true;
    std::string token;  // what confirms it
    std::map<std::string, std::string>
        attributes;  // FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy, DeliveryPolicy

    bool raw() const;
    bool filtersBody() const;
    std::string id() const { return arn.substr(arn.rfind(':') + 1); }
};

/// A subscription ready for deliveries: its filter is compiled.
struct Subscriber {
    Subscription subscription;
    std::optional<EventPattern> filter;
};

struct Published {
    Topic topic;
    std::vector<Subscriber> subscribers;
};

/// What the service keeps beside its rows. A cached topic is used only while its row still has the very same bytes;
/// every change of a subscription writes the topic anew with another version.
struct Sns {
    Options options;
    Outside& outside;
    struct Cached {
        std::string row;
        std::shared_ptr<const Published> published;
    };
    std::unordered_map<std::string, Cached> topics;
    std::unordered_map<std::string, Json> httpAnswers;  // delivery → what came back, until the waiting job takes it
};

/// Throws InvalidParameterException where `arn` has fewer than six parts ("… An ARN must have at least 6 elements, not
/// 1").
void requireArn(std::string_view arn, std::string_view parameter);

std::optional<Topic> findTopic(Call& call, std::string_view arn);
/// The topic that the request names, of the caller's region. Throws InvalidParameterException, NotFoundException.
Topic requireTopic(Call& call, const Fields& request, std::string_view parameter = "TopicArn");
/// Writes the row with a new version.
void saveTopic(Call& call, Topic& topic);
/// With all that belongs to it.
void eraseTopic(Call& call, const Topic& topic);
void scanTopics(Call& call, std::string_view after, const std::function<bool(const Topic&)>& each);

/// Nothing where there is no such subscription.
std::optional<Subscription> findSubscription(Call& call, std::string_view arn);
void saveSubscription(Call& call, const Subscription& subscription);
void eraseSubscription(Call& call, const Subscription& subscription);
/// Subscriptions of a topic, or with an empty `topicArn` of all topics of the caller's account and region.
void scanSubscriptions(Call& call, std::string_view topicArn, std::string_view after,
                       const std::function<bool(const Subscription&)>& each);

/// Topic and subscribers, read once and then kept. Null where there is no such topic.
std::shared_ptr<const Published> published(Call& call, Sns& sns, std::string_view topicArn);

}  // namespace backlot::sns
