// idle, clock, reset, status, executions, down.

#include <algorithm>

#include "emulator/cli/client.h"

namespace backlot::cli {
namespace {

/// Timers that somebody waits for, soonest first; house-keeping only with --verbose.
void sayDue(Report& report, const Json& answer, const std::string& now, std::size_t most = 8) {
    const Json* due = find(answer, "nextDue");
    if (!due) return;
    Columns table;
    std::size_t shown = 0, left = 0;
    for (const auto& item : due->GetArray()) {
        if (boolOr(item, "background", false) && !report.verbose()) continue;
        if (shown == most) {
            ++left;
            continue;
        }
        ++shown;
        table.row({"  " + fromNow(textOr(item, "at"), now),
                   textOr(item, "label", textOr(item, "service") + " " + textOr(item, "operation"))});
    }
    if (table.empty()) return;
    report.note(report.style().dim("due next:"));
    for (auto& line : table.lines()) report.note(std::move(line));
    if (left) report.note("  … and " + std::to_string(left) + " more");
}

/// Who holds what, the largest first; all of it with --verbose.
void sayHeld(Report& report, const Json& held) {
    struct Line {
        std::string table, kind;
        std::int64_t rows, bytes;
    };
    std::vector<Line> lines;
    for (const auto& table : find(held, "tables")->GetArray())
        for (const auto& kind : find(table, "kinds")->GetArray())
            lines.push_back(
                {textOr(table, "name"), textOr(kind, "name"), intOr(kind, "rows", 0), intOr(kind, "bytes", 0)});
    std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return a.bytes > b.bytes; });
    const Json& file = *find(held, "file");
    report.note("");
    report.note("data   " + sizeText(intOr(file, "bytes", 0)) + ", of which " + sizeText(intOr(file, "freeBytes", 0)) +
                " are free to be used again");
    constexpr std::size_t kShown = 8;
    Columns table({"", "kind", "rows", "bytes"});
    for (std::size_t i = 0; i < lines.size() && (i < kShown || report.verbose()); ++i)
        table.row({lines[i].table, lines[i].kind, std::to_string(lines[i].rows), sizeText(lines[i].bytes)});
    for (auto& line : table.lines()) report.note(std::move(line));
}

std::string clockLine(const Report& report, const Json& clock) {
    std::string line = report.style().bold(textOr(clock, "now")) + "  " + textOr(clock, "mode");
    const Json* ahead = find(clock, "aheadSeconds");
    if (ahead && std::abs(ahead->GetDouble()) >= 1)
        line += report.style().dim(
            "  " + durationText(Duration(static_cast<std::int64_t>(std::abs(ahead->GetDouble()) * 1e6))) +
            (ahead->GetDouble() > 0 ? " ahead of" : " behind") + " the machine's clock");
    return line;
}

}  // namespace

int idle(const Common& common, const IdleOptions& options) {
    return report("idle", common, [&](Report& report) {
        const auto limit = parseDuration(options.timeout);
        if (!limit)
            throw CommandError(kUsage, "BadDuration",
                               "--timeout is a duration such as 30s or 2m, not " + options.timeout);
        const Client client(common);
        constexpr auto kGrace = std::chrono::seconds(10);
        auto answer = client.post("idle", object({{"timeout", options.timeout}}),
                                  std::chrono::ceil<std::chrono::milliseconds>(*limit) + kGrace, 408);
        const bool idle = boolOr(answer.body, "idle", false);
        if (idle) {
            report.note(report.style().green("idle") + "  " + textOr(answer.body, "virtualTime"));
            sayDue(report, answer.body, answer.time);
        } else {
            report.say(report.style().red("still busy") + " after " + durationText(*limit));
            Columns table;
            for (const auto& item : find(answer.body, "busy")->GetArray())
                table.row({"  " + textOr(item, "kind"), textOr(item, "id"), textOr(item, "why")});
            for (auto& line : table.lines()) report.say(std::move(line));
        }
        report.data = std::move(answer.body);
        return idle ? kOk : kTimedOut;
    });
}

