#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emulator/base/outside.h"

namespace backlot::lambda {

/// Where functions' archives lie unpacked, by the hash of their bytes, and where instances have their /tmp. One folder
/// a process, made at first use and removed with the process; what a killed process left is removed by the next one.
class CodeFolders {
public:
    CodeFolders(Outside& outside, std::filesystem::path below) : outside_(outside), below_(std::move(below)) {}
    ~CodeFolders();
    CodeFolders(const CodeFolders&) = delete;
    CodeFolders& operator=(const CodeFolders&) = delete;

    bool has(const std::string& sha) const;
    /// Calls back with the folder, now or after a helper thread has unpacked the archive; with an empty path where that
    /// failed.
    void provide(const std::string& sha, std::shared_ptr<const std::string> zip,
                 std::function<void(std::filesystem::path)> done);
    /// A new empty folder.
    std::filesystem::path temporary();
    /// Our clients of the Runtime API, written out for the interpreters to read.
    std::filesystem::path runtimeClient(std::string_view name, std::string_view text);
    /// Everything lies in it.
    const std::filesystem::path& root();

private:
    struct Entry {
        bool ready = false;
        std::filesystem::path folder;
        std::vector<std::function<void(std::filesystem::path)>> waiting;
    };

    Outside& outside_;
    std::filesystem::path below_, root_;
    int lock_ = -1;
    std::uint64_t temporaries_ = 0;
    std::map<std::string, Entry> entries_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace backlot::lambda
