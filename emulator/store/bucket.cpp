#include "emulator/store/bucket.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace backlot::bucket {
namespace {

void appendSized(std::string& out, std::string_view bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    out.append(reinterpret_cast<const char*>(&size), sizeof size);
    out += bytes;
}

std::string_view takeSized(std::string_view& from) {
    std::uint32_t size;
    if (from.size() < sizeof size) throw std::out_of_range("a bucket of long keys ends too early");
    std::memcpy(&size, from.data(), sizeof size);
    const auto result = from.substr(sizeof size, size);
    if (result.size() < size) throw std::out_of_range("a bucket of long keys ends too early");
    from.remove_prefix(sizeof size + size);
    return result;
}

}  // namespace

std::string keyFor(std::string_view longKey) {
    std::string key(longKey.substr(0, kPlainKeyLimit));
    key += '\0';
    return key;
}

Entries read(std::string_view value) {
    Entries entries;
    while (!value.empty()) {
        const auto rest = takeSized(value);
        entries.emplace_back(rest, takeSized(value));
    }
    return entries;
}

std::string write(const Entries& entries) {
    std::string value;
    for (const auto& [rest, content] : entries) {
        appendSized(value, rest);
        appendSized(value, content);
    }
    return value;
}

std::size_t position(const Entries& entries, std::string_view rest) {
    const auto place = std::lower_bound(entries.begin(), entries.end(), rest,
                                        [](const auto& entry, std::string_view r) { return entry.first < r; });
    return static_cast<std::size_t>(place - entries.begin());
}

}  // namespace backlot::bucket
