#include "emulator/store/open_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>

namespace backlot::open_mark {
namespace {

std::filesystem::path fileIn(const std::filesystem::path& folder) { return folder / "backlot.open"; }

std::string contentOf(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return {};
    char buffer[64];
    const auto n = ::read(fd, buffer, sizeof buffer);
    ::close(fd);
    return {buffer, n > 0 ? static_cast<std::size_t>(n) : 0};
}

/// Linux draws it anew each time the machine starts.
std::string thisBoot() { return contentOf("/proc/sys/kernel/random/boot_id"); }

}  // namespace

void set(const std::filesystem::path& folder) {
    const std::string boot = thisBoot();
    const int fd = ::open(fileIn(folder).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written =
        fd >= 0 && ::write(fd, boot.data(), boot.size()) == static_cast<ssize_t>(boot.size()) && ::fsync(fd) == 0;
    const int error = errno;
    if (fd >= 0) ::close(fd);
    if (!written) throw std::runtime_error("cannot write " + fileIn(folder).string() + ": " + std::strerror(error));
    syncNames(folder);
}

void remove(const std::filesystem::path& folder) { ::unlink(fileIn(folder).c_str()); }

bool isOfEarlierBoot(const std::filesystem::path& folder) {
    std::error_code error;
    return std::filesystem::exists(fileIn(folder), error) && contentOf(fileIn(folder)) != thisBoot();
}

void syncNames(const std::filesystem::path& folder) {
    std::error_code error;
    for (auto at = std::filesystem::absolute(folder, error); !error && !at.empty(); at = at.parent_path()) {
        if (const int fd = ::open(at.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); fd >= 0) {
            ::fsync(fd);
            ::close(fd);
        }
        if (at == at.parent_path()) break;
    }
}

}  // namespace backlot::open_mark
