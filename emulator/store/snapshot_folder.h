#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/store/file.h"
#include "emulator/store/store.h"

namespace backlot {

/// An instance's own folder of saved files, by name: no name leads out of it, and a link that somebody planted in it
/// is not followed. Calls may come from any thread, but of those that write one name, one at a time.
class SnapshotFolder {
public:
    /// Made when it is first needed, for its owner alone. Empty: one under the temporary folder, which goes with the
    /// object.
    explicit SnapshotFolder(std::filesystem::path folder) : folder_(std::move(folder)) {}

    struct Entry {
        std::string name;
        std::uint64_t bytes = 0;
    };
    /// 1 to 128 letters, digits, '.', '_' and '-', the first of them no '.'.
    static bool isName(std::string_view name);
    std::vector<Entry> list();
    /// In the place of what has that name. Answers its bytes. Throws StoreError.
    std::uint64_t save(const std::string& name, const Saving& contents);
    /// For reading; nothing where there is none. Throws StoreError for what is no regular file.
    Descriptor open(const std::string& name);
    /// False where there was none.
    bool remove(const std::string& name);
    /// Takes a file that comes in portions, in order, from offset 0 to `total`; it has its name once it is complete,
    /// which is what true says. Throws StoreError where a portion is not the next one, or the disk is full.
    bool receive(const std::string& name, std::uint64_t offset, std::uint64_t total, std::string_view portion);

private:
    const std::filesystem::path& path();
    std::filesystem::path fileOf(const std::string& name) { return path() / (name + ".snapshot"); }
    std::filesystem::path folder_;
    ScratchFolder scratch_;
    std::once_flag made_;
};

}  // namespace backlot
