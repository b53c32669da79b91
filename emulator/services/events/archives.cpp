#include "emulator/services/events/archives.h"

#include <algorithm>

#include "emulator/base/arn.h"
#include "emulator/services/events/errors.h"
#include "emulator/services/events/put_events.h"
#include "emulator/services/events/rules.h"

namespace backlot::events {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kExpiredAtOnce = 4;

/// From when on an archive has its events: until its RetentionDays (0: for ever) are over.
Time keptSince(const Call& call, std::int64_t retentionDays) {
    return retentionDays ? call.now - 24h * retentionDays : Time{};
}

/// Removes events that the archive need not keep any more: a few at once, with each event that comes.
void dropExpired(Call& call, const Key& events, std::int64_t retentionDays) {
    if (!retentionDays) return;
    const std::string kept = Key(events).time(keptSince(call, retentionDays)).bytes();
    std::vector<std::string> expired;
    call.scan(events, [&](std::string_view key, std::string_view) {
        if (key >= kept || expired.size() == kExpiredAtOnce) return false;
        expired.emplace_back(key);
        return true;
    });
    for (const auto& key : expired) call.erase(key);
}

std::string archiveArn(const Call& call, const std::string& name) {
    return arn("events", call.region, call.account, "archive/" + name);
}
std::string replayArn(const Call& call, const std::string& name) {
    return arn("events", call.region, call.account, "replay/" + name);
}

Json requireArchive(Call& call, const std::string& name) {
    auto archive = call.getJson(archiveKey(call, name));
    if (!archive) throw notFound("Archive " + name + " does not exist.");
    call.about(name);
    return std::move(*archive);
}

Json requireReplay(Call& call, const std::string& name) {
    auto replay = call.getJson(replayKey(call, name));
    if (!replay) throw notFound("Replay " + name + " does not exist.");
    call.about(name);
    return std::move(*replay);
}

Json shownArchive(Call& call, const std::string& name, const Json& archive) {
    std::int64_t count = 0, bytes = 0;
    const Key events = archivedKey(call.account, call.region, name);
    call.scan(
        events,
        [&](std::string_view, std::string_view event) {
            ++count;
            bytes += static_cast<std::int64_t>(event.size());
            return true;
        },
        Key(events).time(keptSince(call, intOr(archive, "retentionDays", 0))).bytes());
    return object({{"ArchiveName", name},
                   {"EventSourceArn", textOr(archive, "source")},
                   {"State", "ENABLED"},
                   {"RetentionDays", intOr(archive, "retentionDays", 0)},
                   {"SizeBytes", bytes},
                   {"EventCount", count},
                   {"CreationTime", epochSeconds(fromMillis(intOr(archive, "createdAt", 0)))}});
}

Json shownReplay(const std::string& name, const Json& replay) {
    const auto time = [&](const char* member) { return epochSeconds(fromMillis(intOr(replay, member, 0))); };
    Json shown = object({{"ReplayName", name},
                         {"EventSourceArn", textOr(replay, "archive")},
                         {"State", textOr(replay, "state")},
                         {"EventStartTime", time("from")},
                         {"EventEndTime", time("to")},
                         {"ReplayStartTime", time("started")}});
    if (find(replay, "ended")) set(shown, "ReplayEndTime", time("ended"));
    if (find(replay, "last")) set(shown, "EventLastReplayedTime", time("last"));
    return shown;
}

BusName busOfArchive(Call& call, const std::string& archiveArnText, const std::string& replayBus) {
    const auto parsed = parseArn(archiveArnText);
    if (!parsed || !parsed->resource.starts_with("archive/"))
        throw validation("Parameter EventSourceArn is not valid. Reason: Must contain an archive ARN.");
    const std::string name = parsed->resource.substr(8);
    const auto archive = call.getJson(archiveKey(call, name));
    if (!archive)
        throw validation("Parameter EventSourceArn is not valid. Reason: Archive " + name + " does not exist.");
    if (textOr(*archive, "source") != replayBus)
        throw validation("Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.");
    return busName(call, replayBus);
}

}  // namespace

void archiveEvent(Call& call, const BusName& bus, const ReadyArchive& archive, const std::string& eventText) {
    const Key events = archivedKey(bus.account, bus.region, archive.name);
    dropExpired(call, events, archive.retentionDays);
    call.put(Key(events).time(call.now).number(call.roll("archived")), eventText);
}

