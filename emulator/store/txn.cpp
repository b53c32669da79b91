#include <utility>

#include "emulator/store/bucket.h"
#include "emulator/store/store.h"

namespace backlot {
namespace {

void check(int rc, const char* what) {
    if (rc) throw StoreError(std::string(what) + ": " + mdb_strerror(rc));
}

MDB_val val(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
std::string_view bytes(const MDB_val& value) { return {static_cast<const char*>(value.mv_data), value.mv_size}; }

std::optional<std::string_view> plainGet(MDB_txn* txn, Table table, std::string_view key) {
    MDB_val k = val(key), v;
    const int rc = mdb_get(txn, table.id, &k, &v);
    if (rc == MDB_NOTFOUND) return std::nullopt;
    check(rc, "mdb_get");
    return bytes(v);
}

}  // namespace

Txn::Txn(MDB_env* env, Mode mode) { check(mdb_txn_begin(env, nullptr, mode == Mode::read ? MDB_RDONLY : 0, &txn_), "mdb_txn_begin"); }

Txn::~Txn() {
    if (txn_) mdb_txn_abort(txn_);
}

void Txn::commit() { check(mdb_txn_commit(std::exchange(txn_, nullptr)), "mdb_txn_commit"); }

std::optional<std::string_view> Txn::get(Table table, std::string_view key) const {
    if (!bucket::isLong(key)) return key.empty() ? std::nullopt : plainGet(txn_, table, key);
    const auto value = plainGet(txn_, table, bucket::keyFor(key));
    if (!value) return std::nullopt;
    const auto entries = bucket::read(*value);
    const auto place = bucket::position(entries, bucket::rest(key));
    if (place == entries.size() || entries[place].first != bucket::rest(key)) return std::nullopt;
    return entries[place].second;
}

void Txn::put(Table table, std::string_view key, std::string_view value) {
    if (!bucket::isLong(key)) return plainPut(table, key, value);
    const auto bucketKey = bucket::keyFor(key);
    auto entries = bucket::read(plainGet(txn_, table, bucketKey).value_or(std::string_view()));
    const auto place = bucket::position(entries, bucket::rest(key));
    if (place < entries.size() && entries[place].first == bucket::rest(key))
        entries[place].second = value;
    else
        entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(place), {bucket::rest(key), value});
    plainPut(table, bucketKey, bucket::write(entries));
}

bool Txn::erase(Table table, std::string_view key) {
    if (!bucket::isLong(key)) return !key.empty() && plainErase(table, key);
    const auto bucketKey = bucket::keyFor(key);
    const auto value = plainGet(txn_, table, bucketKey);
    if (!value) return false;
    auto entries = bucket::read(*value);
    const auto place = bucket::position(entries, bucket::rest(key));
    if (place == entries.size() || entries[place].first != bucket::rest(key)) return false;
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(place));
    if (entries.empty()) return plainErase(table, bucketKey);
    plainPut(table, bucketKey, bucket::write(entries));
    return true;
}

void Txn::plainPut(Table table, std::string_view key, std::string_view value) {
    MDB_val k = val(key), v = val(value);
    if (journals_) {   // most of what is written under a journal is new
        Change& change = journal_.emplace_back(Change{table, std::string(key), std::nullopt});
        const int rc = mdb_put(txn_, table.id, &k, &v, MDB_NOOVERWRITE);
        if (rc == 0) return;
        if (rc != MDB_KEYEXIST) check(rc, "mdb_put");
        change.before = std::string(bytes(v));
        v = val(value);
    }
    check(mdb_put(txn_, table.id, &k, &v, 0), "mdb_put");
}

bool Txn::plainErase(Table table, std::string_view key) {
    if (journals_) {
        const auto before = plainGet(txn_, table, key);
        if (!before) return false;
        journal_.push_back({table, std::string(key), std::string(*before)});
    }
    MDB_val k = val(key);
    const int rc = mdb_del(txn_, table.id, &k, nullptr);
    if (rc == MDB_NOTFOUND) return false;
    check(rc, "mdb_del");
    return true;
}

void Txn::undoTo(std::size_t mark) {
    const bool kept = std::exchange(journals_, false);
    for (; journal_.size() > mark; journal_.pop_back()) {
        const Change& change = journal_.back();
        if (change.before)
            plainPut(change.table, change.key, *change.before);
        else
            plainErase(change.table, change.key);
    }
    journals_ = kept;
}

