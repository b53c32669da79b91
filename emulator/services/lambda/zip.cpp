#include "emulator/services/lambda/zip.h"

#include <minizip/unzip.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>
#include <vector>

namespace backlot::lambda {
namespace {

constexpr std::size_t kEntryLimit = 100'000;

/// minizip reads through these; the archive lies in memory.
struct Memory {
    std::string_view bytes;
    ZPOS64_T at = 0;
};

voidpf ZCALLBACK openMemory(voidpf opaque, const void*, int) { return opaque; }
uLong ZCALLBACK readMemory(voidpf, voidpf stream, void* buffer, uLong size) {
    auto& memory = *static_cast<Memory*>(stream);
    if (memory.at >= memory.bytes.size()) return 0;
    const auto count = std::min<ZPOS64_T>(size, memory.bytes.size() - memory.at);
    std::memcpy(buffer, memory.bytes.data() + memory.at, count);
    memory.at += count;
    return static_cast<uLong>(count);
}
uLong ZCALLBACK writeMemory(voidpf, voidpf, const void*, uLong) { return 0; }
ZPOS64_T ZCALLBACK tellMemory(voidpf, voidpf stream) { return static_cast<Memory*>(stream)->at; }
long ZCALLBACK seekMemory(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
    auto& memory = *static_cast<Memory*>(stream);
    const ZPOS64_T base = origin == ZLIB_FILEFUNC_SEEK_CUR   ? memory.at
                          : origin == ZLIB_FILEFUNC_SEEK_END ? memory.bytes.size()
                                                             : 0;
    memory.at = base + offset;
    return 0;
}
int ZCALLBACK closeMemory(voidpf, voidpf) { return 0; }
int ZCALLBACK errorMemory(voidpf, voidpf) { return 0; }

class Archive {
public:
    explicit Archive(std::string_view bytes) : memory_{bytes} {
        zlib_filefunc64_def functions{openMemory, readMemory,  writeMemory, tellMemory,
                                      seekMemory, closeMemory, errorMemory, &memory_};
        file_ = unzOpen2_64("", &functions);
        if (!file_) throw BadZip("not a zip archive");
    }
    ~Archive() { unzClose(file_); }
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;
    unzFile handle() const { return file_; }

    struct Entry {
        std::string path;
        unz_file_info64 info{};
        mode_t mode() const {
            return info.version >> 8 == 3 ? static_cast<mode_t>(info.external_fa >> 16) : 0;
        }  // 3: made on Unix
        bool folder() const { return path.ends_with('/'); }
    };

