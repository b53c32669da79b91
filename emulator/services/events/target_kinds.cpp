#include "emulator/services/events/target_kinds.h"

#include <vector>

#include "emulator/base/base64.h"
#include "emulator/base/http_message.h"
#include "emulator/services/events/input.h"

namespace backlot::events {
namespace {

TargetCall queue(Call&, const Delivery& delivery, const Arn& arn) {
    return {"sqs", "SendMessage",
            object({{"QueueUrl", arn.text()},
                    {"MessageBody", delivery.input},
                    {"MessageGroupId", delivery.target.messageGroup}})};
}

TargetCall topic(Call&, const Delivery& delivery, const Arn& arn) {
    return {"sns", "Publish", object({{"TopicArn", arn.text()}, {"Message", delivery.input}})};
}

TargetCall function(Call&, const Delivery& delivery, const Arn& arn) {
    return {"lambda", "Invoke",
            object({{"FunctionName", arn.text()}, {"InvocationType", "Event"}, {"Payload", delivery.input}})};
}

TargetCall stateMachine(Call& call, const Delivery& delivery, const Arn& arn) {
    return {"states", "StartExecution",
            object({{"stateMachineArn", arn.text()}, {"name", call.uuid("execution")}, {"input", delivery.input}})};
}

TargetCall bus(Call&, const Delivery& delivery, const Arn& arn) {
    return {"events", "RelayEvent", object({{"bus", arn.text()}, {"event", delivery.event}})};
}

TargetCall logGroup(Call& call, const Delivery& delivery, const Arn& arn) {
    std::string name = arn.resource.substr(std::string_view("log-group:").size());
    if (name.ends_with(":*")) name.resize(name.size() - 2);
    return {"logs", "AppendLogs",
            object({{"logGroupName", name},
                    {"logStreamName", call.uuid("log stream")},
                    {"events", list({object({{"timestamp", epochMillis(call.now)}, {"message", delivery.input}})})}})};
}

/// A parameter's value: itself, or what stands at its path in the event.
std::string valueIn(const std::string& parameter, const Json& event) {
    if (!parameter.starts_with("$.")) return parameter;
    const Json* value = atPath(event, parameter);
    if (!value) return {};
    return value->IsString() ? text(*value) : writeJson(*value);
}

/// arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH
TargetCall api(Call&, const Delivery& delivery, const Arn& arn) {
    std::vector<std::string> parts;
    std::string rest = arn.resource;
    for (int i = 0; i < 3; ++i) {
        const std::size_t slash = rest.find('/');
        parts.push_back(rest.substr(0, slash));
        rest = slash == std::string::npos ? std::string() : rest.substr(slash + 1);
    }
    const HttpParameters none;
    const HttpParameters& http = delivery.target.http ? *delivery.target.http : none;
    const Json event = delivery.target.http ? parseJson(delivery.event) : object();
    std::string path = "/", query;
    auto next = http.path.begin();
    for (const char c : rest) {
        if (c == '*' && next != http.path.end())
            path += percentEncode(valueIn(*next++, event));
        else
            path += c;
    }
    for (const auto& [name, value] : http.query)
        query += (query.empty() ? "" : "&") + percentEncode(name) + "=" + percentEncode(valueIn(value, event));
    Json headers = list({list({"Content-Type", "application/json; charset=utf-8"}),
                         list({"User-Agent", "Amazon/EventBridge/CustomEvent"})});
    for (const auto& [name, value] : http.headers) push(headers, list({name, valueIn(value, event)}));
    return {"apigateway", "HandleRequest",
            object({{"method", parts[2]},
                    {"path", path},
                    {"query", query},
                    {"headers", std::move(headers)},
                    {"body", base64Encode(delivery.input)},
                    {"host", parts[0] + ".execute-api." + arn.region + ".amazonaws.com"},
                    {"sourceIp", "127.0.0.1"},
                    {"apiId", parts[0]},
                    {"stage", parts[1]}})};
}

/// A resource that is gone, or a service that refuses for good or cannot do it, is not asked again.
bool serviceRecovers(const AwsError& error) {
    const int status = error.httpStatus();
    return status == 429 || error.code().find("Throttl") != std::string::npos ||
           error.code() == "TooManyRequestsException" || (status >= 500 && status != 501);
}
bool apiRecovers(const AwsError& error) { return error.httpStatus() == 429 || error.httpStatus() >= 500; }

constexpr TargetKind kKinds[] = {
    {"sqs", "", queue, serviceRecovers, true},
    {"sns", "", topic, serviceRecovers},
    {"lambda", "function:", function, serviceRecovers},
    {"states", "stateMachine:", stateMachine, serviceRecovers},
    {"events", "event-bus/", bus, serviceRecovers},
    {"logs", "log-group:", logGroup, serviceRecovers},
    {"execute-api", "", api, apiRecovers},
};

}  // namespace

const TargetKind* kindOf(const Arn& arn) {
    for (const TargetKind& kind : kKinds)
        if (arn.service == kind.service && arn.resource.starts_with(kind.resource)) return &kind;
    return nullptr;
}

}  // namespace backlot::events
