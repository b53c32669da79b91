#pragma once
// Every kind of row that the service keeps. What belongs to a topic or a platform application lies below its owner's
// key: one range, which goes with the owner.
//
//   topic           / account / region / name                               → a Topic
//   of topic        / account / region / name / subscription / id           → a Subscription
//   of topic        / account / region / name / sequence                    → the number of a FIFO topic's last message
//   of topic        / account / region / name / duplicate / id (/ group)    → {"until", "id", "sequenceNumber"}
//   of topic        / account / region / name / forget / time / key         → "1"; the key is that of a duplicate's row
//   application     / account / region / platform/name                      → a platform application's attributes
//   of application  / account / region / platform/name / id                 → attributes of an endpoint of it
//   sms             / account / region                                      → the attributes of SetSMSAttributes
//   opted out       / account / region / phone number                       → empty

#include <map>
#include <string>
#include <string_view>

#include "emulator/world/call.h"

namespace backlot::sns {

inline const std::map<std::string, std::string> kRowKinds = {{"topic", "topics"},
                                                             {"of topic", "subscriptions and deduplication of topics"},
                                                             {"application", "platform applications"},
                                                             {"of application", "platform endpoints"},
                                                             {"sms", "settings of SMS"},
                                                             {"opted out", "phone numbers that opted out"}};

/// Which topic, whether it is there or not.
struct TopicName {
    std::string account, region, name;
};

inline Key topicsKey(const Call& call) { return Key("topic").text(call.account).text(call.region); }
inline Key topicKey(const TopicName& topic) {
    return Key("topic").text(topic.account).text(topic.region).text(topic.name);
}
/// What belongs to a topic.
inline Key ofTopicKey(const TopicName& topic) {
    return Key("of topic").text(topic.account).text(topic.region).text(topic.name);
}
inline Key subscriptionsKey(const TopicName& topic) { return ofTopicKey(topic).text("subscription"); }
inline Key sequenceKey(const TopicName& topic) { return ofTopicKey(topic).text("sequence"); }
inline Key duplicateKey(const TopicName& topic, std::string_view deduplicationId) {
    return ofTopicKey(topic).text("duplicate").text(deduplicationId);
}
inline Key forgetKey(const TopicName& topic) { return ofTopicKey(topic).text("forget"); }

inline Key applicationsKey(const Call& call) { return Key("application").text(call.account).text(call.region); }

inline Key smsKey(const Call& call) { return Key("sms").text(call.account).text(call.region); }
inline Key optedOutKey(const Call& call) { return Key("opted out").text(call.account).text(call.region); }
inline Key optedOutKey(const Call& call, std::string_view phoneNumber) { return optedOutKey(call).text(phoneNumber); }

}  // namespace backlot::sns
