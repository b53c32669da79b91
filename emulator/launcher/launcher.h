#pragma once
// The program between Backlot and a function's process: Backlot's binary carries it within itself
// (emulator/http/sandbox.h) and spawns it in place of the function. It makes the function's surroundings, starts the
// function in them, waits for its end, and ends in the same manner. Whoever is left below it then is killed, and all
// below it when Backlot itself goes.
//
//   Backlot ──spawn──► launcher ──fork──► init of a pid namespace ──fork──► function
//                             ╰─────── without namespaces ────────fork──► function
//
// Linked statically against the C library alone, and small: a cold start is waiting for it.
// Differs: on AWS a function has a machine of its own; here it shares the kernel and the network of this one.

#include <cstddef>
#include <cstdint>

namespace backlot::launcher {

inline constexpr int kReportFile = 3;   // where a start that failed is told: text, and nothing where all went well
inline constexpr int kProgramFile = 4;  // the launcher's own program
inline constexpr int kMostHidden = 16;

/// What is to be done, as the command line says it: `launcher PARENT name=value… -- command…`.
struct Plan {
    int parent = 0;      // Backlot's pid
    bool probe = false;  // try everything, print what can be had, run nothing
    bool namespaces = false, ownProc = false, landlock = false, seccomp = false, confined = false;
    const char* folder = "/";         // where the function starts
    const char* task = nullptr;       // seen as /var/task
    const char* runtime = nullptr;    // seen as /var/runtime
    const char* temporary = nullptr;  // its folder for temporary files where it has no /tmp of its own
    std::uint64_t temporaryBytes = 512ull << 20;
    unsigned processes = 1024, files = 1024;  // Source: AWS Lambda Developer Guide, "Lambda quotas"
    const char* hidden[kMostHidden] = {};
    int hiddenCount = 0;
    char** command = nullptr;
};

/// A step that failed ends the process that took it; what it was is told to Backlot.
[[noreturn]] void fail(const char* what);

/// An absolute path of at most this many bytes, put together.
struct Path {
    char text[4096];
    explicit Path(const char* a, const char* b = "", const char* c = "");
    operator const char*() const { return text; }
};

// --- namespaces.cpp --------------------------------------------------------------------------------------

/// New user, mount, pid and IPC namespaces; the process keeps its user and group ids and has all capabilities within.
void enterNamespaces();
/// The file system as the function sees it: the machine's read-only, /var/task, /var/runtime, a /tmp of its own, the
/// few devices that AWS has, nothing of /run, of other functions or of what is hidden. Called by the first process in
/// it.
void makeRoot(const Plan& plan);

// --- rules.cpp -------------------------------------------------------------------------------------------

void limitResources(const Plan& plan);
/// None is left and none can come back by way of a program with the setuid bit.
void dropCapabilities();
/// Landlock's version, 0 where there is none.
int landlockVersion();
/// Signals and abstract sockets reach the function's own processes only; without namespaces files too follow the plan.
void restrictByLandlock(const Plan& plan);
/// System calls that no function needs and that the kernel is attacked by.
bool canFilter();
void filterCalls();

// --- supervision.cpp -------------------------------------------------------------------------------------

/// Blocks the signals that supervise() waits for; called before the first fork.
void prepareSupervision();
/// Waits for the end of `child`, kills what is left below this process, and gives `child`'s status.
int supervise(int child);
/// Ends as a process with that status ended.
[[noreturn]] void endAs(int status);

}  // namespace backlot::launcher
