#pragma once
// Reads a data file page by page, by offsets that are all checked, without LMDB: nothing that lies in it can lead this
// reader astray, let it loop or end the process. What it finds whole, LMDB can be trusted with.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backlot {

/// A table as the file has it.
struct TableFacts {
    std::string name;
    std::uint64_t rows = 0, bytes = 0;  // that were read: keys and values
    std::uint64_t expected = 0;         // rows, by the file's own count
};

struct FileFacts {
    int format = 0;  // 0: no format is named
    std::uint64_t pages = 0, freePages = 0;
    std::vector<TableFacts> tables;  // in order of their names
    /// What is damaged, in words; the first kFindingsKept of them.
    std::vector<std::string> findings;
    std::uint64_t damages = 0;
    bool whole() const { return damages == 0; }
};
inline constexpr std::size_t kFindingsKept = 200;

struct CheckOptions {
    /// Called with each row that is whole, by table in order of keys, a bucket of long keys as one row. `value` is
    /// without its checksum. The views are good during the call.
    std::function<void(const std::string& table, std::string_view key, std::string_view value)> row = {};
    /// Rows on pages that no tree leads to any more, but that are not free either, are given to `row` too, after all
    /// others and in any order: what lay behind a damaged page. Not where the list of free pages is damaged itself:
    /// what was erased would come back.
    bool orphans = false;
};

/// Reads everything in the file; `shown` names it in what is thrown: DamageError where nothing in it can be read as
/// Backlot's.
FileFacts checkFile(int file, const std::string& shown, const CheckOptions& options = {});

/// Throws where the file cannot be opened for good: DamageError for damage, StoreError for another format. `shown`
/// names it.
void refuseUnlessWhole(const FileFacts& facts, const std::string& shown);

}  // namespace backlot
