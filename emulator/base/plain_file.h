#pragma once
// Files that somebody names: regular ones only. A folder reads as an empty text, a FIFO without a writer stops who
// opens it.

#include <cstddef>
#include <filesystem>
#include <string>

namespace backlot {

/// Opens a regular file for reading and answers its descriptor, which is the caller's; -1 where there is none.
/// `follow`: also through a link in the last place. Throws std::runtime_error, which names the file, for what is not
/// regular or not readable.
int openPlainFile(const std::filesystem::path& file, bool follow = true);

inline constexpr std::size_t kPlainFileLimitBytes = 256 << 20;
/// All that is in it. Throws std::runtime_error, which names the file: there is none, it is not regular or too long, or
/// reading failed.
std::string readPlainFile(const std::filesystem::path& file, std::size_t limitBytes = kPlainFileLimitBytes);

}  // namespace backlot
