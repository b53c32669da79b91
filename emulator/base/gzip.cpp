#include "emulator/base/gzip.h"

#include <zlib.h>

#include <array>

namespace backlot {
namespace {

constexpr int kAutoDetect = 15 + 32;  // zlib or gzip, by the header
constexpr int kRawDeflate = -15;
constexpr int kGzip = 15 + 16;

}  // namespace

std::string gzip(std::string_view body) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) return std::string(body);
    std::string out(deflateBound(&stream, body.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::optional<std::string> inflated(std::string_view bytes, std::size_t limit, Deflated how) {
    z_stream stream{};
    if (inflateInit2(&stream, how == Deflated::raw ? kRawDeflate : kAutoDetect) != Z_OK) return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string out;
    std::array<char, 16384> buffer;
    int result = Z_OK;
    while (result == Z_OK && out.size() <= limit) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        result = inflate(&stream, Z_NO_FLUSH);
        const std::size_t n = buffer.size() - stream.avail_out;
        out.append(buffer.data(), n);
        if (result == Z_OK && n == 0 && stream.avail_in == 0) break;  // cut off
    }
    inflateEnd(&stream);
    if (result != Z_STREAM_END || out.size() > limit) return std::nullopt;
    return out;
}

struct Inflater::State {
    z_stream stream{};
    bool good = false;
};

Inflater::Inflater() : state_(std::make_unique<State>()) {
    state_->good = inflateInit2(&state_->stream, kAutoDetect) == Z_OK;
}
Inflater::~Inflater() { inflateEnd(&state_->stream); }

std::optional<std::size_t> Inflater::take(std::string_view bytes, std::size_t most, std::string& out) {
    z_stream& stream = state_->stream;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::array<char, 16384> buffer;
    for (std::size_t taken = 0; state_->good && !ended_ && taken < most;) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        const int result = inflate(&stream, Z_NO_FLUSH);
        const std::size_t n = buffer.size() - stream.avail_out;
        out.append(buffer.data(), n);
        taken += n;
        ended_ = result == Z_STREAM_END;
        if (result == Z_BUF_ERROR || (result == Z_OK && n == 0 && stream.avail_in == 0)) break;  // it wants more
        if (result != Z_OK && !ended_) return std::nullopt;
    }
    if (!state_->good) return std::nullopt;
    return bytes.size() - stream.avail_in;
}

}  // namespace backlot