std::size_t Txn::eraseRange(Table table, std::string_view first, std::string_view end) {
    std::size_t erased = 0;
    std::vector<std::string> keys;
    do {   // in portions: a cursor does not outlive an erase
        keys.clear();
        Cursor cursor(*this, table);
        for (bool more = cursor.seek(first); more && keys.size() < 1000; more = cursor.next()) {
            if (!end.empty() && cursor.key() >= end) break;
            keys.emplace_back(cursor.key());
        }
        for (const auto& key : keys) erased += erase(table, key);
    } while (!keys.empty());
    return erased;
}

void Txn::clear(Table table) { check(mdb_drop(txn_, table.id, 0), "mdb_drop"); }

std::size_t Txn::count(Table table) const {
    MDB_stat stat;
    check(mdb_stat(txn_, table.id, &stat), "mdb_stat");
    return stat.ms_entries;
}

Cursor::Cursor(const Txn& txn, Table table) { check(mdb_cursor_open(txn.txn_, table.id, &cursor_), "mdb_cursor_open"); }

Cursor::~Cursor() {
    if (cursor_) mdb_cursor_close(cursor_);
}

Cursor::Cursor(Cursor&& other) noexcept
    : cursor_(std::exchange(other.cursor_, nullptr)),
      valid_(other.valid_),
      prefix_(std::move(other.prefix_)),
      longKey_(std::move(other.longKey_)),
      entries_(std::move(other.entries_)),
      entry_(other.entry_) {
    key_ = entries_.empty() ? other.key_ : std::string_view(longKey_);
    value_ = other.value_;
}

bool Cursor::showEntry() {
    longKey_ = prefix_;
    longKey_ += entries_[entry_].first;
    key_ = longKey_;
    value_ = entries_[entry_].second;
    return valid_ = true;
}

/// Takes over where LMDB's cursor stands after a move that answered `rc`.
bool Cursor::load(int rc, bool fromBack) {
    entries_.clear();
    if (rc == MDB_NOTFOUND) return valid_ = false;
    check(rc, "mdb_cursor_get");
    MDB_val k, v;
    check(mdb_cursor_get(cursor_, &k, &v, MDB_GET_CURRENT), "mdb_cursor_get");
    key_ = bytes(k);
    value_ = bytes(v);
    if (!bucket::isBucketKey(key_)) return valid_ = true;
    prefix_ = key_.substr(0, bucket::kPlainKeyLimit);
    entries_ = bucket::read(value_);
    entry_ = fromBack ? entries_.size() - 1 : 0;
    return showEntry();
}

bool Cursor::seek(std::string_view key) {
    if (key.empty()) return first();
    MDB_val k, v;
    if (!bucket::isLong(key)) {
        k = val(key);
        return load(mdb_cursor_get(cursor_, &k, &v, MDB_SET_RANGE), false);
    }
    const auto bucketKey = bucket::keyFor(key);
    k = val(bucketKey);
    if (!load(mdb_cursor_get(cursor_, &k, &v, MDB_SET_RANGE), false)) return false;
    if (entries_.empty() || prefix_ != key.substr(0, bucket::kPlainKeyLimit)) return true;
    entry_ = bucket::position(entries_, bucket::rest(key));
    if (entry_ < entries_.size()) return showEntry();
    return load(mdb_cursor_get(cursor_, &k, &v, MDB_NEXT), false);
}

bool Cursor::seekBefore(std::string_view key) { return seek(key) ? previous() : last(); }

bool Cursor::first() {
    MDB_val k, v;
    return load(mdb_cursor_get(cursor_, &k, &v, MDB_FIRST), false);
}

bool Cursor::last() {
    MDB_val k, v;
    return load(mdb_cursor_get(cursor_, &k, &v, MDB_LAST), true);
}

bool Cursor::next() {
    if (!valid_) return false;
    if (!entries_.empty() && ++entry_ < entries_.size()) return showEntry();
    MDB_val k, v;
    return load(mdb_cursor_get(cursor_, &k, &v, MDB_NEXT), false);
}

bool Cursor::previous() {
    if (!valid_) return false;
    if (!entries_.empty() && entry_-- > 0) return showEntry();
    MDB_val k, v;
    return load(mdb_cursor_get(cursor_, &k, &v, MDB_PREV), true);
}

std::string endOfPrefix(std::string_view prefix) {
    std::string end(prefix);
    while (!end.empty() && end.back() == '\xff') end.pop_back();
    if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return end;
}

}  // namespace backlot
