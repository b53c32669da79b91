#include "emulator/services/sqs/attributes.h"

#include <algorithm>
#include <charconv>

#include "emulator/base/arn.h"
#include "emulator/base/http_message.h"
#include "emulator/services/sqs/errors.h"

namespace backlot::sqs {
namespace {

struct NumberAttribute {
    std::string_view name;
    std::int64_t low, high;
    const char* otherwise;  // AWS's default; null: not shown
};
constexpr NumberAttribute kNumbers[] = {
    {"DelaySeconds", 0, 900, "0"},
    {"MaximumMessageSize", 1024, 1'048'576, "1048576"},
    {"MessageRetentionPeriod", 60, 1'209'600, "345600"},
    {"ReceiveMessageWaitTimeSeconds", 0, 20, "0"},
    {"VisibilityTimeout", 0, 43'200, "30"},
    {"KmsDataKeyReusePeriodSeconds", 60, 86'400, nullptr},
};

constexpr std::string_view kSettable[] = {
    "Policy",
    "VisibilityTimeout",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "DelaySeconds",
    "ReceiveMessageWaitTimeSeconds",
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
    "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds",
    "SqsManagedSseEnabled",
};

const NumberAttribute* numberAttribute(std::string_view name) {
    const auto found = std::find_if(std::begin(kNumbers), std::end(kNumbers),
                                    [&](const NumberAttribute& number) { return number.name == name; });
    return found == std::end(kNumbers) ? nullptr : found;
}

void requireNumber(const NumberAttribute& attribute, const std::string& value) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number < attribute.low || number > attribute.high)
        throw invalidAttributeValue(attribute.name);
}

void requireBoolean(const std::string& name, const std::string& value) {
    if (value != "true" && value != "false") throw invalidAttributeValue(name);
}

/// What the dead-letter queue's own policy says of those who want to use it.
bool allowsSource(const Queue& deadLetters, std::string_view sourceArn) {
    const auto found = deadLetters.attributes.find("RedriveAllowPolicy");
    if (found == deadLetters.attributes.end()) return true;
    const Json policy = parseJson(found->second);
    const std::string permission = textOr(policy, "redrivePermission");
    if (permission != "byQueue") return permission != "denyAll";
    const auto sources = Fields(policy).texts("sourceQueueArns");
    return std::find(sources.begin(), sources.end(), sourceArn) != sources.end();
}

void requireRedrivePolicy(Call& call, Sqs& sqs, const Queue& queue, const std::string& value) {
    const auto refuse = [&](std::string_view reason) { return invalidParameterValue(value, "RedrivePolicy", reason); };
    const auto policy = tryParseJson(value);
    if (!policy || !policy->IsObject()) throw refuse("Redrive policy is not a valid JSON map.");
    const Json* target = find(*policy, "deadLetterTargetArn");
    const Json* count = find(*policy, "maxReceiveCount");
    if (!target || !target->IsString())
        throw refuse("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
    if (!count) throw refuse("Redrive policy does not contain mandatory attribute: maxReceiveCount.");
    const std::string written = count->IsString() ? text(*count) : writeJson(*count);
    std::int64_t maximum = 0;
    const auto [end, error] = std::from_chars(written.data(), written.data() + written.size(), maximum);
    if (error != std::errc() || end != written.data() + written.size() || maximum < 1 || maximum > 1000) {
        throw refuse("Invalid value for maxReceiveCount: " + written +
                     ", valid values are from 1 to 1000 both inclusive.");
    }
    const QueuePtr deadLetters = findQueueByArn(call, sqs, view(*target));
    if (!deadLetters) throw refuse("Dead letter target does not exist.");
    if (deadLetters->fifo != queue.fifo) throw refuse("Dead-letter queue must be same type of queue as the source.");
    if (!allowsSource(*deadLetters, arn("sqs", queue.region, queue.account, queue.name)))
        throw refuse("The dead-letter queue's RedriveAllowPolicy does not allow this source queue.");
}

void requireRedriveAllowPolicy(const std::string& value) {
    const auto refuse = [&](std::string_view reason) {
        return invalidParameterValue(value, "RedriveAllowPolicy", reason);
    };
    const auto policy = tryParseJson(value);
    if (!policy || !policy->IsObject()) throw refuse("Redrive allow policy is not a valid JSON map.");
    const std::string permission = textOr(*policy, "redrivePermission");
    const Json* sources = find(*policy, "sourceQueueArns");
    if (permission != "allowAll" && permission != "denyAll" && permission != "byQueue") {
        throw refuse("Amazon SQS can't create the redrive allow policy, as it's in an unsupported format.");
    }
    if ((permission == "byQueue") != (sources && sources->IsArray() && !sources->Empty())) {
        throw refuse("Amazon SQS can't create the redrive allow policy, as it's in an unsupported format.");
    }
    if (sources && sources->Size() > 10)
        throw refuse("Amazon SQS can't create the redrive allow policy, as it's in an unsupported format.");
}

bool isOptional(std::string_view name) {
    return name == "Policy" || name == "RedrivePolicy" || name == "RedriveAllowPolicy" || name == "KmsMasterKeyId";
}

void requireFifoAttribute(const Queue& queue, const std::string& name, const std::string& value) {
    if (!queue.fifo) {
        if (name == "ContentBasedDeduplication" || name == "FifoQueue") throw unknownAttribute(name);
        throw invalidAttributeName("You can specify the " + name + " only when FifoQueue is set to true.");
    }
    if (name == "ContentBasedDeduplication") requireBoolean(name, value);
    if (name == "DeduplicationScope" && value != "queue" && value != "messageGroup") throw invalidAttributeValue(name);
    if (name == "FifoThroughputLimit" && value != "perQueue" && value != "perMessageGroupId")
        throw invalidAttributeValue(name);
}

void requireAttribute(Call& call, Sqs& sqs, const Queue& queue, const std::string& name, const std::string& value,
                      bool creating) {
    if (const NumberAttribute* number = numberAttribute(name)) return requireNumber(*number, value);
    if (name == "FifoQueue") {
        if (!queue.fifo) throw unknownAttribute(name);
        requireBoolean(name, value);
        if (value != "true" && !creating) throw invalidAttributeValue(name, "Modifying queue type is not supported.");
        if (value != "true") throw unknownAttribute(name);
        return;
    }
    if (name == "ContentBasedDeduplication" || name == "DeduplicationScope" || name == "FifoThroughputLimit")
        return requireFifoAttribute(queue, name, value);
    if (name == "RedrivePolicy") return requireRedrivePolicy(call, sqs, queue, value);
    if (name == "RedriveAllowPolicy") return requireRedriveAllowPolicy(value);
    if (name == "SqsManagedSseEnabled") return requireBoolean(name, value);
    if (name == "Policy") {
        const auto policy = tryParseJson(value);
        if (!policy || !policy->IsObject()) throw invalidAttributeValue(name);
        return;
    }
    if (name != "KmsMasterKeyId") throw unknownAttribute(name);
}

}  // namespace

std::string canonicalValue(const std::string& name, const std::string& value) {
    if (name != "FifoQueue" && name != "ContentBasedDeduplication" && name != "SqsManagedSseEnabled") return value;
    if (equalIgnoringCase(value, "true")) return "true";
    if (equalIgnoringCase(value, "false")) return "false";
    return value;
}

void takeAttributes(Call& call, Sqs& sqs, Queue& queue, const Fields& attributes, bool creating) {
    for (const auto& member : attributes.json().GetObject()) {
        const std::string name = text(member.name);
        const std::string value = member.value.IsString() ? canonicalValue(name, text(member.value)) : std::string();
        if (value.empty() && isOptional(name)) {
            queue.attributes.erase(name);
            continue;
        }
        requireAttribute(call, sqs, queue, name, value, creating);
        if (name == "DeduplicationScope" && !creating) {
            const std::string before = attributeValue(queue, name).value_or("queue");
            if (before != value) {
                queue.scopeBefore = before;
                queue.scopeChangedAt = call.now;
            }
        }
        if (name == "KmsMasterKeyId") queue.attributes.erase("SqsManagedSseEnabled");
        queue.attributes[name] = value;
    }
    if (attributeValue(queue, "FifoThroughputLimit") == "perMessageGroupId" &&
        attributeValue(queue, "DeduplicationScope") != "messageGroup") {
        throw invalidAttributeValue(
            "FifoThroughputLimit",
            "The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.");
    }
    applyAttributes(queue);
}

std::optional<std::string> attributeValue(const Queue& queue, std::string_view name) {
    const auto found = queue.attributes.find(std::string(name));
    if (name == "KmsDataKeyReusePeriodSeconds") {
        if (!queue.attributes.contains("KmsMasterKeyId")) return std::nullopt;
        return found == queue.attributes.end() ? "300" : found->second;
    }
    if (found != queue.attributes.end()) return found->second;
    if (const NumberAttribute* number = numberAttribute(name)) return number->otherwise;
    if (name == "SqsManagedSseEnabled") return queue.attributes.contains("KmsMasterKeyId") ? "false" : "true";
    if (!queue.fifo) return std::nullopt;
    if (name == "ContentBasedDeduplication") return "false";
    if (name == "DeduplicationScope") return "queue";
    if (name == "FifoThroughputLimit") return "perQueue";
    return std::nullopt;
}

bool isKnownAttribute(std::string_view name) {
    return std::find(std::begin(kSettable), std::end(kSettable), name) != std::end(kSettable);
}

std::vector<std::string> shownAttributes(const Queue& queue) {
    std::vector<std::string> shown;
    for (const auto name : kSettable) {
        if (attributeValue(queue, name)) shown.emplace_back(name);
    }
    return shown;
}

}  // namespace backlot::sqs
