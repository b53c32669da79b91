#include "emulator/store/snapshot_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace backlot {
namespace {

constexpr std::string_view kEnding = ".snapshot", kArriving = ".arriving";

StoreError failed(const std::string& what) { return StoreError(what + ": " + std::strerror(errno)); }

}  // namespace

bool SnapshotFolder::isName(std::string_view name) {
    return !name.empty() && name.size() <= 128 && name.front() != '.' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == name.npos;
}

const std::filesystem::path& SnapshotFolder::path() {
    std::call_once(made_, [this] {
        if (folder_.empty()) {
            scratch_ = ScratchFolder(std::filesystem::temp_directory_path(), "backlot-snapshots-");
            folder_ = scratch_.path();
            return;
        }
        if (::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) throw failed("cannot make " + folder_.string());
        const Descriptor opened(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!opened) throw failed("cannot open the folder " + folder_.string());
        ::fchmod(opened.get(), 0700);  // one of before was open to all
        removeScratch(folder_, ".");   // what a process that was killed was writing
    });
    return folder_;
}

std::vector<SnapshotFolder::Entry> SnapshotFolder::list() {
    std::vector<Entry> entries;
    for (const auto& entry : std::filesystem::directory_iterator(path())) {
        std::error_code error;
        const bool plain = entry.symlink_status(error).type() == std::filesystem::file_type::regular &&
                           entry.path().extension() == kEnding;
        if (plain && isName(entry.path().stem().string()))
            entries.push_back({entry.path().stem().string(), entry.file_size(error)});
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return entries;
}

std::uint64_t SnapshotFolder::save(const std::string& name, const Saving& contents) {
    contents.to(fileOf(name));
    return sizeOf(open(name).get());
}

Descriptor SnapshotFolder::open(const std::string& name) { return openRegular(fileOf(name)); }

bool SnapshotFolder::remove(const std::string& name) {
    if (::unlink(fileOf(name).c_str()) == 0) return true;
    if (errno != ENOENT) throw failed("cannot remove " + fileOf(name).string());
    return false;
}

bool SnapshotFolder::receive(const std::string& name, std::uint64_t offset, std::uint64_t total,
                             std::string_view portion) {
    const auto arriving = path() / ("." + name + std::string(kArriving));
    if (offset == 0) ::unlink(arriving.c_str());
    const Descriptor file = offset == 0
                                ? createPrivate(arriving)
                                : Descriptor(::open(arriving.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!file || sizeOf(file.get()) != offset || portion.size() > total - std::min(total, offset))
        throw StoreError("this is not the next portion of " + name);
    for (std::string_view rest = portion; !rest.empty();) {
        const ssize_t n =
            ::pwrite(file.get(), rest.data(), rest.size(), static_cast<off_t>(offset + (portion.size() - rest.size())));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            const StoreError error = failed("cannot write the snapshot " + name);
            ::unlink(arriving.c_str());
            throw error;
        }
        rest.remove_prefix(static_cast<std::size_t>(n));
    }
    if (offset + portion.size() < total) return false;
    moveFile(arriving, fileOf(name));
    return true;
}

}  // namespace backlot
