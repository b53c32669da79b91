#include "emulator/store/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "emulator/base/plain_file.h"
#include "emulator/store/environment.h"

namespace backlot {
namespace {

constexpr std::size_t kPortionBytes = 8 << 20;

StoreError failed(const std::string& what, int error = errno) { return StoreError(what + ": " + std::strerror(error)); }

/// As copy_file_range, where the file systems do not offer it.
ssize_t copyPortion(int from, int to, off_t offset, std::size_t size) {
    std::string buffer(std::min<std::size_t>(size, 1 << 20), '\0');
    const ssize_t got = ::pread(from, buffer.data(), buffer.size(), offset);
    return got <= 0 ? got : ::pwrite(to, buffer.data(), static_cast<std::size_t>(got), offset);
}

}  // namespace

Descriptor::~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
}

Descriptor openRegular(const std::filesystem::path& file, bool follow) {
    try {
        return Descriptor(openPlainFile(file, follow));
    } catch (const std::runtime_error& error) {
        throw StoreError(error.what());
    }
}

Descriptor createPrivate(const std::filesystem::path& file) {
    Descriptor made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!made) throw failed("cannot write " + file.string());
    return made;
}

std::uint64_t sizeOf(int fd) {
    struct stat status {};
    if (::fstat(fd, &status) != 0) throw failed("fstat");
    return static_cast<std::uint64_t>(status.st_size);
}

std::size_t readAt(int fd, char* into, std::size_t size, std::uint64_t offset) {
    std::size_t got = 0;
    while (got < size) {
        const ssize_t n = ::pread(fd, into + got, size - got, static_cast<off_t>(offset + got));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw failed("cannot read");
        if (n == 0) break;
        got += static_cast<std::size_t>(n);
    }
    return got;
}

void copyFile(int from, int to) {
    const auto size = static_cast<off_t>(sizeOf(from));
    if (size > 0 && ::fallocate(to, 0, 0, size) != 0 && errno != EOPNOTSUPP && errno != ENOSYS)
        throw failed("cannot make room for a copy of " + std::to_string(size) + " bytes");
    bool plain = false;
    for (off_t done = 0; done < size;) {
        const auto portion = static_cast<std::size_t>(std::min<off_t>(size - done, kPortionBytes));
        off_t in = done, out = done;
        const ssize_t n =
            plain ? copyPortion(from, to, done, portion) : ::copy_file_range(from, &in, to, &out, portion, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && !plain && (errno == EXDEV || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP)) {
            plain = true;
            continue;
        }
        if (n < 0) throw failed("cannot copy");
        if (n == 0) throw StoreError("cannot copy: the file became shorter meanwhile");
        // Written out as it goes: a gigabyte that waits for the disk would hold up the next sync of the world's own
        // file.
        ::sync_file_range(to, done, n, SYNC_FILE_RANGE_WRITE);
        done += n;
    }
}

void moveFile(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) throw failed("cannot rename " + from.string() + " to " + to.string());
}

void syncFolder(const std::filesystem::path& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0) throw failed("cannot sync the folder " + folder.string());
}

ScratchFolder::ScratchFolder(const std::filesystem::path& parent, const std::string& prefix) {
    std::string name = (parent / (prefix + "XXXXXX")).string();
    if (!::mkdtemp(name.data())) throw failed("cannot make a folder in " + parent.string());
    path_ = name;
}

void ScratchFolder::remove() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(std::exchange(path_, {}), ignored);
}

void removeScratch(const std::filesystem::path& parent, const std::string& prefix) {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(parent, ignored))
        if (entry.path().filename().string().starts_with(prefix) && !entry.is_symlink(ignored))
            std::filesystem::remove_all(entry.path(), ignored);
}

}  // namespace backlot
