#include "emulator/base/process_tree.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace backlot {
namespace {

/// The names in a folder of /proc that are numbers.
std::vector<std::string> numbersIn(const std::string& folder) {
    std::vector<std::string> names;
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(::opendir(folder.c_str()), ::closedir);
    while (const dirent* entry = entries ? ::readdir(entries.get()) : nullptr)
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') names.emplace_back(entry->d_name);
    return names;
}

/// An address as /proc/net writes it, and as it writes it where a socket of IPv6 speaks IPv4; empty: not an address of IPv4.
struct Written {
    std::string four, six;
};

Written written(const std::string& peer) {
    const auto colon = peer.rfind(':');
    in_addr address{};
    if (colon == std::string::npos || ::inet_pton(AF_INET, peer.substr(0, colon).c_str(), &address) != 1) return {};
    char four[16], text[64];
    std::snprintf(four, sizeof four, "%08X:%04X", address.s_addr, static_cast<unsigned>(std::atoi(peer.c_str() + colon + 1)));
    std::snprintf(text, sizeof text, "0000000000000000FFFF0000%s", four);
    return {four, text};
}

/// The inode of the socket with that local address and that port at its other end; "0" where its process has closed it.
std::string inodeOf(const char* table, const std::string& local, std::uint16_t port) {
    char end[8];
    std::snprintf(end, sizeof end, ":%04X", port);
    std::ifstream file(table);
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::string number, address, remote, field;
        fields >> number >> address >> remote;
        if (address != local || !remote.ends_with(end)) continue;
        for (int skipped = 0; skipped < 6; ++skipped) fields >> field;   // to "inode"
        fields >> field;
        return field;
    }
    return {};
}

}  // namespace

std::vector<int> processesOf(int pid, std::size_t most) {
    std::vector<int> pids{pid};
    for (std::size_t i = 0; i < pids.size() && pids.size() < most; ++i) {
        const std::string threads = "/proc/" + std::to_string(pids[i]) + "/task/";
        for (const auto& thread : numbersIn(threads)) {
            std::ifstream children(threads + thread + "/children");
            for (int child; pids.size() < most && children >> child;) pids.push_back(child);
        }
    }
    return pids;
}

PeerOwner ownerOf(const std::string& peer, std::uint16_t port, const std::vector<int>& processes) {
    const Written address = written(peer);
    if (address.four.empty()) return PeerOwner::unknown;
    std::string inode = inodeOf("/proc/net/tcp", address.four, port);
    if (inode.empty()) inode = inodeOf("/proc/net/tcp6", address.six, port);
    if (inode.empty() || inode == "0") return PeerOwner::unknown;
    const std::string wanted = "socket:[" + inode + "]";
    for (const int pid : processes) {
        const std::string files = "/proc/" + std::to_string(pid) + "/fd/";
        for (const auto& file : numbersIn(files)) {
            char target[64];
            const ssize_t size = ::readlink((files + file).c_str(), target, sizeof target);
            if (size > 0 && std::string_view(target, static_cast<std::size_t>(size)) == wanted) return PeerOwner::oneOfThem;
        }
    }
    return PeerOwner::somebodyElse;
}

}  // namespace backlot
