#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace backlot {

enum class Threads { all, first };
/// A process and all below it, itself first; at most `most` of them. Of each the children of all its threads, or
/// quicker, of its first one.  Source: proc(5), /proc/PID/task/TID/children.
std::vector<int> processesOf(int pid, std::size_t most, Threads threads = Threads::all);

enum class PeerOwner { oneOfThem, somebodyElse, unknown };
/// Who of this machine holds the TCP connection that comes from `peer` ("127.0.0.1:52011") to the `port` that we listen
/// on at 127.0.0.1. Unknown: nobody does any more, or it comes from another machine. Where the kernel does not tell,
/// somebody else.  Source: sock_diag(7).
PeerOwner ownerOf(const std::string& peer, std::uint16_t port, const std::vector<int>& processes);

}  // namespace backlot
