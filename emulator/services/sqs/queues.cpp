#include "emulator/services/sqs/queues.h"

#include <algorithm>

#include "emulator/base/base64.h"
#include "emulator/services/sqs/attributes.h"
#include "emulator/services/sqs/errors.h"
#include "emulator/services/sqs/message_store.h"
#include "emulator/services/sqs/rows.h"

namespace backlot::sqs {
namespace {

constexpr std::chrono::seconds kPurgeInterval{60};
constexpr std::size_t kDroppedAtOnce = 1000;  // expired messages

void requireName(const std::string& name, bool fifo) {
    const std::string_view base =
        fifo && name.ends_with(".fifo") ? std::string_view(name).substr(0, name.size() - 5) : std::string_view(name);
    const bool good =
        !base.empty() && name.size() <= 80 && (!fifo || name.ends_with(".fifo")) &&
        std::all_of(base.begin(), base.end(), [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
    if (good) return;
    throw invalidParameter(
        fifo ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end "
               "with .fifo suffix and be 1 to 80 in length."
             : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
}

bool asksForFifo(const Fields& attributes) {
    const auto value = attributes.optionalText("FifoQueue");
    return value && canonicalValue("FifoQueue", *value) == "true";
}

/// A queue of that name may be created again where every attribute that is given has the value it has.
void requireSameAttributes(const Queue& existing, const Queue& wanted, const Fields& attributes) {
    for (const auto& member : attributes.json().GetObject()) {
        const std::string name = text(member.name);
        if (attributeValue(existing, name) != attributeValue(wanted, name)) throw queueNameExists(name);
    }
}

void takeTags(Queue& queue, const Fields& tags) {
    for (const auto& member : tags.json().GetObject()) queue.tags[text(member.name)] = text(member.value);
    if (queue.tags.size() > 50) throw invalidParameter("Too many tags added for queue " + queue.name + ".");
}

/// Lists in pages only where MaxResults asks for it; the token is the last name, wrapped.
struct Page {
    std::size_t limit = 1000;
    bool paged = false;
    std::string after;
};

Page pageOf(const Fields& request) {
    Page page;
    if (const auto limit = request.optionalInteger("MaxResults")) {
        if (*limit < 1 || *limit > 1000)
            throw invalidParameterValue(std::to_string(*limit), "MaxResults",
                                        "MaxResults must be an integer between 1 and 1000.");
        page.limit = static_cast<std::size_t>(*limit);
        page.paged = true;
    }
    if (const auto token = request.optionalText("NextToken")) {
        const auto after = base64Decode(*token);
        if (!after) throw invalidParameter("Invalid or expired next token.");
        page.after = *after;
    }
    return page;
}

Json urlPage(Sqs& sqs, Call& call, const Page& page, std::string_view prefix, const char* member,
             const std::function<bool(const Queue&)>& wanted) {
    std::vector<std::string> urls;
    std::string last;
    bool more = false;
    scanQueues(call, prefix, page.after, [&](const Queue& queue) {
        if (!wanted(queue)) return true;
        if (urls.size() == page.limit) {
            more = true;
            return false;
        }
        urls.push_back(urlOf(sqs, queue));
        last = queue.name;
        return true;
    });
    Json answer = object();
    if (!urls.empty()) set(answer, member, array(urls));
    if (more && page.paged) set(answer, "NextToken", base64Encode(last));
    return answer;
}

Json policyOf(const Queue& queue) {
    if (const auto policy = queue.attributes.find("Policy"); policy != queue.attributes.end())
        return parseJson(policy->second);
    return object({{"Version", "2008-10-17"}, {"Id", queue.arn + "/SQSDefaultPolicy"}, {"Statement", list()}});
}

void savePolicy(Call& call, Queue queue, const Json& policy) {
    const Json* statements = find(policy, "Statement");
    if (!statements || statements->Empty())
        queue.attributes.erase("Policy");
    else
        queue.attributes["Policy"] = writeJson(policy);
    queue.modifiedAt = call.now;
    saveQueue(call, queue);
}

/// One text alone, several as a list, as AWS writes policies.
Json oneOrList(const std::vector<std::string>& texts) { return texts.size() == 1 ? str(texts.front()) : array(texts); }

}  // namespace

Json createQueue(Sqs& sqs, Call& call, const Fields& request) {
    const std::string name = request.text("QueueName");
    const Fields attributes = request.child("Attributes");
    const bool fifo = asksForFifo(attributes);
    requireName(name, fifo);
    call.about(name);
    Queue queue{.account = call.account,
                .region = call.region,
                .name = name,
                .createdAt = call.now,
                .modifiedAt = call.now,
                .fifo = fifo};
    takeAttributes(call, sqs, queue, attributes, true);
    takeTags(queue, request.child("tags"));
    if (const QueuePtr existing = findQueue(call, sqs, call.account, call.region, name)) {
        requireSameAttributes(*existing, queue, attributes);
        return object({{"QueueUrl", urlOf(sqs, *existing)}});
    }
    queue.id = queue.messages = call.roll("queue") >> 1;
    saveQueue(call, queue);
    return object({{"QueueUrl", urlOf(sqs, queue)}});
}

Json deleteQueue(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    MessageStore(call, *queue).abandon();
    call.sweep(ofQueueKey(*queue));
    call.erase(queueKey(queue->account, queue->region, queue->name));
    call.signal(queue->topic);  // whoever polls learns that it is gone
    return object();
}

Json getQueueUrl(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = findQueue(call, sqs, request.valueOr("QueueOwnerAWSAccountId", call.account), call.region,
                                     request.text("QueueName"));
    if (!queue) throw queueDoesNotExist();
    call.about(queue->name);
    return object({{"QueueUrl", urlOf(sqs, *queue)}});
}

Json listQueues(Sqs& sqs, Call& call, const Fields& request) {
    return urlPage(sqs, call, pageOf(request), request.valueOr("QueueNamePrefix", ""), "QueueUrls",
                   [](const Queue&) { return true; });
}

Json getQueueAttributes(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    std::vector<std::string> names = request.texts("AttributeNames");
    static const std::vector<std::string> counted = {
        "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"};
    if (std::find(names.begin(), names.end(), "All") != names.end()) {
        names = shownAttributes(*queue);
        names.insert(names.end(), counted.begin(), counted.end());
        names.insert(names.end(), {"QueueArn", "CreatedTimestamp", "LastModifiedTimestamp"});
    }
    MessageStore store(call, *queue);
    std::optional<MessageStore::Counts> counts;
    const auto count = [&]() -> const MessageStore::Counts& {
        if (!counts) {
            store.dropExpired(kDroppedAtOnce);
            counts = store.counts();
        }
        return *counts;
    };
    Json values = object();
    for (const std::string& name : names) {
        if (name == "ApproximateNumberOfMessages")
            set(values, name, std::to_string(count().visible));
        else if (name == "ApproximateNumberOfMessagesNotVisible")
            set(values, name, std::to_string(count().inFlight));
        else if (name == "ApproximateNumberOfMessagesDelayed")
            set(values, name, std::to_string(count().delayed));
        else if (name == "QueueArn")
            set(values, name, queue->arn);
        else if (name == "CreatedTimestamp")
            set(values, name, std::to_string(wholeSeconds(queue->createdAt)));
        else if (name == "LastModifiedTimestamp")
            set(values, name, std::to_string(wholeSeconds(queue->modifiedAt)));
        else if (const auto value = attributeValue(*queue, name))
            set(values, name, *value);
        else if (!isKnownAttribute(name))
            throw unknownAttribute(name);
    }
    Json answer = object();
    if (values.MemberCount() > 0) set(answer, "Attributes", std::move(values));
    return answer;
}

Json setQueueAttributes(Sqs& sqs, Call& call, const Fields& request) {
    Queue queue = *requireQueue(call, sqs, request);
    takeAttributes(call, sqs, queue, request.child("Attributes"), false);
    queue.modifiedAt = call.now;
    saveQueue(call, queue);
    return object();
}

Json purgeQueue(Sqs& sqs, Call& call, const Fields& request) {
    Queue queue = *requireQueue(call, sqs, request);
    if (queue.purgedAt && call.now < *queue.purgedAt + kPurgeInterval) throw purgeQueueInProgress(queue.name);
    MessageStore(call, queue).abandon();
    queue.messages = call.roll("messages") >> 1;
    queue.purgedAt = call.now;
    saveQueue(call, queue);
    return object();
}

Json listDeadLetterSourceQueues(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    Json answer = urlPage(sqs, call, pageOf(request), {}, "queueUrls", [&](const Queue& source) {
        return source.redrivePolicy && source.redrivePolicy->deadLetterTargetArn == queue->arn;
    });
    if (!find(answer, "queueUrls")) set(answer, "queueUrls", list());
    return answer;
}

Json tagQueue(Sqs& sqs, Call& call, const Fields& request) {
    Queue queue = *requireQueue(call, sqs, request);
    takeTags(queue, request.child("Tags"));
    saveQueue(call, queue);
    return object();
}

Json untagQueue(Sqs& sqs, Call& call, const Fields& request) {
    Queue queue = *requireQueue(call, sqs, request);
    for (const std::string& key : request.texts("TagKeys")) queue.tags.erase(key);
    saveQueue(call, queue);
    return object();
}

Json listQueueTags(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    if (queue->tags.empty()) return object();
    Json tags = object();
    for (const auto& [key, value] : queue->tags) set(tags, key, value);
    return object({{"Tags", std::move(tags)}});
}

Json addPermission(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    const std::string label = request.text("Label");
    Json policy = policyOf(*queue);
    Json& statements = *find(policy, "Statement");
    for (const Json& statement : statements.GetArray()) {
        if (textOr(statement, "Sid") == label) throw invalidParameterValue(label, "Label", "Already exists.");
    }
    std::vector<std::string> principals, actions;
    for (const std::string& account : request.texts("AWSAccountIds"))
        principals.push_back("arn:aws:iam::" + account + ":root");
    for (const std::string& action : request.texts("Actions")) actions.push_back("SQS:" + action);
    push(statements, object({{"Sid", label},
                             {"Effect", "Allow"},
                             {"Principal", object({{"AWS", oneOrList(principals)}})},
                             {"Action", oneOrList(actions)},
                             {"Resource", queue->arn}}));
    savePolicy(call, *queue, policy);
    return object();
}

Json removePermission(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = requireQueue(call, sqs, request);
    const std::string label = request.text("Label");
    Json policy = policyOf(*queue);
    Json kept = list();
    bool found = false;
    for (const Json& statement : find(policy, "Statement")->GetArray()) {
        if (textOr(statement, "Sid") == label)
            found = true;
        else
            push(kept, copy(statement));
    }
    if (!found) throw invalidParameterValue(label, "Label", "can't find label.");
    set(policy, "Statement", std::move(kept));
    savePolicy(call, *queue, policy);
    return object();
}

}  // namespace backlot::sqs
