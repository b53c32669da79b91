#pragma once

#include "emulator/services/sqs/service.h"
#include "tests/emulator/bench.h"

namespace backlot::sqs {

using Bodies = std::vector<std::string>;

struct SqsBench : Bench {
    SqsBench() : Bench(services()) {}
    static std::vector<Service> services() {
        std::vector<Service> all;
        all.push_back(sqsService("http://127.0.0.1:4566"));
        all.push_back({.name = "ear", .operations = {{"Listen", listen}, {"Hear", hear}, {"Heard", heard, readOnly}}});
        return all;
    }
    /// A subscriber that counts how often it is called.
    static Reply listen(Call& call, const Fields& request) {
        call.subscribe("sqs:visible:" + request.text("QueueArn"), "ear",
                       Job{.service = "ear", .operation = "Hear", .request = object()});
        return object();
    }
    static Reply hear(Call& call, const Fields&) {
        call.put("heard", std::string(call.get("heard").value_or("")) + "x");
        return object();
    }
    static Reply heard(Call& call, const Fields&) { return object({{"times", call.get("heard").value_or("").size()}}); }
    std::string createQueue(const std::string& name, Json attributes = object()) {
        return textOr(call("sqs", "CreateQueue", object({{"QueueName", name}, {"Attributes", std::move(attributes)}})),
                      "QueueUrl");
    }
    Json sqs(const std::string& operation, const std::string& url, Json request = object()) {
        set(request, "QueueUrl", url);
        return call("sqs", operation, std::move(request));
    }
    Json send(const std::string& url, const std::string& body) {
        return sqs("SendMessage", url, object({{"MessageBody", body}}));
    }
    Json sendTo(const std::string& url, const std::string& group, const std::string& body) {
        return sqs("SendMessage", url,
                   object({{"MessageBody", body}, {"MessageGroupId", group}, {"MessageDeduplicationId", body}}));
    }
    static Bodies bodiesOf(const Json& answer) {
        Bodies bodies;
        if (const Json* messages = find(answer, "Messages"))
            for (const Json& message : messages->GetArray()) bodies.push_back(textOr(message, "Body"));
        return bodies;
    }
    Bodies receive(const std::string& url, int limit = 10) {
        return bodiesOf(sqs("ReceiveMessage", url, object({{"MaxNumberOfMessages", limit}})));
    }
    std::string attribute(const std::string& url, const std::string& name) {
        return textOr(*find(sqs("GetQueueAttributes", url, object({{"AttributeNames", list({name})}})), "Attributes"),
                      name);
    }
};

}  // namespace backlot::sqs
