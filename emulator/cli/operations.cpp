#include <algorithm>
#include <map>
#include <tuple>

#include "emulator/cli/report.h"
#include "emulator/world/world.h"

namespace backlot::cli {
namespace {

/// Nothing is outside: the services are only asked what they can do.
class NoOutside : public Outside {
public:
    Listening listen(std::uint16_t, RequestHandler) override { throw std::runtime_error("nothing listens here"); }
    void fetch(const std::string&, Request, std::chrono::milliseconds,
               std::function<void(std::optional<Response>)> done) override {
        done(std::nullopt);
    }
    std::unique_ptr<Process> spawn(ProcessSpec) override { throw std::system_error(ENOSYS, std::generic_category()); }
    Held after(std::chrono::milliseconds, std::function<void()>) override { return nullptr; }
    void offload(std::function<void()>, std::function<void()>) override {}
};

/// A member that an operation passes over, and why (Operation::ignores).
struct Passed {
    std::string service, operation, member, reason;
};

struct Supported {
    std::map<std::string, std::vector<std::string>> services;  // name → operations, sorted
    std::vector<Passed> passed;                                // sorted
};

Supported supported(const World& world, const std::string& only) {
    Supported result;
    for (const auto& [name, service] : world.services()) {
        if (!only.empty() && name != only) continue;
        std::vector<std::string> names;
        for (const auto& operation : service.operations) {
            if (operation.flags & (internal | refuses)) continue;
            names.emplace_back(operation.name);
            for (const auto& ignored : operation.ignores)
                result.passed.push_back({name, names.back(), std::string(ignored.member), std::string(ignored.reason)});
        }
        std::sort(names.begin(), names.end());
        if (!names.empty()) result.services.emplace(name, std::move(names));
    }
    std::sort(result.passed.begin(), result.passed.end(), [](const Passed& a, const Passed& b) {
        return std::tie(a.service, a.operation, a.member) < std::tie(b.service, b.operation, b.member);
    });
    return result;
}

std::string joined(const std::vector<std::string>& names, std::string_view between) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "" : std::string(between)) + name;
    return text;
}

/// Words in lines of at most `width` columns.
std::vector<std::string> wrapped(const std::vector<std::string>& words, std::size_t width) {
    std::vector<std::string> lines(1);
    for (const auto& word : words) {
        if (!lines.back().empty() && lines.back().size() + word.size() + 1 > width) lines.emplace_back();
        lines.back() += (lines.back().empty() ? "" : " ") + word;
    }
    return lines;
}

void sayMarkdown(Report& report, const Supported& supported) {
    report.say("| Service | | Operations |");
    report.say("|---|---:|---|");
    for (const auto& [name, names] : supported.services)
        report.say("| " + name + " | " + std::to_string(names.size()) + " | " + joined(names, ", ") + " |");
    if (supported.passed.empty()) return;
    report.say("");
    report.say("Members of requests that are passed over:");
    report.say("");
    report.say("| Operation | Member | Why |");
    report.say("|---|---|---|");
    for (const auto& one : supported.passed)
        report.say("| " + one.service + ":" + one.operation + " | " + one.member + " | " + one.reason + " |");
}

void sayOperations(Report& report, const Supported& supported, std::size_t total) {
    for (const auto& [name, names] : supported.services) {
        report.say(report.style().bold(name) + report.style().dim("  " + std::to_string(names.size())));
        for (const auto& line : wrapped(names, 96)) report.say("  " + line);
    }
    report.note(std::to_string(total) + " operations of " + std::to_string(supported.services.size()) +
                (supported.services.size() == 1 ? " service" : " services"));
}

void sayIgnored(Report& report, const std::vector<Passed>& passed) {
    Columns table;
    for (const auto& one : passed) table.row({one.service, one.operation, one.member, one.reason});
    for (const auto& line : table.lines()) report.say(line);
    report.note(std::to_string(passed.size()) +
                (passed.size() == 1 ? " member is passed over" : " members are passed over"));
}

}  // namespace

int operations(const Common& common, const OperationsOptions& options, const Rooms& rooms) {
    return report("operations", common, [&](Report& report) {
        NoOutside outside;
        std::map<std::string, std::string> documents;
        World world(WorldOptions{.clock = ClockMode::virtualTime});
        const ServiceDirectory directory = directoryOf(rooms);
        const wire::Apis apis(directory);
        const EmulatorOptions settings;
        joinAll(rooms,
                {world, outside, "http://127.0.0.1:4566", programFolder(), settings, documents, directory, apis});
        const Supported found = supported(world, options.service);
        if (!options.service.empty() && found.services.empty())
            throw CommandError(kFailed, "UnknownService", "Backlot has no service " + options.service,
                               "backlot operations lists them.");
        const auto describe = [](const Passed& one) {
            return object({{"service", one.service},
                           {"operation", one.operation},
                           {"member", one.member},
                           {"reason", one.reason}});
        };
        if (options.ignored) {
            sayIgnored(report, found.passed);
            report.data = object({{"ignored", array(found.passed, describe)}});
            return kOk;
        }
        std::size_t total = 0;
        Json lists = object();
        for (const auto& [name, names] : found.services) {
            total += names.size();
            set(lists, name, array(names));
        }
        if (options.markdown)
            sayMarkdown(report, found);
        else
            sayOperations(report, found, total);
        report.data = object({{"services", std::move(lists)}, {"total", total}});
        return kOk;
    });
}

}  // namespace backlot::cli
