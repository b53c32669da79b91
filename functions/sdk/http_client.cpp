#include "functions/sdk/http_client.h"

#include <dlfcn.h>

#include "functions/sdk/errors.h"
#include "functions/sdk/tls.h"

namespace backlot::sdk {
namespace {

std::unique_ptr<Stream> open(const Url& url, Deadline deadline) {
    if (url.scheme == "https") return openTls(url.address(), url.port, deadline);
    return std::make_unique<TcpStream>(url.address(), url.port, deadline);
}

std::string folderOfThisLibrary() {
    Dl_info info{};
    if (!dladdr(reinterpret_cast<const void*>(&folderOfThisLibrary), &info) || !info.dli_fname) return "";
    const std::string path = info.dli_fname;
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

/// TLS as the plug-in gives it: plain functions, so that nothing of C++ crosses between the libraries.
class TlsStream : public Stream {
public:
    TlsStream(const TlsPlugin& plugin, const std::string& host, const std::string& port, Deadline deadline)
        : plugin_(plugin), tcp_(host, port, deadline) {
        char error[256] = "";
        session_ = plugin.open(tcp_.descriptor(), host.c_str(), error, sizeof error);
        if (!session_) throw ConnectionError("TLS with " + host + ": " + error);
        try {
            while (const int wants = plugin_.handshake(session_, error, sizeof error)) waitFor(wants, error, deadline);
        } catch (...) {
            plugin_.close(session_);
            throw;
        }
    }
    ~TlsStream() override { plugin_.close(session_); }
    std::size_t read(char* into, std::size_t limit, Deadline deadline) override {
        char error[256] = "";
        std::size_t count = 0;
        while (const int wants = plugin_.read(session_, into, limit, &count, error, sizeof error))
            waitFor(wants, error, deadline);
        return count;
    }
    void write(std::string_view bytes, Deadline deadline) override {
        char error[256] = "";
        while (!bytes.empty()) {
            std::size_t count = 0;
            while (const int wants = plugin_.write(session_, bytes.data(), bytes.size(), &count, error, sizeof error))
                waitFor(wants, error, deadline);
            bytes.remove_prefix(count);
        }
    }

private:
    void waitFor(int wants, const char* error, Deadline deadline) {
        if (wants < 0) throw ConnectionError(std::string("TLS: ") + error);
        tcp_.await(wants == kTlsWantsWrite, deadline);
    }
    const TlsPlugin& plugin_;
    TcpStream tcp_;
    void* session_;
};

}  // namespace

std::unique_ptr<Stream> openTls(const std::string& host, const std::string& port, Deadline deadline) {
    static const TlsPlugin* const plugin = [] {
        const auto path = folderOfThisLibrary() + "libbacklot-tls.so";
        void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        const void* symbol = library ? dlsym(library, "backlot_tls") : nullptr;
        if (!symbol)
            throw LambdaError("ConfigurationError", "https needs libbacklot-tls.so: " + std::string(dlerror()));
        return static_cast<const TlsPlugin*>(symbol);
    }();
    return std::make_unique<TlsStream>(*plugin, host, port, deadline);
}

Url parseUrl(const std::string& url) {
    auto parsed = backlot::parseUrl(url);
    if (!parsed) throw LambdaError("ConfigurationError", "not an http(s) URL: " + url);
    return *std::move(parsed);
}

HttpResponse HttpClient::send(const HttpRequest& request, Deadline deadline) {
    const auto url = parseUrl(request.url);
    const auto origin = url.scheme + "://" + url.authority();
    const auto text = requestText(request.method, url.target, url.authority(), request.headers, request.body);
    auto stream = request.once ? nullptr : std::move(kept_[origin]);
    for (bool fresh = !stream;; fresh = true) {
        if (fresh) stream = open(url, deadline);
        bool written = false;  // what was not written whole was not acted upon
        try {
            stream->write(text, deadline);
            written = true;
            auto response = readResponse(*stream, deadline);
            if (response.keepAlive) kept_[origin] = std::move(stream);
            return response;
        } catch (const StaleConnection&) {
            if (fresh) throw ConnectionError(url.authority() + " closed the connection without an answer");
        } catch (const TimeoutError&) {
            throw;
        } catch (const ConnectionError&) {
            if (fresh || written) throw;
        }
    }
}

}  // namespace backlot::sdk
