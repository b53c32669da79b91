#pragma once
// What a drain has taken up, to be put back where the store refuses its commit; and how the world goes on meanwhile.

#include <algorithm>

#include "emulator/world/waits.h"

namespace backlot {

struct World::Hand {
    /// Sent after the commit. What it answers is a request of this drain, or a wait that is set aside.
    struct Answer {
        std::function<void(Outcome)> done;
        Outcome outcome;
        std::optional<std::size_t> request;
        Waits::Entry* wait = nullptr;
    };
    std::vector<Submission> requests;   // as they came, but for what their answer or their wait has of them
    std::vector<Waits::Entry*> parked;  // the waits that this drain's requests and jobs left
    std::vector<Answer> answers;
    std::size_t units = 0;   // requests, jobs and asks run
    std::size_t record = 0;  // entries of the record that waited before

    void clear() {
        requests.clear();
        parked.clear();
        answers.clear();
        units = 0;
    }
};

/// From a commit that the store refused to the next that it takes. Each request, job and ask has a commit of its own
/// then, so that each ends as it would alone: reads go on, a request that cannot be stored is answered with an error.
/// What nobody can be told of (jobs, their answers, reports of what ended outside) is tried again, after a pause that
/// grows.
struct World::Trouble {
    static constexpr std::chrono::milliseconds kFirstPause{50}, kLongestPause{1000};
    std::chrono::milliseconds pause{0};
    SteadyTime retryAt = std::chrono::steady_clock::now();

    bool mayRetry() const { return std::chrono::steady_clock::now() >= retryAt; }
    void wait() {
        pause = std::clamp(2 * pause, kFirstPause, kLongestPause);
        retryAt = std::chrono::steady_clock::now() + pause;
    }
};

/// What a request is answered whose work the store did not take.
inline AwsError cannotStore(const char* why) {
    return AwsError("InternalFailure", std::string("Backlot cannot store this: ") + why, 500);
}

}  // namespace backlot
