#pragma once
// Files and folders as the store wants them: no link followed, no FIFO waited for, private to their owner.

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

namespace backlot {

/// A file descriptor that is closed with its owner.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor();
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_ = -1;
};

/// A regular file, for reading; nothing where there is none. `follow`: a link in the last place is followed.
/// Throws StoreError for whatever else lies there, and for what may not be read.
Descriptor openRegular(const std::filesystem::path& file, bool follow = false);
/// A new file for its owner alone. Throws StoreError where something lies there already.
Descriptor createPrivate(const std::filesystem::path& file);
std::uint64_t sizeOf(int fd);
/// Up to `size` bytes from `offset` on; fewer only at the end. Throws StoreError.
std::size_t readAt(int fd, char* into, std::size_t size, std::uint64_t offset);
/// All of `from` into the empty file `to`, its space asked for before. Throws StoreError: the disk is full.
void copyFile(int from, int to);
/// Renames, over what is there. Throws StoreError.
void moveFile(const std::filesystem::path& from, const std::filesystem::path& to);
/// What was made, renamed or removed in the folder is on the disk.
void syncFolder(const std::filesystem::path& folder);

/// A new folder for its owner alone, under a name that nobody can foresee; it goes with the object and all that is in
/// it.
class ScratchFolder {
public:
    ScratchFolder() = default;
    /// Throws StoreError.
    ScratchFolder(const std::filesystem::path& parent, const std::string& prefix);
    ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    ScratchFolder& operator=(ScratchFolder&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    ~ScratchFolder() { remove(); }
    void remove();
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// Removes what a process that was killed left of its scratch folders.
void removeScratch(const std::filesystem::path& parent, const std::string& prefix);

}  // namespace backlot