int clock(const Common& common, const std::string& action, const std::string& value) {
    return report("clock", common, [&](Report& report) {
        const Client client(common);
        if (action != "show" && action != "next" && value.empty())
            throw CommandError(kUsage, "MissingOperand", "clock " + action + " needs an operand");
        Client::Answer answer = action == "show" ? client.get("clock")
                                                 : client.post("clock", action == "next" ? object({{"next", true}})
                                                                                         : object({{action, value}}));
        report.note(clockLine(report, answer.body));
        if (const auto fired = intOr(answer.body, "fired", -1); fired >= 0 && action != "mode")
            report.note(std::to_string(fired) + (fired == 1 ? " timer fired" : " timers fired"));
        sayDue(report, answer.body, answer.time);
        report.data = std::move(answer.body);
        return kOk;
    });
}

int reset(const Common& common) {
    return report("reset", common, [&](Report& report) {
        report.data = Client(common).post("reset", object()).body;
        report.note("Everything is gone: the world begins anew.");
        return kOk;
    });
}

int down(const Common& common) {
    return report("down", common, [&](Report& report) {
        const Client client(common);
        report.data = client.post("shutdown", object()).body;
        report.note("Stopping " + client.endpoint());
        return kOk;
    });
}

int executions(const Common& common, const std::string& status) {
    return report("executions", common, [&](Report& report) {
        report.data =
            Client(common).get("executions" + (status.empty() ? "" : "?status=" + percentEncode(status))).body;
        Columns table;
        for (const auto& item : find(report.data, "executions")->GetArray()) {
            const std::string state = textOr(item, "status"), machine = textOr(item, "stateMachineArn");
            table.row({state == "SUCCEEDED" ? report.style().green(state)
                       : state == "RUNNING" ? report.style().cyan(state)
                                            : report.style().red(state),
                       machine.substr(machine.rfind(':') + 1), textOr(item, "name"), textOr(item, "startDate")});
        }
        if (table.empty()) report.note("There are no executions.");
        for (auto& line : table.lines()) report.say(std::move(line));
        return kOk;
    });
}

int status(const Common& common) {
    return report("status", common, [&](Report& report) {
        const Client client(common);
        Json info = client.get("info").body;
        const Json ready = client.get("ready").body;
        const Style& style = report.style();
        set(info, "stage", textOr(ready, "stage"));
        report.say(style.bold("backlot ") + textOr(info, "version") + "  " + client.endpoint() + "  " +
                   (textOr(ready, "stage") == "ready" ? style.green("ready") : style.yellow(textOr(ready, "stage"))));
        report.say("clock  " + textOr(info, "clock") + "  " + textOr(info, "now"));
        report.say("seed   " + std::to_string(find(info, "seed")->GetUint64()));
        report.say("work   " + std::string(boolOr(info, "idle", true) ? "idle" : "busy"));
        const auto apis = client.apis();
        set(info, "apis", array(apis));
        for (const auto& url : apis) report.say("api    " + url);
        if (const Json* urls = find(info, "standIns"))
            for (const auto& member : urls->GetObject())
                report.say("stands " + text(member.value) + " for " + text(member.name));
        std::map<std::string, std::pair<std::int64_t, std::int64_t>> calls;  // service → calls, errors
        for (const auto& member : find(info, "counts")->GetObject()) {
            auto& [count, errors] = calls[text(member.name).substr(0, text(member.name).find(':'))];
            count += intOr(member.value, "calls", 0);
            errors += intOr(member.value, "errors", 0);
        }
        Columns table({"", "calls", "errors"});
        for (const auto& [service, count] : calls)
            table.row(
                {service, std::to_string(count.first), count.second ? style.red(std::to_string(count.second)) : "-"});
        if (!calls.empty()) report.note("");
        if (!calls.empty())
            for (auto& line : table.lines()) report.note(std::move(line));
        Json held = client.get("status").body;
        sayHeld(report, held);
        set(info, "held", std::move(held));
        report.data = std::move(info);
        return kOk;
    });
}

}  // namespace backlot::cli
