#include "emulator/base/process_tree.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string_view>

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

struct End {
    in_addr address{};
    std::uint16_t port = 0;
};

std::optional<End> endOf(const std::string& text) {
    End end;
    const auto colon = text.rfind(':');
    if (colon == std::string::npos || ::inet_pton(AF_INET, text.substr(0, colon).c_str(), &end.address) != 1)
        return std::nullopt;
    end.port = static_cast<std::uint16_t>(std::atoi(text.c_str() + colon + 1));
    return end;
}

/// The inode of the TCP socket with these two ends, the first its own; 0 where its process has closed it, nothing where
/// there is none or the kernel does not say. One look-up: /proc/net/tcp takes milliseconds, and misses some.
std::optional<std::uint32_t> inodeOf(const End& own, const End& other) {
    const int file = ::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (file < 0) return std::nullopt;
    struct {
        nlmsghdr header;
        inet_diag_req_v2 wanted;
    } question{};
    question.header.nlmsg_len = sizeof question;
    question.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
    question.header.nlmsg_flags = NLM_F_REQUEST;
    question.wanted.sdiag_family = AF_INET;
    question.wanted.sdiag_protocol = IPPROTO_TCP;
    question.wanted.idiag_states = ~0u;
    question.wanted.id.idiag_sport = htons(own.port);
    question.wanted.id.idiag_dport = htons(other.port);
    question.wanted.id.idiag_src[0] = own.address.s_addr;
    question.wanted.id.idiag_dst[0] = other.address.s_addr;
    for (auto& part : question.wanted.id.idiag_cookie) part = INET_DIAG_NOCOOKIE;
    alignas(nlmsghdr) char answer[2048];
    ssize_t size = ::send(file, &question, sizeof question, 0);
    if (size > 0) size = ::recv(file, answer, sizeof answer, 0);  // the kernel has answered by now
    ::close(file);
    const auto* header = reinterpret_cast<const nlmsghdr*>(answer);
    if (size < static_cast<ssize_t>(NLMSG_SPACE(sizeof(inet_diag_msg))) || header->nlmsg_type != SOCK_DIAG_BY_FAMILY)
        return std::nullopt;
    return static_cast<const inet_diag_msg*>(NLMSG_DATA(header))->idiag_inode;
}

}  // namespace

std::vector<int> processesOf(int pid, std::size_t most, Threads threads) {
    std::vector<int> pids{pid};
    const auto addChildren = [&](const std::string& thread) {
        std::ifstream children(thread + "/children");
        for (int child; pids.size() < most && children >> child;) pids.push_back(child);
    };
    for (std::size_t i = 0; i < pids.size() && pids.size() < most; ++i) {
        const std::string name = std::to_string(pids[i]), folder = "/proc/" + name + "/task/";
        if (threads == Threads::first)
            addChildren(folder + name);
        else
            for (const auto& thread : numbersIn(folder)) addChildren(folder + thread);
    }
    return pids;
}

PeerOwner ownerOf(const std::string& peer, std::uint16_t port, const std::vector<int>& processes) {
    const auto theirs = endOf(peer);
    const End ours{{htonl(INADDR_LOOPBACK)}, port};
    if (!theirs) return PeerOwner::unknown;
    const auto inode = inodeOf(*theirs, ours);
    if (!inode && !inodeOf(ours, {})) return PeerOwner::somebodyElse;  // not even our listener: the kernel does not say
    if (!inode || *inode == 0) return PeerOwner::unknown;
    const std::string wanted = "socket:[" + std::to_string(*inode) + "]";
    for (const int pid : processes) {
        const std::string files = "/proc/" + std::to_string(pid) + "/fd/";
        for (const auto& file : numbersIn(files)) {
            char target[64];
            const ssize_t size = ::readlink((files + file).c_str(), target, sizeof target);
            if (size > 0 && std::string_view(target, static_cast<std::size_t>(size)) == wanted)
                return PeerOwner::oneOfThem;
        }
    }
    return PeerOwner::somebodyElse;
}

}  // namespace backlot
