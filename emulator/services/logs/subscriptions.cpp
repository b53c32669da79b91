#include "emulator/services/logs/subscriptions.h"

#include "emulator/base/arn.h"
#include "emulator/base/base64.h"
#include "emulator/base/gzip.h"
#include "emulator/services/logs/errors.h"
#include "emulator/services/logs/filter_pattern.h"
#include "emulator/services/logs/groups.h"
#include "emulator/services/logs/rows.h"

namespace backlot::logs {
namespace {

constexpr std::size_t kFiltersPerGroup = 2;

Json describe(std::string_view group, std::string_view name, const Json& filter) {
    Json result = object({{"filterName", name}, {"logGroupName", group}});
    for (const auto& member : filter.GetObject()) set(result, view(member.name), copy(member.value));
    return result;
}

void requireDestination(Call& call, const std::string& destination) {
    const auto arn = parseArn(destination);
    if (!arn) throw invalidParameter("destinationArn is not a valid ARN.");
    if (arn->service != "lambda")
        throw invalidParameter("Backlot delivers subscriptions to Lambda functions only; destinations of " +
                               arn->service + " are not supported.");
    try {
        call.invokeAs(arn->account, arn->region, "lambda", "GetFunctionConfiguration",
                      object({{"FunctionName", destination}}));
    } catch (const AwsError&) {
        throw invalidParameter(
            "Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute "
            "your function.");
    }
}

}  // namespace

bool hasSubscriptions(const Call& call, std::string_view group) {
    bool found = false;
    call.scan(subscriptionKey(call, group), [&](std::string_view, std::string_view) { return !(found = true); });
    return found;
}

void deliver(Call& call, const std::string& group, const std::string& stream, const std::vector<LogLine>& lines) {
    const Key all = subscriptionKey(call, group);
    std::vector<std::pair<std::string, Json>> filters;
    call.scan(all, [&](std::string_view key, std::string_view value) {
        filters.emplace_back(lastPart(key, all), parseJson(value));
        return true;
    });
    for (const auto& [name, filter] : filters) {
        const FilterPattern pattern(textOr(filter, "filterPattern"));
        Json events(rapidjson::kArrayType);
        for (const auto& line : lines)
            if (pattern.matches(line.message))
                push(events, object({{"id", line.id}, {"timestamp", line.timestamp}, {"message", line.message}}));
        if (events.Empty()) continue;
        const Json data = object({{"messageType", "DATA_MESSAGE"},
                                  {"owner", call.account},
                                  {"logGroup", group},
                                  {"logStream", stream},
                                  {"subscriptionFilters", list({name})},
                                  {"logEvents", std::move(events)}});
        const Json event = object({{"awslogs", object({{"data", base64Encode(gzip(writeJson(data)))}})}});
        const auto arn = parseArn(textOr(filter, "destinationArn"));
        call.soon(Job{.service = "lambda",
                      .operation = "Invoke",
                      .request = object({{"FunctionName", textOr(filter, "destinationArn")},
                                         {"InvocationType", "Event"},
                                         {"Payload", writeJson(event)}}),
                      .account = arn->account,
                      .region = arn->region,
                      .label = "subscription " + name + " of " + group});
    }
}

Json putSubscriptionFilter(Call& call, const Fields& request) {
    const auto group = request.text("logGroupName"), name = request.text("filterName"),
               destination = request.text("destinationArn");
    const auto pattern = request.text("filterPattern");
    call.about(group);
    requireGroup(call, group);
    FilterPattern{pattern};  // throws where it is none
    const Key all = subscriptionKey(call, group), key = Key(all).text(name);
    std::size_t count = 0;
    call.scan(all, [&](std::string_view, std::string_view) { return ++count > 0; });
    const auto existing = call.getJson(key);
    if (!existing && count >= kFiltersPerGroup) throw limitExceeded();
    requireDestination(call, destination);
    Json filter = object({{"filterPattern", pattern},
                          {"destinationArn", destination},
                          {"roleArn", request.optionalText("roleArn")},
                          {"distribution", request.valueOr("distribution", "ByLogStream")},
                          {"applyOnTransformedLogs", request.valueOr("applyOnTransformedLogs", false)},
                          {"fieldSelectionCriteria", request.optionalText("fieldSelectionCriteria")},
                          {"creationTime", existing ? intOr(*existing, "creationTime", 0) : epochMillis(call.now)}});
    if (const Json* fields = request.find("emitSystemFields")) set(filter, "emitSystemFields", copy(*fields));
    call.putJson(key, filter);
    return object();
}

Json describeSubscriptionFilters(Call& call, const Fields& request) {
    const auto group = request.text("logGroupName");
    requireGroup(call, group);
    const auto prefix = request.valueOr("filterNamePrefix", "");
    const auto limit = static_cast<std::size_t>(request.valueOr("limit", 50));
    Json filters(rapidjson::kArrayType);
    std::optional<std::string> next;
    const Key all = subscriptionKey(call, group);
    call.scan(
        all,
        [&](std::string_view key, std::string_view value) {
            const std::string name = lastPart(key, all);
            if (!name.starts_with(prefix)) return true;
            if (filters.Size() == limit) {
                next = name;
                return false;
            }
            push(filters, describe(group, name, parseJson(value)));
            return true;
        },
        pageStart(request, all));
    return object({{"subscriptionFilters", std::move(filters)}, {"nextToken", next}});
}

Json deleteSubscriptionFilter(Call& call, const Fields& request) {
    const auto group = request.text("logGroupName");
    requireGroup(call, group);
    if (!call.erase(subscriptionKey(call, group).text(request.text("filterName"))))
        throw filterNotFound("subscription");
    return object();
}

}  // namespace backlot::logs
