#include "emulator/base/unread.h"

#include <set>

namespace backlot {
namespace {

void gather(const Json& value, const std::string& path, const Reading& reading, std::set<std::string>& unread) {
    if (value.IsArray()) {
        for (const auto& element : value.GetArray()) gather(element, path, reading, unread);
    } else if (value.IsObject() && reading.isByName(&value)) {
        for (const auto& member : value.GetObject()) {
            const std::string name = (path.empty() ? "" : path + ".") + text(member.name);
            if (reading.isAsked(&member.value))
                gather(member.value, name, reading, unread);
            else
                unread.insert(name);
        }
    }
}

}  // namespace

std::vector<std::string> unreadMembers(const Json& request, const Reading& reading) {
    std::set<std::string> unread;
    gather(request, {}, reading, unread);
    return {unread.begin(), unread.end()};
}

}  // namespace backlot
