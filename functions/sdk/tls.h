#pragma once
// The seam between a handler library and libbacklot-tls.so, in C so that both may be built as they like.

#include <cstddef>

inline constexpr int kTlsWantsRead = 1, kTlsWantsWrite = 2, kTlsFailed = -1;

extern "C" {

/// Calls return 0 when done, kTlsWantsRead or kTlsWantsWrite when the socket must be waited for and the call repeated,
/// kTlsFailed with a text in `error` otherwise. `read` gives a count of 0 at the end of the stream.
struct TlsPlugin {
    /// A client session over a connected, non-blocking socket, which stays the caller's; null and `error` on failure.
    void* (*open)(int socket, const char* host, char* error, std::size_t errorSize);
    int (*handshake)(void* session, char* error, std::size_t errorSize);
    int (*read)(void* session, char* into, std::size_t limit, std::size_t* count, char* error, std::size_t errorSize);
    int (*write)(void* session, const char* bytes, std::size_t size, std::size_t* count, char* error,
                 std::size_t errorSize);
    void (*close)(void* session);
};
}
