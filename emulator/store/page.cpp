#include "emulator/store/page.h"

namespace backlot::page {
namespace {

constexpr std::uint32_t kMagic = 0xbeefc0de, kVersion = 1;
constexpr std::uint16_t kIntegerKeys = 8;  // of the free list: its keys are transactions

bool isPageSize(std::uint32_t bytes) { return bytes >= 512 && bytes <= 65536 && (bytes & (bytes - 1)) == 0; }

}  // namespace

std::optional<Meta> readMeta(std::string_view bytes, std::uint64_t page) {
    if (bytes.size() < kMetaBytes || number<std::uint64_t>(bytes, 0) != page ||
        number<std::uint16_t>(bytes, 10) != Flag::meta)
        return std::nullopt;
    const auto body = bytes.substr(kHeadBytes);
    if (number<std::uint32_t>(body, 0) != kMagic || number<std::uint32_t>(body, 4) != kVersion) return std::nullopt;
    Meta meta{.pageBytes = number<std::uint32_t>(body, 24),
              .lastPage = number<std::uint64_t>(body, 24 + 2 * kDatabaseBytes),
              .transaction = number<std::uint64_t>(body, 32 + 2 * kDatabaseBytes),
              .freeList = database(body.substr(24)),
              .main = database(body.substr(24 + kDatabaseBytes))};
    if (!isPageSize(meta.pageBytes) || meta.freeList.flags != kIntegerKeys || meta.main.flags != 0 || meta.lastPage < 1)
        return std::nullopt;
    return meta;
}

Node Page::node(std::size_t index) const {
    const std::size_t at = place(index);
    const auto low = page::number<std::uint16_t>(bytes_, at), high = page::number<std::uint16_t>(bytes_, at + 2);
    const auto flags = page::number<std::uint16_t>(bytes_, at + 4),
               keyBytes = page::number<std::uint16_t>(bytes_, at + 6);
    const std::uint64_t number = low | std::uint64_t(high) << 16;
    Node node{.key = bytes_.substr(at + kNodeHeadBytes, keyBytes), .flags = flags};
    if (this->flags() & Flag::branch) {
        node.child = number | std::uint64_t(flags) << 32;
        return node;
    }
    node.size = number;
    node.value =
        bytes_.substr(at + kNodeHeadBytes + keyBytes, flags & NodeFlag::bigData ? sizeof(std::uint64_t) : number);
    return node;
}

std::string Page::problem(std::uint64_t expected) const {
    if (number() != expected) return "says it is page " + std::to_string(number());
    const auto kind = flags();
    if (kind != Flag::branch && kind != Flag::leaf) return "is neither a branch nor a leaf";
    if (lower() < kHeadBytes + 2 || lower() % 2 || lower() > upper() || upper() > bytes_.size())
        return "has a head that cannot be";
    for (std::size_t i = 0; i < nodes(); ++i) {
        const std::size_t at = place(i);
        if (at < upper() || at + kNodeHeadBytes > bytes_.size()) return "has a node outside itself";
        std::size_t needed = kNodeHeadBytes + page::number<std::uint16_t>(bytes_, at + 6);
        if (kind == Flag::leaf) {
            const auto flags = page::number<std::uint16_t>(bytes_, at + 4);
            if (flags & ~(NodeFlag::bigData | NodeFlag::subDatabase)) return "has a node of an unknown kind";
            needed += flags & NodeFlag::bigData ? sizeof(std::uint64_t)
                                                : page::number<std::uint16_t>(bytes_, at) |
                                                      std::size_t(page::number<std::uint16_t>(bytes_, at + 2)) << 16;
        }
        if (at + needed > bytes_.size()) return "has a node that goes beyond its end";
    }
    return {};
}

}  // namespace backlot::page
