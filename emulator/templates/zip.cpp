#include "emulator/templates/zip.h"

#include <minizip/zip.h>

#include <algorithm>
#include <stdexcept>

#include "emulator/base/plain_file.h"

namespace backlot::templates {

namespace {

constexpr std::size_t kUnzippedLimitBytes = 262'144'000;  // Lambda's own

/// minizip writes through these, into a text.
struct Memory {
    std::string bytes;
    std::size_t at = 0;
};
Memory& memoryOf(voidpf stream) { return *static_cast<Memory*>(stream); }
voidpf ZCALLBACK openMemory(voidpf opaque, const void*, int) { return opaque; }
uLong ZCALLBACK readNothing(voidpf, voidpf, void*, uLong) { return 0; }
uLong ZCALLBACK writeMemory(voidpf, voidpf stream, const void* data, uLong size) {
    auto& memory = memoryOf(stream);
    memory.bytes.replace(std::min(memory.at, memory.bytes.size()), size, static_cast<const char*>(data), size);
    memory.at += size;
    return size;
}
ZPOS64_T ZCALLBACK tellMemory(voidpf, voidpf stream) { return memoryOf(stream).at; }
long ZCALLBACK seekMemory(voidpf, voidpf stream, ZPOS64_T offset, int origin) {
    auto& memory = memoryOf(stream);
    memory.at = offset + (origin == ZLIB_FILEFUNC_SEEK_CUR   ? memory.at
                          : origin == ZLIB_FILEFUNC_SEEK_END ? memory.bytes.size()
                                                             : 0);
    return 0;
}
int ZCALLBACK nothing(voidpf, voidpf) { return 0; }

void add(zipFile archive, const ZipEntry& entry) {
    constexpr uLong kMadeByUnix = 0x0314, kNamesAreUtf8 = 0x0800, kBeginningOf1980 = 0x00210000;
    const zip_fileinfo info{.tmz_date = {},
                            .dosDate = kBeginningOf1980,
                            .internal_fa = 0,
                            .external_fa = (entry.executable ? 0100755ul : 0100644ul) << 16};
    const auto size = static_cast<unsigned>(entry.content.size());
    if (zipOpenNewFileInZip4_64(archive, entry.name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr, Z_DEFLATED,
                                Z_DEFAULT_COMPRESSION, 0, -MAX_WBITS, DEF_MEM_LEVEL, Z_DEFAULT_STRATEGY, nullptr, 0,
                                kMadeByUnix, kNamesAreUtf8, 0) != ZIP_OK ||
        zipWriteInFileInZip(archive, entry.content.data(), size) != ZIP_OK || zipCloseFileInZip(archive) != ZIP_OK)
        throw std::runtime_error("cannot pack " + entry.name);
}

}  // namespace

std::string zip(const std::vector<ZipEntry>& entries) {
    Memory memory;
    zlib_filefunc64_def functions{openMemory, readNothing, writeMemory, tellMemory,
                                  seekMemory, nothing,     nothing,     &memory};
    const zipFile archive = zipOpen2_64("", APPEND_STATUS_CREATE, nullptr, &functions);
    for (const auto& entry : entries) add(archive, entry);
    zipClose(archive, nullptr);
    return std::move(memory.bytes);
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

}  // namespace backlot::templates