    template <typename Each>
    void forEach(Each&& each) {
        int result = unzGoToFirstFile(file_);
        if (result == UNZ_END_OF_LIST_OF_FILE) return;
        for (; result == UNZ_OK; result = unzGoToNextFile(file_)) {
            Entry entry;
            char name[1024];
            if (unzGetCurrentFileInfo64(file_, &entry.info, name, sizeof name, nullptr, 0, nullptr, 0) != UNZ_OK)
                throw BadZip("damaged directory");
            if (entry.info.size_filename >= sizeof name) throw BadZip("a path is longer than 1,023 bytes");
            entry.path.assign(name, entry.info.size_filename);
            each(entry);
        }
        if (result != UNZ_END_OF_LIST_OF_FILE) throw BadZip("damaged directory");
    }

private:
    Memory memory_;
    unzFile file_ = nullptr;
};

void requireHarmless(const std::string& path) {
    if (path.empty() || path.front() == '/' || path.find('\0') != std::string::npos ||
        path.find('\\') != std::string::npos)
        throw BadZip("a path leads outside: " + path);
    for (std::size_t begin = 0; begin <= path.size();) {
        const auto end = std::min(path.find('/', begin), path.size());
        const auto part = std::string_view(path).substr(begin, end - begin);
        if (part == "..") throw BadZip("a path leads outside: " + path);
        begin = end + 1;
    }
}

void requireHarmless(const Archive::Entry& entry) {
    requireHarmless(entry.path);
    if (entry.info.flag & 1) throw BadZip("encrypted: " + entry.path);
    if (entry.info.compression_method != 0 && entry.info.compression_method != Z_DEFLATED)
        throw BadZip("unknown compression: " + entry.path);
    const mode_t kind = entry.mode() & S_IFMT;
    if (kind && kind != S_IFREG && kind != S_IFDIR) throw BadZip("neither file nor folder: " + entry.path);
}

ZipSummary inspect(Archive& archive, std::size_t zippedBytes) {
    if (zippedBytes > kZippedLimitBytes) throw BadZip("more than 50 MiB");
    ZipSummary summary;
    std::set<std::string> paths;
    archive.forEach([&](const Archive::Entry& entry) {
        requireHarmless(entry);
        if (++summary.entries > kEntryLimit) throw BadZip("more than 100,000 entries");
        if (!paths.insert(entry.path).second) throw BadZip("twice: " + entry.path);
        if (entry.info.uncompressed_size > kUnzippedLimitBytes) throw BadZip("more than 250 MiB unzipped");
        summary.unzippedBytes += entry.info.uncompressed_size;
        if (summary.unzippedBytes > kUnzippedLimitBytes) throw BadZip("more than 250 MiB unzipped");
    });
    if (summary.entries == 0) throw BadZip("empty");
    return summary;
}

/// Writes the present entry, or only reads it where `out` is null. The directory's length is a promise that is kept to.
void extract(Archive& archive, const Archive::Entry& entry, std::ofstream* out) {
    if (unzOpenCurrentFile(archive.handle()) != UNZ_OK) throw BadZip("cannot be read: " + entry.path);
    std::vector<char> buffer(64 * 1024);
    std::size_t total = 0;
    for (int n; (n = unzReadCurrentFile(archive.handle(), buffer.data(), static_cast<unsigned>(buffer.size()))) != 0;) {
        if (n < 0) {
            unzCloseCurrentFile(archive.handle());
            throw BadZip("damaged: " + entry.path);
        }
        total += static_cast<std::size_t>(n);
        if (total > entry.info.uncompressed_size) {
            unzCloseCurrentFile(archive.handle());
            throw BadZip("longer than its directory says: " + entry.path);
        }
        if (out) out->write(buffer.data(), n);
    }
    if (unzCloseCurrentFile(archive.handle()) != UNZ_OK || total != entry.info.uncompressed_size)
        throw BadZip("wrong checksum: " + entry.path);
}

}  // namespace

ZipSummary inspectZip(std::string_view bytes) {
    Archive archive(bytes);
    return inspect(archive, bytes.size());
}

void unzip(std::string_view bytes, const std::filesystem::path& folder) {
    namespace fs = std::filesystem;
    Archive archive(bytes);
    inspect(archive, bytes.size());
    if (folder.empty()) {
        archive.forEach([&](const Archive::Entry& entry) {
            if (!entry.folder()) extract(archive, entry, nullptr);
        });
        return;
    }
    const fs::path half = folder.string() + ".part";
    fs::remove_all(half);
    fs::create_directories(half);
    try {
        archive.forEach([&](const Archive::Entry& entry) {
            const fs::path target = half / entry.path;
            if (entry.folder()) {
                fs::create_directories(target);
                return;
            }
            fs::create_directories(target.parent_path());
            std::ofstream out(target, std::ios::binary | std::ios::trunc);
            extract(archive, entry, &out);
            out.close();
            if (!out) throw BadZip("cannot be written: " + entry.path);
            // As in Lambda the code is for reading; archives made on Windows carry no modes, so everything may be run.
            const bool executable = !entry.mode() || (entry.mode() & 0111);
            ::chmod(target.c_str(), executable ? 0555 : 0444);
        });
        fs::rename(half, folder);
    } catch (const fs::filesystem_error& error) {  // one entry's file is another's folder
        std::error_code ignored;
        fs::remove_all(half, ignored);
        throw BadZip(error.what());
    } catch (...) {
        std::error_code ignored;
        fs::remove_all(half, ignored);
        throw;
    }
}

}  // namespace backlot::lambda
