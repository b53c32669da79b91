#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace backlot {

/// A process and all below it, itself first; at most `most` of them.  Source: proc(5), /proc/PID/task/TID/children.
std::vector<int> processesOf(int pid, std::size_t most);

enum class PeerOwner { oneOfThem, somebodyElse, unknown };
/// Who of this machine holds the TCP connection that comes from `peer` ("127.0.0.1:52011") to our `port`. Unknown: nobody
/// does any more, or it comes from another machine.  Source: proc(5), /proc/net/tcp.
PeerOwner ownerOf(const std::string& peer, std::uint16_t port, const std::vector<int>& processes);

}  // namespace backlot
