#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace backlot::templates {

struct ZipEntry {
    std::string name;  // with '/', relative
    std::string content;
    bool executable = false;
};

/// A zip archive in memory, deflated; no time stamps, so that equal files give equal bytes.
std::string zip(const std::vector<ZipEntry>& entries);

/// All regular files under `folder`, sorted by name; links are not followed, names beginning with '.' are left out.
/// Throws std::runtime_error where there is no such folder, a file cannot be read, or all of it is over 250 MB.
std::vector<ZipEntry> filesUnder(const std::filesystem::path& folder);

}  // namespace backlot::templates
