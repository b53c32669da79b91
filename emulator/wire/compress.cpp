#include <zlib.h>

#include <array>

#include "emulator/wire/protocol.h"

namespace backlot::wire {
namespace {

constexpr int kAutoDetect = 15 + 32;   // zlib or gzip, by the header
constexpr int kRawDeflate = -15;       // what some clients call "deflate"
constexpr int kGzip = 15 + 16;

std::optional<std::string> inflateAll(std::string_view body, int windowBits, std::size_t limit) {
    z_stream stream{};
    if (inflateInit2(&stream, windowBits) != Z_OK) return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    std::string out;
    std::array<char, 16384> buffer;
    int result = Z_OK;
    while (result == Z_OK && out.size() <= limit) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        result = inflate(&stream, Z_NO_FLUSH);
        const std::size_t n = buffer.size() - stream.avail_out;
        out.append(buffer.data(), n);
        if (result == Z_OK && n == 0 && stream.avail_in == 0) break;   // cut off
    }
    inflateEnd(&stream);
    if (result != Z_STREAM_END || out.size() > limit) return std::nullopt;
    return out;
}

}  // namespace

std::optional<std::string> decompress(std::string_view body, std::string_view contentEncoding, std::size_t limit) {
    if (contentEncoding.empty() || equalIgnoringCase(contentEncoding, "identity")) return std::string(body);
    if (equalIgnoringCase(contentEncoding, "gzip") || equalIgnoringCase(contentEncoding, "x-gzip")) return inflateAll(body, kAutoDetect, limit);
    if (!equalIgnoringCase(contentEncoding, "deflate")) return std::nullopt;
    const auto wrapped = inflateAll(body, kAutoDetect, limit);
    return wrapped ? wrapped : inflateAll(body, kRawDeflate, limit);
}

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

}  // namespace backlot::wire
