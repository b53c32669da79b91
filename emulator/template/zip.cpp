#include "emulator/template/zip.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "emulator/base/hash.h"
#include "emulator/base/plain_file.h"

namespace backlot::deploy {

namespace {

constexpr std::size_t kUnzippedLimitBytes = 262'144'000;  // Lambda's own

void put16(std::string& out, std::uint32_t value) {
    out += static_cast<char>(value & 0xff);
    out += static_cast<char>((value >> 8) & 0xff);
}

void put32(std::string& out, std::uint32_t value) {
    put16(out, value & 0xffff);
    put16(out, value >> 16);
}

/// A raw deflate stream, as zip wants it.
std::string deflated(const std::string& content) {
    z_stream stream{};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("zlib: deflateInit2 failed");
    std::string out(deflateBound(&stream, content.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int result = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("zlib: deflate failed");
    return out;
}

}  // namespace

std::string zip(const std::vector<ZipEntry>& entries) {
    std::string out, directory;
    for (const auto& entry : entries) {
        const std::string packed = deflated(entry.content);
        const std::uint32_t offset = static_cast<std::uint32_t>(out.size());
        // The fields that the local header and the directory share (APPNOTE.TXT 4.3.7 and 4.3.12).
        std::string shared;
        put16(shared, 20);      // version needed: 2.0
        put16(shared, 0x0800);  // names are UTF-8
        put16(shared, 8);       // deflate
        put16(shared, 0);       // time
        put16(shared, 0x0021);  // date: 1980-01-01
        put32(shared, crc32(std::string_view(entry.content)));
        put32(shared, static_cast<std::uint32_t>(packed.size()));
        put32(shared, static_cast<std::uint32_t>(entry.content.size()));
        put16(shared, static_cast<std::uint32_t>(entry.name.size()));
        put16(shared, 0);  // no extra field
        put32(out, 0x04034b50);
        out += shared + entry.name + packed;

        put32(directory, 0x02014b50);
        put16(directory, 0x0314);  // made by Unix: the mode below counts
        directory += shared;
        put16(directory, 0);  // no comment
        put16(directory, 0);  // disk
        put16(directory, 0);  // internal attributes
        put32(directory, (entry.executable ? 0100755u : 0100644u) << 16);
        put32(directory, offset);
        directory += entry.name;
    }
    const auto start = static_cast<std::uint32_t>(out.size());
    out += directory;
    put32(out, 0x06054b50);
    put16(out, 0);
    put16(out, 0);
    put16(out, static_cast<std::uint32_t>(entries.size()));
    put16(out, static_cast<std::uint32_t>(entries.size()));
    put32(out, static_cast<std::uint32_t>(directory.size()));
    put32(out, start);
    put16(out, 0);
    return out;
}

std::vector<ZipEntry> filesUnder(const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    if (!fs::is_directory(folder)) throw std::runtime_error("no such folder: " + folder.string());
    std::vector<ZipEntry> entries;
    std::size_t total = 0;
    for (auto at = fs::recursive_directory_iterator(folder); at != fs::recursive_directory_iterator(); ++at) {
        if (at->path().filename().string().starts_with('.')) {
            if (at->is_directory()) at.disable_recursion_pending();
            continue;
        }
        if (at->is_symlink() || !at->is_regular_file()) continue;
        total += at->file_size();
        if (total > kUnzippedLimitBytes) throw std::runtime_error(folder.string() + " holds more than 250 MB");
        const bool executable = (at->status().permissions() & fs::perms::owner_exec) != fs::perms::none;
        entries.push_back(
            {at->path().lexically_relative(folder).generic_string(), readPlainFile(at->path()), executable});
    }
    std::sort(entries.begin(), entries.end(), [](const ZipEntry& a, const ZipEntry& b) { return a.name < b.name; });
    return entries;
}

}  // namespace backlot::deploy
