#include "emulator/store/usage.h"

#include <algorithm>
#include <cstring>
#include <memory>

namespace backlot {
namespace {

constexpr std::size_t kRowsAtOnce = 5'000;

/// What Key's first text part says, or the letter that a shorter form of key begins with. Keys that begin with a number
/// have none.
std::string kindOf(std::string_view key) {
    std::string kind;
    for (const char c : key) {
        if (c < 'A' || c > 'z' || kind.size() == 32) break;
        kind += c;
    }
    return kind;
}

}  // namespace

Space spaceOf(const Store& store) {
    const Txn txn(store.env(), Txn::Mode::read);
    MDB_env* env = store.env().handle();
    MDB_stat stat;
    MDB_envinfo info;
    mdb_env_stat(env, &stat);
    mdb_env_info(env, &info);
    constexpr MDB_dbi kFreePages = 0;  // LMDB's own table: a list of pages for each transaction that freed some
    MDB_cursor* opened = nullptr;
    check(mdb_cursor_open(txn.handle(), kFreePages, &opened), "mdb_cursor_open");
    const std::unique_ptr<MDB_cursor, void (*)(MDB_cursor*)> lists(opened, mdb_cursor_close);
    std::uint64_t free = 0;
    for (MDB_val key, list; mdb_cursor_get(lists.get(), &key, &list, MDB_NEXT) == 0;) {
        std::size_t count = 0;
        std::memcpy(&count, list.mv_data, sizeof count);
        free += count;
    }
    return {.file = (info.me_last_pgno + 1) * stat.ms_psize, .free = free * stat.ms_psize};
}

Usage::Usage(const Store& store) : store_(store) {
    for (const Table table : store.env().tables()) left_.push_back(store.env().nameOf(table));
}

bool Usage::step() {
    if (left_.empty()) return false;
    std::size_t rows = 0;
    const auto all = store_.env().tables();  // another store may have been loaded meanwhile
    const auto table =
        std::find_if(all.begin(), all.end(), [&](Table one) { return store_.env().nameOf(one) == left_.back(); });
    if (table != all.end()) {
        const Txn txn(store_.env(), Txn::Mode::read);
        Cursor cursor(txn, *table);
        auto& kinds = tables_[left_.back()];
        for (bool more = cursor.seek(from_); more; more = cursor.next()) {
            if (++rows > kRowsAtOnce) {
                from_ = cursor.key();
                return true;
            }
            auto& held = kinds[kindOf(cursor.key())];
            ++held.rows;
            held.bytes += cursor.key().size() + cursor.value().size();
        }
    }
    from_.clear();
    left_.pop_back();
    return !left_.empty();
}

}  // namespace backlot
