#pragma once
// Cases recorded on AWS, and published suites: read in place, in $BACKLOT_CONFORMANCE or ../shared/conformance beside
// the checkout. Where a file is not there the test that asked for it says so, and tests/run.sh counts it as skipped.

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace backlot::conformance {

inline std::filesystem::path folder() {
    if (const char* given = std::getenv("BACKLOT_CONFORMANCE")) return given;
    return std::filesystem::path(BACKLOT_SOURCE_DIR).parent_path() / "shared" / "conformance";
}

/// Says that the running test is skipped, once for each test.
inline void skip(const std::filesystem::path& missing) {
    std::printf("SKIPPED %s: there is no %s\n", doctest::getContextOptions()->currentTest->m_name, missing.c_str());
}

/// Whether the folder is there; false where the test is to return.
inline bool has(const std::string& name) {
    if (std::filesystem::is_directory(folder() / name)) return true;
    skip(folder() / name);
    return false;
}

/// The text of a file; nothing where the test is to return.
inline std::optional<std::string> text(const std::string& file) {
    std::ifstream in(folder() / file, std::ios::binary);
    if (in) return std::string(std::istreambuf_iterator<char>(in), {});
    skip(folder() / file);
    return std::nullopt;
}

}  // namespace backlot::conformance
