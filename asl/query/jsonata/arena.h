#pragma once
// Memory of one evaluation: handed out in a row, given back all at once.

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "asl/query/jsonata/failure.h"
#include "emulator/base/stack.h"

namespace backlot::asl::jsonata {

/// Everything in it is trivially destructible, so values are copied like numbers and cycles between closures and their
/// scopes cost nothing. The first kilobytes lie inside the object: a small expression never reaches malloc.
class Arena {
public:
    explicit Arena(std::size_t limitBytes = std::size_t{256} << 20) : limit_(limitBytes) {}
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    /// Aligned for any value. Throws Failure when the limit is reached.
    void* allocate(std::size_t bytes) {
        bytes = (bytes + 15) & ~std::size_t{15};
        if (bytes > static_cast<std::size_t>(end_ - next_)) grow(bytes);
        void* result = next_;
        next_ += bytes;
        return result;
    }
    template <typename T, typename... Args>
    T* make(Args&&... args) {
        static_assert(std::is_trivially_destructible_v<T>);
        return new (allocate(sizeof(T))) T(std::forward<Args>(args)...);
    }
    /// Uninitialised room for `count` values.
    template <typename T>
    T* room(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>);
        if (count > limit_ / sizeof(T)) failTooLarge();
        return static_cast<T*>(allocate(count * sizeof(T)));
    }
    std::string_view keep(std::string_view text) {
        char* copy = room<char>(text.size());
        if (!text.empty()) std::memcpy(copy, text.data(), text.size());
        return {copy, text.size()};
    }

private:
    /// Chunks of 32 KiB and up, each twice the one before, to 4 MiB.
    void grow(std::size_t bytes) {
        const std::size_t chunk = std::max(bytes, std::size_t{32} << 10 << std::min<std::size_t>(chunks_.size(), 7));
        if (chunk > limit_ - used_) failTooLarge();
        used_ += chunk;
        chunks_.push_back(std::unique_ptr<char[]>(new char[chunk]));
        next_ = chunks_.back().get();
        end_ = next_ + chunk;
    }

    alignas(16) char first_[6144];
    char* next_ = first_;
    char* end_ = first_ + sizeof first_;
    std::size_t limit_, used_ = 0;
    std::vector<std::unique_ptr<char[]>> chunks_;
};

/// Bounds of one evaluation besides memory.
class Budget {
public:
    explicit Budget(std::int64_t steps) : left_(steps) {}
    void step() {
        if (--left_ < 0) failTooLong();
    }
    void steps(std::int64_t count) {
        if ((left_ -= count) < 0) failTooLong();
    }
    /// One level of recursion, for as long as it lives. C++ frames are bounded by it: nothing here recurses without
    /// one. The count makes the limit the same everywhere; the stack is asked for builds with very large frames, and
    /// small stacks.
    class Level {
    public:
        explicit Level(Budget& budget) : budget_(budget) {
            if (++budget_.depth_ > kDepthLimit || !mayRecurse()) {
                --budget_.depth_;
                failTooDeep();
            }
        }
        ~Level() { --budget_.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        Budget& budget_;
    };

private:
    static constexpr int kDepthLimit = 2400;
    std::int64_t left_;
    int depth_ = 0;
};

}  // namespace backlot::asl::jsonata
