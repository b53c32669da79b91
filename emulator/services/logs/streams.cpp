#include "emulator/services/logs/streams.h"

#include <algorithm>

#include "emulator/services/logs/errors.h"
#include "emulator/services/logs/groups.h"
#include "emulator/services/logs/rows.h"

namespace backlot::logs {
namespace {

Json describe(const Call& call, std::string_view group, std::string_view name, const Json& stream) {
    Json result = object({{"logStreamName", name}, {"creationTime", copy(*find(stream, "creationTime"))}});
    for (const char* member : {"firstEventTimestamp", "lastEventTimestamp", "lastIngestionTime"})
        if (const Json* value = find(stream, member)) set(result, member, copy(*value));
    if (const auto next = intOr(stream, "next", 0)) set(result, "uploadSequenceToken", sequenceToken(next));
    set(result, "arn", groupArn(call, group) + ":log-stream:" + std::string(name));
    set(result, "storedBytes", 0);  // AWS answers 0 for every stream since 2019
    return result;
}

struct Found {
    std::string name;
    Json stream;
};

}  // namespace

std::optional<Json> findStream(const Call& call, std::string_view group, std::string_view stream) {
    return call.getJson(streamKey(call, group, stream));
}

Json requireStream(const Call& call, std::string_view group, std::string_view stream) {
    auto found = findStream(call, group, stream);
    if (found) return std::move(*found);
    requireGroup(call, group);
    throw streamNotFound();
}

Json makeStream(Call& call, std::string_view groupName, const Json& group, std::string_view stream) {
    Json row = object({{"creationTime", epochMillis(call.now)},
                       {"group", intOr(group, "id", 0)},
                       {"id", call.roll("stream") >> 1},
                       {"next", 0}});
    call.putJson(streamKey(call, groupName, stream), row);
    return row;
}

std::string sequenceToken(std::int64_t next) {
    const std::string digits = std::to_string(next);
    return "49" + std::string(54 - digits.size(), '0') + digits;
}

Json createLogStream(Call& call, const Fields& request) {
    const auto group = request.text("logGroupName"), name = request.text("logStreamName");
    call.about(group);
    const Json stored = requireGroup(call, group);
    if (findStream(call, group, name)) throw streamExists();
    makeStream(call, group, stored, name);
    return object();
}

Json deleteLogStream(Call& call, const Fields& request) {
    const auto group = request.text("logGroupName"), name = request.text("logStreamName");
    call.about(group);
    const Json stream = requireStream(call, group, name);
    call.erase(streamKey(call, group, name));
    call.sweep(eventsKey(idOf(stream)));
    return object();
}

Json describeLogStreams(Call& call, const Fields& request) {
    const std::string group = namedGroup(request);
    requireGroup(call, group);
    const auto prefix = request.optionalText("logStreamNamePrefix");
    const bool byTime = request.valueOr("orderBy", "LogStreamName") == "LastEventTime";
    const bool descending = request.valueOr("descending", false);
    if (byTime && prefix) throw invalidParameter("Cannot order by LastEventTime with a logStreamNamePrefix.");

    std::vector<Found> found;
    const Key all = streamKey(call, group);
    call.scan(all, [&](std::string_view key, std::string_view value) {
        const std::string name = lastPart(key, all);
        if (!prefix || name.starts_with(*prefix)) found.push_back({name, parseJson(value)});
        return true;
    });
    if (byTime)
        std::stable_sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
            return intOr(a.stream, "lastEventTimestamp", 0) < intOr(b.stream, "lastEventTimestamp", 0);
        });
    if (descending) std::reverse(found.begin(), found.end());

    const auto limit = static_cast<std::size_t>(request.valueOr("limit", 50));
    std::size_t first = 0;
    if (const auto token = request.optionalText("nextToken")) {
        const auto place =
            std::find_if(found.begin(), found.end(), [&](const Found& entry) { return entry.name == *token; });
        if (place == found.end()) throw invalidParameter("The specified nextToken is invalid.");
        first = static_cast<std::size_t>(place - found.begin());
    }
    Json streams(rapidjson::kArrayType);
    for (std::size_t i = first; i < found.size() && streams.Size() < limit; ++i)
        push(streams, describe(call, group, found[i].name, found[i].stream));
    std::optional<std::string> next;
    if (first + limit < found.size()) next = found[first + limit].name;
    return object({{"logStreams", std::move(streams)}, {"nextToken", next}});
}

}  // namespace backlot::logs
