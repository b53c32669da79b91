// libbacklot-tls.so: OpenSSL behind the five functions of tls.h.

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <csignal>
#include <cstdio>

#include "functions/sdk/tls.h"

namespace {

void describe(char* error, std::size_t size) {
    const auto code = ERR_get_error();
    if (code)
        ERR_error_string_n(code, error, size);
    else
        std::snprintf(error, size, "the connection broke");
    ERR_clear_error();
}

SSL_CTX* context() {
    static SSL_CTX* const shared = [] {
        SSL_CTX* made = SSL_CTX_new(TLS_client_method());
        if (made) {
            SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION);
            SSL_CTX_set_verify(made, SSL_VERIFY_PEER, nullptr);
            SSL_CTX_set_default_verify_paths(made);
            SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        }
        return made;
    }();
    return shared;
}

void* openSession(int socket, const char* host, char* error, std::size_t errorSize) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
    SSL* session = context() ? SSL_new(context()) : nullptr;
    if (!session || !SSL_set_fd(session, socket) || !SSL_set_tlsext_host_name(session, host) ||
        !SSL_set1_host(session, host)) {
        describe(error, errorSize);
        SSL_free(session);
        return nullptr;
    }
    return session;
}

/// `result` is what an SSL_* call returned: 1 for success.
int outcome(SSL* session, int result, char* error, std::size_t errorSize) {
    if (result > 0) return 0;
    switch (SSL_get_error(session, result)) {
        case SSL_ERROR_WANT_READ: return kTlsWantsRead;
        case SSL_ERROR_WANT_WRITE: return kTlsWantsWrite;
    }
    describe(error, errorSize);
    return kTlsFailed;
}

int handshake(void* session, char* error, std::size_t errorSize) {
    auto* ssl = static_cast<SSL*>(session);
    return outcome(ssl, SSL_connect(ssl), error, errorSize);
}

int readSome(void* session, char* into, std::size_t limit, std::size_t* count, char* error, std::size_t errorSize) {
    auto* ssl = static_cast<SSL*>(session);
    const int result = SSL_read_ex(ssl, into, limit, count);
    if (result <= 0 && SSL_get_error(ssl, result) == SSL_ERROR_ZERO_RETURN) {
        *count = 0;
        return 0;
    }
    return outcome(ssl, result, error, errorSize);
}

int writeSome(void* session, const char* bytes, std::size_t size, std::size_t* count, char* error,
              std::size_t errorSize) {
    auto* ssl = static_cast<SSL*>(session);
    return outcome(ssl, SSL_write_ex(ssl, bytes, size, count), error, errorSize);
}

void closeSession(void* session) {
    auto* ssl = static_cast<SSL*>(session);
    if (SSL_is_init_finished(ssl)) SSL_shutdown(ssl);
    SSL_free(ssl);
}

}  // namespace

extern "C" __attribute__((visibility("default")))
const TlsPlugin backlot_tls = {openSession, handshake, readSome, writeSome, closeSession};
