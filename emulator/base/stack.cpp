#include "emulator/base/stack.h"

#include <pthread.h>

#include <algorithm>

namespace backlot {
namespace {

constexpr std::size_t kReserve = 64 * 1024, kAssumed = 128 * 1024;

/// The lowest address that may be used. The first thread's stack grows up to its limit, which is asked for once.
const char* lowest() {
    const auto* here = static_cast<const char*>(__builtin_frame_address(0));
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return here - kAssumed;
    void* low = nullptr;
    std::size_t size = 0;
    const bool known = pthread_attr_getstack(&attributes, &low, &size) == 0;
    pthread_attr_destroy(&attributes);
    // A limit of "unlimited" makes no address of the low end: 64 MiB are enough for anybody.
    constexpr std::ptrdiff_t kMost = 64 * 1024 * 1024;
    return known ? std::max(static_cast<const char*>(low), here - kMost) : here - kAssumed;
}

}  // namespace

std::size_t stackLeft() {
    thread_local const char* const low = lowest() + kReserve;
    const auto left = static_cast<const char*>(__builtin_frame_address(0)) - low;
    return left > 0 ? static_cast<std::size_t>(left) : 0;
}

}  // namespace backlot
