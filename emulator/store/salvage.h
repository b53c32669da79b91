#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "emulator/store/check.h"
#include "emulator/store/file.h"

namespace backlot {

/// A data file that nobody writes meanwhile, read and never changed.
struct Offline {
    Descriptor file, lock;
    std::filesystem::path path;  // of the file
};
/// `path`: a data folder, or a file with a snapshot. Throws StoreError where there is none, or a process has it open.
Offline openOffline(const std::filesystem::path& path);

struct Salvaged {
    struct TableRows {
        std::string name;
        std::uint64_t saved = 0, expected = 0;  // expected: by the file's own count; 0 where that is lost too
        std::uint64_t lost() const { return expected > saved ? expected - saved : 0; }
    };
    std::vector<TableRows> tables;
    FileFacts source;
};
/// Writes every row that is whole into the new folder `into`, which must not be there or be empty.
Salvaged salvage(const Offline& source, const std::filesystem::path& into);

}  // namespace backlot
