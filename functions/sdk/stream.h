#pragma once
// Bytes to and from a peer. Blocking, with a deadline; small, because `bootstrap` starts with it.

#include <chrono>
#include <string>
#include <string_view>

namespace backlot::sdk {

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline kNoDeadline = Deadline::max();

class Stream {
public:
    virtual ~Stream() = default;
    /// At least one byte, or 0 where the peer has closed. Throws ConnectionError.
    virtual std::size_t read(char* into, std::size_t limit, Deadline deadline) = 0;
    /// All of it, or ConnectionError.
    virtual void write(std::string_view bytes, Deadline deadline) = 0;
};

/// TCP with TCP_NODELAY, close-on-exec. A numeric host is not looked up, so that loopback loads no resolver.
class TcpStream : public Stream {
public:
    TcpStream(const std::string& host, const std::string& port, Deadline deadline);
    ~TcpStream() override;
    TcpStream(const TcpStream&) = delete;
    TcpStream& operator=(const TcpStream&) = delete;
    std::size_t read(char* into, std::size_t limit, Deadline deadline) override;
    void write(std::string_view bytes, Deadline deadline) override;
    int descriptor() const { return fd_; }
    /// Waits until the socket can be read (or written); throws ConnectionError past the deadline.
    void await(bool toWrite, Deadline deadline) const;

private:
    int fd_ = -1;
};

}  // namespace backlot::sdk
