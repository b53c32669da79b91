// snapshot: saved and loaded by name in the instance's own folder, or as a file of the user's, which this command
// copies itself: the instance never touches a file that somebody names.

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "emulator/cli/client.h"
#include "emulator/store/file.h"

namespace backlot::cli {
namespace {

constexpr std::uint64_t kPortionBytes = 4 << 20;

/// Under which a file of the user's passes through the instance.
std::string passingName() {
    return "file-" + std::to_string(::getpid()) + "-" +
           std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
}

std::string pathOf(const std::string& name) { return "snapshots/" + percentEncode(name); }

/// Removes the passing file from the instance, whatever happened to it.
class Passing {
public:
    explicit Passing(const Client& client) : client_(client) {}
    ~Passing() {
        try {
            client_.remove(pathOf(name_));
        } catch (const CommandError&) {  // it was never made, or nobody is there any more
        }
    }
    const std::string& name() const { return name_; }

private:
    const Client& client_;
    std::string name_ = passingName();
};

CommandError cannotWrite(const std::filesystem::path& file) {
    return {kFailed, "CannotWrite", "cannot write " + file.string() + ": " + std::strerror(errno)};
}

/// Fetches the snapshot into a file beside `file`, which then takes its place.
std::uint64_t fetchInto(const Client& client, const std::string& name, const std::filesystem::path& file) {
    const ScratchFolder scratch(std::filesystem::absolute(file).parent_path(), ".backlot-");
    const auto partial = scratch.path() / "snapshot";
    std::uint64_t done = 0;
    {
        const Descriptor made = createPrivate(partial);
        for (std::uint64_t total = 1; done < total;) {
            const auto portion = client.fetchPortion(pathOf(name), done, kPortionBytes);
            total = portion.total;
            std::string_view rest = portion.bytes;
            while (!rest.empty()) {
                const ssize_t n = ::write(made.get(), rest.data(), rest.size());
                if (n < 0 && errno != EINTR) throw cannotWrite(file);
                if (n > 0) rest.remove_prefix(static_cast<std::size_t>(n));
            }
            done += portion.bytes.size();
        }
        if (::fsync(made.get()) != 0) throw cannotWrite(file);
    }
    moveFile(partial, file);
    return done;
}

void sendFrom(const Client& client, const std::filesystem::path& file, const std::string& name) {
    const Descriptor opened = openRegular(file, true);
    if (!opened) throw CommandError(kFailed, "NotFound", "there is no file " + file.string());
    const std::uint64_t total = sizeOf(opened.get());
    if (total == 0) throw CommandError(kFailed, "InvalidSnapshot", file.string() + " is empty");
    for (std::uint64_t done = 0; done < total;) {
        std::string portion(std::min(kPortionBytes, total - done), '\0');
        portion.resize(readAt(opened.get(), portion.data(), portion.size(), done));
        if (portion.empty()) throw CommandError(kFailed, "InvalidSnapshot", file.string() + " became shorter");
        const std::uint64_t first = done;
        done += portion.size();
        client.sendPortion(pathOf(name), first, total, std::move(portion));
    }
}

Json act(const Client& client, const std::string& name, bool load) {
    return client.post("snapshots", object({{"name", name}, {"load", load}})).body;
}

Json saveFile(const Client& client, const std::string& file) {
    const Passing passing(client);
    act(client, passing.name(), false);
    const std::uint64_t bytes = fetchInto(client, passing.name(), file);
    return object({{"saved", file}, {"bytes", bytes}});
}

Json loadFile(const Client& client, const std::string& file) {
    const Passing passing(client);
    sendFrom(client, file, passing.name());
    Json answer = act(client, passing.name(), true);
    set(answer, "loaded", file);
    return answer;
}

}  // namespace

int snapshot(const Common& common, const SnapshotOptions& options) {
    return report("snapshot", common, [&](Report& report) {
        const Client client(common);
        if (options.action == "list") {
            report.data = client.get("snapshots").body;
            Columns table;
            for (const auto& item : find(report.data, "snapshots")->GetArray())
                table.row({textOr(item, "name"), sizeText(intOr(item, "bytes", 0))});
            if (table.empty()) report.note("There are no snapshots.");
            for (auto& line : table.lines()) report.say(std::move(line));
            return kOk;
        }
        const bool isFile = !options.file.empty() || options.name.find('/') != std::string::npos;
        const std::string& operand = options.file.empty() ? options.name : options.file;
        if (operand.empty())
            throw CommandError(kUsage, "MissingOperand",
                               "snapshot " + options.action + " needs a NAME, or a file such as ./before.blt");
        if (options.action == "delete") {
            if (isFile)
                throw CommandError(kUsage, "BadOperand",
                                   "snapshot delete takes a NAME; a file of your own is yours to remove");
            report.data = client.remove(pathOf(operand)).body;
            report.note("Deleted " + operand);
            return kOk;
        }
        const bool load = options.action == "load";
        try {
            report.data = !isFile ? act(client, operand, load)
                          : load  ? loadFile(client, operand)
                                  : saveFile(client, operand);
        } catch (const StoreError& error) {  // of the user's own file
            throw CommandError(kFailed, "BadFile", error.what());
        }
        if (load)
            report.note("Loaded " + textOr(report.data, "loaded") + "  " + textOr(report.data, "now"));
        else
            report.note("Saved " + textOr(report.data, "saved") + "  " + sizeText(intOr(report.data, "bytes", 0)));
        return kOk;
    });
}

}  // namespace backlot::cli
