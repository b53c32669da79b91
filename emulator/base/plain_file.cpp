#include "emulator/base/plain_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace backlot {
namespace {

std::runtime_error cannotRead(const std::filesystem::path& file, int error) {
    return std::runtime_error("cannot read " + file.string() + ": " + std::strerror(error));
}

const char* kindOf(mode_t mode) { return S_ISDIR(mode) ? "a folder" : S_ISFIFO(mode) ? "a FIFO" : "no regular file"; }

struct Closing {
    int fd;
    ~Closing() { ::close(fd); }
};

}  // namespace

int openPlainFile(const std::filesystem::path& file, bool follow) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW));
    if (fd < 0 && errno == ENOENT) return -1;
    if (fd < 0 && errno == ELOOP && !follow) throw std::runtime_error(file.string() + " is a link");
    if (fd < 0) throw cannotRead(file, errno);
    struct stat status {};
    if (::fstat(fd, &status) == 0 && S_ISREG(status.st_mode)) return fd;
    ::close(fd);
    throw std::runtime_error(file.string() + " is " + kindOf(status.st_mode));
}

std::string readPlainFile(const std::filesystem::path& file, std::size_t limitBytes) {
    const int fd = openPlainFile(file);
    if (fd < 0) throw cannotRead(file, ENOENT);
    const Closing closing{fd};
    std::string text;
    char portion[65536];
    for (;;) {
        const ssize_t n = ::read(fd, portion, sizeof portion);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw cannotRead(file, errno);
        if (n == 0) return text;
        text.append(portion, static_cast<std::size_t>(n));
        if (text.size() > limitBytes)
            throw std::runtime_error(file.string() + " is longer than " + std::to_string(limitBytes) + " bytes");
    }
}

}  // namespace backlot
