#include "emulator/services/lambda/code_folders.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <system_error>

#include "emulator/base/log.h"
#include "emulator/services/lambda/zip.h"

namespace backlot::lambda {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrefix = "backlot-lambda-";

/// Read-only folders and files of an unpacked archive do not keep their owner from removing them, but a function may
/// have taken away a folder's write permission itself.
void removeAll(const fs::path& folder) {
    std::error_code ignored;
    for (fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, ignored), end;
         !ignored && entry != end; entry.increment(ignored))
        if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) ::chmod(entry->path().c_str(), 0700);
    fs::remove_all(folder, ignored);
}

/// A folder of ours whose lock nobody holds was left by a process that is gone.
void removeLeftovers(const fs::path& below) {
    std::error_code ignored;
    for (fs::directory_iterator entry(below, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
        if (!entry->path().filename().string().starts_with(kPrefix)) continue;
        struct stat info {};
        if (::lstat(entry->path().c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != ::geteuid())
            continue;
        const int lock = ::open((entry->path() / "lock").c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (lock < 0) continue;
        if (::flock(lock, LOCK_EX | LOCK_NB) == 0) removeAll(entry->path());
        ::close(lock);
    }
}

}  // namespace

CodeFolders::~CodeFolders() {
    if (!root_.empty()) removeAll(root_);
    if (lock_ >= 0) ::close(lock_);
}

const fs::path& CodeFolders::root() {
    if (!root_.empty()) return root_;
    fs::path below = below_.empty() ? fs::temp_directory_path() : below_;
    fs::create_directories(below);
    below = fs::canonical(below);
    removeLeftovers(below);
    std::string pattern = (below / std::string(kPrefix).append("XXXXXX")).string();
    if (!::mkdtemp(pattern.data()))
        throw std::system_error(errno, std::generic_category(),
                                "cannot make a folder for functions' code in " + below.string());
    lock_ = ::open((pattern + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ >= 0) ::flock(lock_, LOCK_EX | LOCK_NB);
    fs::create_directory(pattern + "/code");
    fs::create_directory(pattern + "/tmp");
    fs::create_directory(pattern + "/runtime");
    return root_ = pattern;
}

bool CodeFolders::has(const std::string& sha) const { return entries_.contains(sha); }

void CodeFolders::provide(const std::string& sha, std::shared_ptr<const std::string> zip,
                          std::function<void(fs::path)> done) {
    if (const auto found = entries_.find(sha); found != entries_.end()) {
        if (found->second.ready)
            done(found->second.folder);
        else
            found->second.waiting.push_back(std::move(done));
        return;
    }
    if (!zip) return done({});
    Entry& entry = entries_[sha];
    entry.folder = root() / "code" / sha;
    entry.waiting.push_back(std::move(done));
    auto failure = std::make_shared<std::string>();
    outside_.offload(
        [zip = std::move(zip), folder = entry.folder, failure] {
            try {
                unzip(*zip, folder);
            } catch (const std::exception& error) {
                *failure = error.what();
            }
        },
        [this, sha, failure, alive = std::weak_ptr<int>(alive_)] {
            if (alive.expired()) return;
            Entry& unpacked = entries_[sha];
            auto waiting = std::move(unpacked.waiting);
            const fs::path folder = failure->empty() ? unpacked.folder : fs::path();
            if (failure->empty()) {
                unpacked.ready = true;
            } else {
                log::error("function code cannot be unpacked: " + *failure);
                entries_.erase(sha);
            }
            for (auto& each : waiting) each(folder);
        });
}

fs::path CodeFolders::temporary() {
    const fs::path folder = root() / "tmp" / std::to_string(++temporaries_);
    fs::create_directory(folder);
    return folder;
}

fs::path CodeFolders::runtimeClient(std::string_view name, std::string_view text) {
    const fs::path file = root() / "runtime" / name;
    if (!fs::exists(file)) std::ofstream(file, std::ios::binary) << text;
    return file;
}

}  // namespace backlot::lambda