Json createArchive(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("ArchiveName"), source = request.text("EventSourceArn");
    call.about(name);
    if (call.has(archiveKey(call, name))) throw alreadyExists("Archive " + name + " already exists.");
    const BusName bus = busName(call, source);
    if (!busExists(call, bus)) throw busNotFound(bus.name);
    const auto pattern = request.optionalText("EventPattern");
    if (pattern) requirePattern(*pattern);
    call.putJson(archiveKey(call, name), object({{"source", bus.arn()},
                                                 {"description", request.optionalText("Description")},
                                                 {"pattern", pattern},
                                                 {"retentionDays", request.valueOr("RetentionDays", 0)},
                                                 {"createdAt", epochMillis(call.now)}}));
    touch(call, bus);
    return object(
        {{"ArchiveArn", archiveArn(call, name)}, {"State", "ENABLED"}, {"CreationTime", epochSeconds(call.now)}});
}

Json updateArchive(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("ArchiveName");
    Json archive = requireArchive(call, name);
    if (const auto pattern = request.optionalText("EventPattern")) {
        requirePattern(*pattern);
        set(archive, "pattern", *pattern);
    }
    if (const auto description = request.optionalText("Description")) set(archive, "description", *description);
    if (const auto days = request.optionalInteger("RetentionDays")) set(archive, "retentionDays", *days);
    call.putJson(archiveKey(call, name), archive);
    touch(call, busName(call, textOr(archive, "source")));
    return object({{"ArchiveArn", archiveArn(call, name)},
                   {"State", "ENABLED"},
                   {"CreationTime", epochSeconds(fromMillis(intOr(archive, "createdAt", 0)))}});
}

Json deleteArchive(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("ArchiveName");
    const Json archive = requireArchive(call, name);
    call.erase(archiveKey(call, name));
    call.erasePrefix(archivedKey(call.account, call.region, name));
    touch(call, busName(call, textOr(archive, "source")));
    return object();
}

Json describeArchive(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("ArchiveName");
    const Json archive = requireArchive(call, name);
    Json answer = shownArchive(call, name, archive);
    set(answer, "ArchiveArn", archiveArn(call, name));
    set(answer, "Description", optionalText(archive, "description"));
    set(answer, "EventPattern", optionalText(archive, "pattern"));
    return answer;
}

Json listArchives(Events&, Call& call, const Fields& request) {
    const auto source = request.optionalText("EventSourceArn"), state = request.optionalText("State");
    const std::string prefix = request.valueOr("NamePrefix", "");
    const Page page = pageOf(request);
    std::vector<std::pair<std::string, Json>> found;
    const Key all = archivesKey(call.account, call.region);
    call.scan(all, [&](std::string_view key, std::string_view row) {
        std::string name = KeyReader(key.substr(all.bytes().size())).text();
        Json archive = parseJson(row);
        if (name > page.after && name.starts_with(prefix) && (!source || textOr(archive, "source") == *source))
            found.emplace_back(std::move(name), std::move(archive));
        return found.size() <= page.limit;
    });
    Json archives = list(), answer = object();
    if (!state || *state == "ENABLED") {
        for (std::size_t i = 0; i < std::min(found.size(), page.limit); ++i)
            push(archives, shownArchive(call, found[i].first, found[i].second));
        if (found.size() > page.limit) set(answer, "NextToken", tokenOf(found[page.limit - 1].first));
    }
    set(answer, "Archives", std::move(archives));
    return answer;
}

Json startReplay(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("ReplayName"), source = request.text("EventSourceArn");
    call.about(name);
    const Fields destination = request.child("Destination");
    const std::string target = destination.text("Arn");
    const auto parsed = parseArn(target);
    if (!parsed || !parsed->resource.starts_with("event-bus/"))
        throw validation("Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.");
    if (!busExists(call, busName(call, target))) throw busNotFound(parsed->resource.substr(10));
    const Time from = fromSeconds(request.value("EventStartTime").GetDouble()),
               to = fromSeconds(request.value("EventEndTime").GetDouble());
    if (call.has(replayKey(call, name))) throw alreadyExists("Replay " + name + " already exists.");
    if (to <= from)
        throw validation("Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.");
    busOfArchive(call, source, target);
    call.putJson(replayKey(call, name), object({{"archive", source},
                                                {"destination", copy(destination.json())},
                                                {"description", request.optionalText("Description")},
                                                {"from", epochMillis(from)},
                                                {"to", epochMillis(to)},
                                                {"started", epochMillis(call.now)},
                                                {"state", "STARTING"}}));
    call.soon(Job{.service = "events",
                  .operation = "RunReplay",
                  .request = object({{"replay", name}}),
                  .label = "replay " + name});
    return object(
        {{"ReplayArn", replayArn(call, name)}, {"State", "STARTING"}, {"ReplayStartTime", epochSeconds(call.now)}});
}

