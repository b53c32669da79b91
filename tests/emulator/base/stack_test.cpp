#include "emulator/base/stack.h"

#include <doctest/doctest.h>
#include <pthread.h>

#include <cstddef>

using namespace backlot;

namespace {

constexpr std::size_t kSize = 512 * 1024;

/// Uses some stack at each level until it may not go on.
std::size_t levels(std::size_t depth) {
    volatile char used[512];
    used[0] = static_cast<char>(depth);
    if (!mayRecurse()) return depth;
    const auto reached = levels(depth + 1);
    return reached + static_cast<std::size_t>(used[0] - used[0]);
}

}  // namespace

TEST_CASE("a recursion that asks ends before the stack does, on a thread with a small one too") {
    struct Seen {
        std::size_t left = 0, reached = 0;
    } seen;
    pthread_attr_t attributes;
    REQUIRE(pthread_attr_init(&attributes) == 0);
    REQUIRE(pthread_attr_setstacksize(&attributes, kSize) == 0);
    pthread_t thread;
    const auto run = [](void* at) -> void* {
        auto& out = *static_cast<Seen*>(at);
        out.left = stackLeft();
        out.reached = levels(0);
        return nullptr;
    };
    REQUIRE(pthread_create(&thread, &attributes, run, &seen) == 0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    CHECK(seen.left > 0);
    CHECK(seen.left < kSize);
    CHECK(seen.reached > 10);
    CHECK(seen.reached < kSize / 512);
    CHECK(stackLeft() > 0);  // and this thread has its own
}
