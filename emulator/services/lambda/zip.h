#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace backlot::lambda {

/// The archive is none, is damaged, or holds what a function's code may not hold. The message is for people.
struct BadZip : std::runtime_error {
    using std::runtime_error::runtime_error;
};

inline constexpr std::size_t kZippedLimitBytes = 50u << 20, kUnzippedLimitBytes = 250u << 20;

/// What the archive's directory says; nothing is unpacked.
struct ZipSummary {
    std::size_t entries = 0, unzippedBytes = 0;
};
/// Reads the directory alone. Refuses paths that lead outside, links, devices, encryption, duplicates, more than 250
/// MiB unzipped or 50 MiB zipped, and more than 100,000 entries. Throws BadZip.
ZipSummary inspectZip(std::string_view bytes);
/// Unpacks into `folder`, which must not be there yet and appears only when all of it is right: lengths and CRCs are
/// checked while writing. Without a folder it only checks. Throws BadZip, std::filesystem::filesystem_error.
void unzip(std::string_view bytes, const std::filesystem::path& folder);

}  // namespace backlot::lambda
