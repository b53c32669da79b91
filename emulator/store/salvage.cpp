#include "emulator/store/salvage.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "emulator/store/lock_file.h"
#include "emulator/store/row_writer.h"

namespace backlot {

Offline openOffline(const std::filesystem::path& path) {
    Offline result{.path = path};
    if (std::filesystem::is_directory(path)) {
        result.path = path / kDataFile;
        const auto lock = path / kLockFile;
        result.lock = openRegular(lock);
        if (result.lock && ::flock(result.lock.get(), LOCK_SH | LOCK_NB) != 0)
            throw StoreError("the data folder " + path.string() + " is in use: stop the process that has it");
    }
    result.file = openRegular(result.path, true);
    if (!result.file) throw StoreError("there is no file " + result.path.string());
    return result;
}

Salvaged salvage(const Offline& source, const std::filesystem::path& into) {
    std::error_code error;
    if (::mkdir(into.c_str(), 0700) != 0 && (errno != EEXIST || !std::filesystem::is_empty(into, error) || error))
        throw StoreError("cannot make the folder " + into.string() + ": " + std::strerror(errno ? errno : ENOTEMPTY));
    std::map<std::string, std::uint64_t> saved;
    Salvaged result;
    {
        Environment environment(into, {.mapBytes = StoreOptions().mapBytes});
        RowWriter writer(environment);
        const CheckOptions options{
            .row = [&](const std::string& table, std::string_view key,
                       std::string_view value) { saved[table] += writer.add(table, key, value); },
            .orphans = true};
        result.source = checkFile(source.file.get(), source.path.string(), options);
        if (result.source.format != 0 && result.source.format != kFormatVersion)
            refuseUnlessWhole(result.source, source.path.string());
        writer.finish(true);
    }
    for (const auto& table : result.source.tables) {
        const std::uint64_t format = table.name == kMetaTable && table.expected > 0 ? 1 : 0;  // is written anew
        result.tables.push_back({table.name, saved[table.name] + format, table.expected});
        saved.erase(table.name);
    }
    for (const auto& [name, rows] : saved) result.tables.push_back({name, rows, 0});
    return result;
}

}  // namespace backlot
