#include "emulator/store/damage.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

#include "emulator/store/environment.h"

namespace backlot::damage {
namespace {

/// A map that is watched. What a signal handler reads lies still: `begin` is written last and cleared first.
struct Watched {
    const void* owner = nullptr;
    volatile std::uintptr_t begin = 0, end = 0;
    char words[768] = {};
};
std::array<Watched, 8> watched;  // the world's, one that is being loaded, those that copies are made of
std::mutex watching;
struct sigaction formerBus, formerSegv;

void say(const char* text) { [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, std::strlen(text)); }

/// Reading a map past the end of its file, or what the disk cannot read, is a SIGBUS; a damaged page may lead anywhere.
/// There is no way back from either, but there are words. Any other fault is what it was before.
void explainFault(int signal, siginfo_t* info, void*) {
    const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
    for (const auto& map : watched)
        if (map.begin && at >= map.begin && at < map.end) {
            say(map.words);
            _exit(kStatus);
        }
    ::sigaction(signal, signal == SIGBUS ? &formerBus : &formerSegv, nullptr);  // and the instruction runs again
}

void installHandlers() {
    struct sigaction action {};
    action.sa_sigaction = explainFault;
    action.sa_flags = SA_SIGINFO;
    ::sigaction(SIGBUS, &action, &formerBus);
    ::sigaction(SIGSEGV, &action, &formerSegv);
}

/// Where the file is mapped. LMDB does not say.
std::pair<std::uintptr_t, std::uintptr_t> mapOf(const std::string& file) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> maps(std::fopen("/proc/self/maps", "re"), std::fclose);
    char line[4096 + 128];
    while (maps && std::fgets(line, sizeof line, maps.get())) {
        line[std::strcspn(line, "\n")] = '\0';
        const char* path = std::strchr(line, '/');
        unsigned long begin = 0, end = 0;
        if (path && file == path && std::sscanf(line, "%lx-%lx", &begin, &end) == 2) return {begin, end};
    }
    return {0, 0};
}

}  // namespace

std::string advice(const std::filesystem::path& folder) {
    return "Run 'backlot verify " + folder.string() + "' for what is damaged, and 'backlot salvage " + folder.string() +
           "' to save what is whole.";
}

void watch(const void* owner, const std::filesystem::path& file) {
    static std::once_flag installed;
    std::call_once(installed, installHandlers);
    std::error_code error;
    const auto [begin, end] = mapOf(std::filesystem::weakly_canonical(file, error).string());
    const std::lock_guard lock(watching);
    for (auto& map : watched) {
        if (map.owner) continue;
        map.owner = owner;
        std::snprintf(
            map.words, sizeof map.words,
            "backlot: the data in %s is damaged: it was cut off, cannot be read, or leads nowhere.\nbacklot: %s\n",
            file.c_str(), advice(file.parent_path()).c_str());
        map.end = end;
        map.begin = begin;
        return;
    }
}

void unwatch(const void* owner) {
    const std::lock_guard lock(watching);
    for (auto& map : watched) {
        if (map.owner != owner) continue;
        map.begin = 0;
        map.owner = nullptr;
    }
}

void explainAssertion(MDB_env* env, const char* message) {
    const auto* environment = static_cast<const Environment*>(mdb_env_get_userctx(env));
    const std::filesystem::path file = environment->file();
    const std::string words = "backlot: the data in " + file.string() + " is damaged: LMDB cannot go on (" + message +
                              ").\nbacklot: " + advice(file.parent_path()) + "\n";
    say(words.c_str());
    _exit(kStatus);
}

}  // namespace backlot::damage