Json runReplay(Events& events, Call& call, const Fields& request) {
    const std::string name = request.text("replay");
    Json replay = requireReplay(call, name);
    if (textOr(replay, "state") != "STARTING") return object();
    const Fields destination = Fields(replay).child("destination");
    const BusName bus = busName(call, destination.text("Arn"));
    const auto onlyRules = destination.texts("FilterArns");
    const std::string archive = parseArn(textOr(replay, "archive"))->resource.substr(8);
    const Time to = fromMillis(intOr(replay, "to", 0));
    const auto stored = call.getJson(archiveKey(call, archive));
    const Time from = std::max(fromMillis(intOr(replay, "from", 0)),
                               keptSince(call, stored ? intOr(*stored, "retentionDays", 0) : 0));
    const Key prefix = archivedKey(call.account, call.region, archive);
    std::vector<std::pair<Time, std::string>> chosen;
    call.scan(
        prefix,
        [&](std::string_view key, std::string_view event) {
            const Time at = KeyReader(key.substr(prefix.bytes().size())).time();
            if (at >= to) return false;
            chosen.emplace_back(at, event);
            return true;
        },
        Key(prefix).time(from).bytes());
    for (const auto& [at, text] : chosen) {
        Json event = parseJson(text);
        set(event, "replay-name", name);
        const std::string eventText =
            text.substr(0, text.size() - 1) + ",\"replay-name\":" + writeJson(str(name)) + "}";
        route(events, call, bus, event, eventText, onlyRules, true);
        set(replay, "last", epochMillis(at));
    }
    set(replay, "state", "COMPLETED");
    set(replay, "ended", epochMillis(call.now));
    call.putJson(replayKey(call, name), replay);
    return object();
}

Json describeReplay(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("ReplayName");
    const Json replay = requireReplay(call, name);
    Json answer = shownReplay(name, replay);
    set(answer, "ReplayArn", replayArn(call, name));
    set(answer, "Description", optionalText(replay, "description"));
    set(answer, "Destination", copy(*find(replay, "destination")));
    return answer;
}

Json listReplays(Events&, Call& call, const Fields& request) {
    const auto source = request.optionalText("EventSourceArn"), state = request.optionalText("State");
    const std::string prefix = request.valueOr("NamePrefix", "");
    const Page page = pageOf(request);
    Json replays = list(), answer = object();
    std::string last;
    const Key all = replaysKey(call);
    call.scan(all, [&](std::string_view key, std::string_view row) {
        const std::string name = KeyReader(key.substr(all.bytes().size())).text();
        const Json replay = parseJson(row);
        if (name <= page.after || !name.starts_with(prefix) || (source && textOr(replay, "archive") != *source) ||
            (state && textOr(replay, "state") != *state))
            return true;
        if (replays.Size() == page.limit) {
            set(answer, "NextToken", tokenOf(last));
            return false;
        }
        push(replays, shownReplay(name, replay));
        last = name;
        return true;
    });
    set(answer, "Replays", std::move(replays));
    return answer;
}

Json cancelReplay(Events&, Call& call, const Fields& request) {
    const std::string name = request.text("ReplayName");
    Json replay = requireReplay(call, name);
    const std::string state = textOr(replay, "state");
    if (state != "STARTING" && state != "RUNNING")
        throw AwsError("IllegalStatusException", "Replay " + name + " is not in a valid state for this operation.");
    set(replay, "state", "CANCELLED");
    set(replay, "ended", epochMillis(call.now));
    call.putJson(replayKey(call, name), replay);
    return object({{"ReplayArn", replayArn(call, name)}, {"State", "CANCELLING"}});
}

}  // namespace backlot::events
