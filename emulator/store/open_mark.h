#pragma once
// Whether a data folder was open without --durable when its machine stopped. Then its file may be a mixture: pages
// reach the disk in any order until they are synced, and LMDB looks at the newest first page it finds.

#include <filesystem>

namespace backlot::open_mark {

/// Leaves the mark, on the disk when this returns. Throws std::runtime_error.
void set(const std::filesystem::path& folder);
/// After a sync of the data: takes the mark away.
void remove(const std::filesystem::path& folder);
/// True where the mark is there and of another run of the machine: it went down (or was restarted after a kill -9), and
/// nobody can say what of the last seconds had reached the disk.
bool isOfEarlierBoot(const std::filesystem::path& folder);
/// The names in the folder, and its own name and those above it, are on the disk.
void syncNames(const std::filesystem::path& folder);

}  // namespace backlot::open_mark
