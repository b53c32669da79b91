#include <algorithm>
#include <set>
#include <thread>

#include "emulator/cli/client.h"
#include "emulator/cli/log_lines.h"

namespace backlot::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 250ms;  // between two looks of -f
constexpr std::string_view kLambda = "/aws/lambda/";

struct Line {
    std::string id, group;
    std::int64_t at = 0;  // milliseconds
    Json event;
};

/// Groups that the names mean: a group, or a function's. Without names all there are.
std::vector<std::string> groupsOf(const Client& client, const std::vector<std::string>& names, bool mayBeMissing) {
    std::vector<std::string> all;
    Json request = object();
    for (;;) {
        const Json page = client.call("logs", "DescribeLogGroups", request);
        for (const auto& group : find(page, "logGroups")->GetArray()) all.push_back(textOr(group, "logGroupName"));
        const auto next = optionalText(page, "nextToken");
        if (!next) break;
        set(request, "nextToken", *next);
    }
    if (names.empty()) return all;
    std::vector<std::string> wanted;
    for (const auto& name : names) {
        const std::string ofFunction = std::string(kLambda) + name;
        const auto found = std::find_if(all.begin(), all.end(),
                                        [&](const auto& group) { return group == name || group == ofFunction; });
        if (found != all.end())
            wanted.push_back(*found);
        else if (!mayBeMissing)
            throw CommandError(kFailed, "ResourceNotFoundException",
                               "there is no log group " + name + " or " + ofFunction,
                               "A function's group is made when it first runs.");
    }
    return wanted;
}

/// Everything since `from`, in the order it came.
std::vector<Line> linesOf(const Client& client, const std::vector<std::string>& groups, const std::string& filter,
                          std::int64_t from) {
    std::vector<Line> lines;
    for (const auto& group : groups) {
        Json request = object({{"logGroupName", group}, {"startTime", from}});
        if (!filter.empty()) set(request, "filterPattern", filter);
        for (;;) {
            Json page = client.call("logs", "FilterLogEvents", request);
            for (auto& event : find(page, "events")->GetArray()) {
                Line line{.id = textOr(event, "eventId"),
                          .group = group,
                          .at = intOr(event, "timestamp", 0),
                          .event = std::move(event)};
                set(line.event, "logGroupName", group);
                lines.push_back(std::move(line));
            }
            const auto next = optionalText(page, "nextToken");
            if (!next) break;
            set(request, "nextToken", *next);
        }
    }
    std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
        return a.id < b.id;
    });  // an id begins with the time and goes on with the arrival
    return lines;
}

}  // namespace

std::string logLine(const Style& style, std::string_view group, std::int64_t millis, std::string_view message,
                    bool withGroup) {
    while (message.ends_with('\n') || message.ends_with('\r')) message.remove_suffix(1);
    std::string line = style.dim(iso8601Millis(fromMillis(millis)).substr(11, 12)) + "  ";
    if (withGroup) {
        const auto name = group.starts_with(kLambda) ? group.substr(kLambda.size()) : group;
        static const char* const colours[] = {"36", "35", "34", "32", "33", "96", "95", "94"};
        unsigned sum = 0;
        for (const unsigned char c : name) sum = sum * 31 + c;
        line += padded(style.paint(colours[sum % std::size(colours)], name), 24) + "  ";
    }
    const bool platform = message.starts_with("START RequestId") || message.starts_with("END RequestId") ||
                          message.starts_with("REPORT RequestId") || message.starts_with("INIT_START");
    return line + (platform ? style.dim(message) : std::string(message));
}

int logs(const Common& common, const LogsOptions& options) {
    return report("logs", common, [&](Report& report) {
        const Client client(common);
        std::int64_t from = 0;
        if (!options.since.empty()) {
            const auto ago = parseDuration(options.since);
            const auto now = parseIso8601(client.get("clock").time);
            if (!ago || !now)
                throw CommandError(kUsage, "BadDuration", "--since is a duration such as 5m, not " + options.since);
            from = std::max<std::int64_t>(0, epochMillis(*now - *ago));
        }
        auto groups = groupsOf(client, options.names, options.follow);
        auto lines = linesOf(client, groups, options.filter, from);
        if (options.tail > 0 && lines.size() > static_cast<std::size_t>(options.tail))
            lines.erase(lines.begin(), lines.end() - options.tail);
        const bool several = options.names.size() != 1;
        if (!options.follow) {
            for (const auto& line : lines)
                report.say(logLine(report.style(), line.group, line.at, textOr(line.event, "message"), several));
            if (lines.empty()) report.note("Nothing was logged.");
            report.data = object({{"events", array(lines, [](Line& line) { return std::move(line.event); })}});
            return kOk;
        }
        std::set<std::string> seen;  // of the last millisecond
        for (;;) {
            for (const auto& line : lines) {
                if (line.at < from || !seen.insert(line.id).second) continue;
                if (line.at > from) seen = {line.id};
                from = line.at;
                if (report.json())
                    print(stdout, writeJson(line.event) + "\n");
                else
                    report.say(logLine(report.style(), line.group, line.at, textOr(line.event, "message"), several));
            }
            std::fflush(stdout);
            std::this_thread::sleep_for(kLook);
            groups = groupsOf(client, options.names, true);
            lines = linesOf(client, groups, options.filter, from);
        }
    });
}

}  // namespace backlot::cli
