#include <algorithm>
#include <map>

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

std::map<std::string, std::vector<std::string>> supported(const World& world) {
    std::map<std::string, std::vector<std::string>> result;
    for (const auto& [name, service] : world.services()) {
        std::vector<std::string> names;
        for (const auto& operation : service.operations)
            if (!(operation.flags & internal)) names.emplace_back(operation.name);
        std::sort(names.begin(), names.end());
        if (!names.empty()) result.emplace(name, std::move(names));
    }
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

}  // namespace

int operations(const Common& common, const OperationsOptions& options, const Rooms& rooms) {
    return report("operations", common, [&](Report& report) {
        NoOutside outside;
        std::map<std::string, std::string> documents;
        World world(WorldOptions{.clock = ClockMode::virtualTime});
        const ServiceDirectory directory = directoryOf(rooms);
        const wire::Apis apis(directory);
        const InstanceOptions settings;
        joinAll(rooms,
                {world, outside, "http://127.0.0.1:4566", programFolder(), settings, documents, directory, apis});
        auto services = supported(world);
        if (!options.service.empty()) {
            if (!services.contains(options.service))
                throw CommandError(kFailed, "UnknownService", "Backlot has no service " + options.service,
                                   "backlot operations lists them.");
            services = {{options.service, services[options.service]}};
        }
        std::size_t total = 0;
        Json lists = object();
        for (const auto& [name, names] : services) {
            total += names.size();
            set(lists, name, array(names));
        }
        if (options.markdown) {
            report.say("| Service | | Operations |");
            report.say("|---|---:|---|");
            for (const auto& [name, names] : services)
                report.say("| " + name + " | " + std::to_string(names.size()) + " | " + joined(names, ", ") + " |");
        } else {
            for (const auto& [name, names] : services) {
                report.say(report.style().bold(name) + report.style().dim("  " + std::to_string(names.size())));
                for (const auto& line : wrapped(names, 96)) report.say("  " + line);
            }
            report.note(std::to_string(total) + " operations of " + std::to_string(services.size()) +
                        (services.size() == 1 ? " service" : " services"));
        }
        report.data = object({{"services", std::move(lists)}, {"total", total}});
        return kOk;
    });
}

}  // namespace backlot::cli
