#pragma once
// How a process ends that finds its data damaged where it cannot go on: with words and a status of its own.

#include <lmdb.h>

#include <filesystem>
#include <string>

namespace backlot::damage {

/// The exit status of whoever finds the data damaged.
inline constexpr int kStatus = 8;

/// "Run 'backlot verify …'": what to do about damaged data, in one sentence.
std::string advice(const std::filesystem::path& folder);

/// From now on a fault in reading the map of this file (SIGBUS, SIGSEGV) ends the process with words that name it.
void watch(const void* owner, const std::filesystem::path& file);
void unwatch(const void* owner);

/// LMDB's answer to a tree that cannot be: for mdb_env_set_assert().
void explainAssertion(MDB_env* env, const char* message);

}  // namespace backlot::damage
