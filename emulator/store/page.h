#pragma once
// LMDB's file format, version 1, as liblmdb 0.9 writes it on little-endian 64-bit machines (mdb.c: MDB_page,
// MDB_node, MDB_db, MDB_meta). Views over one page that was read; whoever uses a node has asked Page::problem()
// before.

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backlot::page {

inline constexpr std::size_t kHeadBytes = 16, kNodeHeadBytes = 8, kDatabaseBytes = 48;
inline constexpr std::uint64_t kNoPage = ~std::uint64_t(0);
enum Flag : std::uint16_t { branch = 1, leaf = 2, overflow = 4, meta = 8 };
enum NodeFlag : std::uint16_t { bigData = 1, subDatabase = 2 };

template <typename Number>
Number number(std::string_view bytes, std::size_t at) {
    Number value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// What a tree is, as its record says.
struct Database {
    std::uint16_t flags = 0, depth = 0;
    std::uint64_t branchPages = 0, leafPages = 0, overflowPages = 0, entries = 0, root = kNoPage;
};
inline Database database(std::string_view bytes) {
    return {number<std::uint16_t>(bytes, 4),  number<std::uint16_t>(bytes, 6),  number<std::uint64_t>(bytes, 8),
            number<std::uint64_t>(bytes, 16), number<std::uint64_t>(bytes, 24), number<std::uint64_t>(bytes, 32),
            number<std::uint64_t>(bytes, 40)};
}

struct Meta {
    std::uint32_t pageBytes = 0;
    std::uint64_t lastPage = 0, transaction = 0;
    Database freeList, main;
};
inline constexpr std::size_t kMetaBytes = kHeadBytes + 136;
/// What the first bytes of page 0 or 1 say; nothing where they are none of LMDB's.
std::optional<Meta> readMeta(std::string_view bytes, std::uint64_t page);

struct Node {
    std::string_view key;
    std::uint16_t flags = 0;
    std::uint64_t child = 0;  // of a branch
    std::uint64_t size = 0;   // of a leaf's value
    std::string_view value;   // in the page: the value, or where it is big, the number of its first page
};

class Page {
public:
    explicit Page(std::string_view bytes) : bytes_(bytes) {}
    std::uint64_t number() const { return page::number<std::uint64_t>(bytes_, 0); }
    std::uint16_t flags() const { return page::number<std::uint16_t>(bytes_, 10); }
    std::uint32_t overflowPages() const { return page::number<std::uint32_t>(bytes_, 12); }
    std::size_t nodes() const { return (lower() - kHeadBytes) / 2; }
    Node node(std::size_t index) const;
    /// What makes this no branch or leaf that could be read as page `expected`; empty where nothing does.
    std::string problem(std::uint64_t expected) const;

private:
    std::size_t lower() const { return page::number<std::uint16_t>(bytes_, 12); }
    std::size_t upper() const { return page::number<std::uint16_t>(bytes_, 14); }
    std::size_t place(std::size_t index) const { return page::number<std::uint16_t>(bytes_, kHeadBytes + 2 * index); }
    std::string_view bytes_;
};

}  // namespace backlot::page
