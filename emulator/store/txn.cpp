#include <cstring>
#include <utility>

#include "emulator/store/bucket.h"
#include "emulator/store/damage.h"
#include "emulator/store/key.h"
#include "emulator/store/row_sum.h"
#include "emulator/store/store.h"

namespace backlot {
namespace {

MDB_val val(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
std::string_view bytes(const MDB_val& value) { return {static_cast<const char*>(value.mv_data), value.mv_size}; }

}  // namespace

Txn::Txn(Environment& environment, Mode mode) : environment_(environment) {
    check(mdb_txn_begin(environment.handle(), nullptr, mode == Mode::read ? MDB_RDONLY : 0, &txn_), "mdb_txn_begin");
}

Txn::~Txn() {
    if (txn_) mdb_txn_abort(txn_);
}

void Txn::checkWrite(int rc, const char* what) {
    if (rc != 0 && rc != MDB_BAD_VALSIZE && !refusal_)
        refusal_ = rc;  // a wrong size is the caller's fault, and has changed nothing
    check(rc, what);
}

void Txn::commit() {
    if (!changes_.empty()) checkWrite(environment_.writeSums(txn_, changes_), "mdb_put");
    checkWrite(mdb_txn_commit(std::exchange(txn_, nullptr)), "mdb_txn_commit");
    if (!changes_.empty()) environment_.takeSums(changes_);
}

void Txn::sumChanges(Table table, std::uint64_t by) {
    if (changes_.size() <= table.id) changes_.resize(table.id + 1);
    changes_[table.id] += by;
}

/// The value of a stored row, without what it is verified by.
std::string_view Txn::verified(Table table, std::string_view key, const MDB_val& stored) const {
    const auto all = bytes(stored);
    if (all.size() >= row::kSumBytes) {
        const auto value = all.substr(row::kSumBytes);
        if (row::stored(all) == row::sum(environment_.seedOf(table), key, value)) return value;
    }
    const std::filesystem::path file = environment_.file();
    throw DamageError("The data in " + file.string() + " is damaged: in the table " + environment_.nameOf(table) +
                      ", the row " + readableKey(key) + " is not what was written. " +
                      damage::advice(file.parent_path()));
}

std::optional<std::string_view> Txn::plainGet(Table table, std::string_view key) const {
    MDB_val k = val(key), v;
    const int rc = mdb_get(txn_, table.id, &k, &v);
    if (rc == MDB_NOTFOUND) return std::nullopt;
    check(rc, "mdb_get");
    return verified(table, key, v);
}

std::optional<std::string_view> Txn::get(Table table, std::string_view key) const {
    if (!bucket::isLong(key)) return key.empty() ? std::nullopt : plainGet(table, key);
    const auto value = plainGet(table, bucket::keyFor(key));
    if (!value) return std::nullopt;
    const auto entries = bucket::read(*value);
    const auto place = bucket::position(entries, bucket::rest(key));
    if (place == entries.size() || entries[place].first != bucket::rest(key)) return std::nullopt;
    return entries[place].second;
}

void Txn::put(Table table, std::string_view key, std::string_view value) {
    if (!bucket::isLong(key)) return plainPut(table, key, value);
    const auto bucketKey = bucket::keyFor(key);
    auto entries = bucket::read(plainGet(table, bucketKey).value_or(std::string_view()));
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
    const auto value = plainGet(table, bucketKey);
    if (!value) return false;
    auto entries = bucket::read(*value);
    const auto place = bucket::position(entries, bucket::rest(key));
    if (place == entries.size() || entries[place].first != bucket::rest(key)) return false;
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(place));
    if (entries.empty()) return plainErase(table, bucketKey);
    plainPut(table, bucketKey, bucket::write(entries));
    return true;
}

/// LMDB's answer; MDB_KEYEXIST leaves what is there in `found`.
int Txn::place(Table table, std::string_view key, std::string_view value, unsigned flags, MDB_val& found) {
    MDB_val k = val(key);
    found = {row::kSumBytes + value.size(), nullptr};
    const int rc = mdb_put(txn_, table.id, &k, &found, flags | MDB_RESERVE);
    if (rc) return rc;
    const std::uint32_t sum = row::sum(environment_.seedOf(table), key, value);
    std::memcpy(found.mv_data, &sum, sizeof sum);
    if (!value.empty()) std::memcpy(static_cast<char*>(found.mv_data) + sizeof sum, value.data(), value.size());
    sumChanges(table, sum);
    return 0;
}

void Txn::plainPut(Table table, std::string_view key, std::string_view value) {
    MDB_val there;
    int rc = place(table, key, value, MDB_NOOVERWRITE, there);  // most of what is written is new
    if (rc == 0 && journals_) journal_.push_back({table, std::string(key), std::nullopt});
    if (rc == MDB_KEYEXIST) {
        const auto before = verified(table, key, there);
        const auto sum = row::stored(bytes(there));
        if (journals_) journal_.push_back({table, std::string(key), std::string(before)});
        rc = place(table, key, value, 0, there);
        sumChanges(table, 0 - std::uint64_t(sum));
    }
    checkWrite(rc, "mdb_put");
}

bool Txn::plainErase(Table table, std::string_view key) {
    MDB_val k = val(key), v;
    int rc = mdb_get(txn_, table.id, &k, &v);
    if (rc == MDB_NOTFOUND) return false;
    check(rc, "mdb_get");
    const auto before = verified(table, key, v);
    const auto sum = row::stored(bytes(v));
    if (journals_) journal_.push_back({table, std::string(key), std::string(before)});
    checkWrite(mdb_del(txn_, table.id, &k, nullptr), "mdb_del");
    sumChanges(table, 0 - std::uint64_t(sum));
    return true;
}

void Txn::eachStored(Table table, const std::function<void(std::string_view, std::string_view)>& each) const {
    MDB_cursor* cursor = nullptr;
    check(mdb_cursor_open(txn_, table.id, &cursor), "mdb_cursor_open");
    const std::unique_ptr<MDB_cursor, void (*)(MDB_cursor*)> held(cursor, mdb_cursor_close);
    MDB_val k, v;
    int rc = mdb_cursor_get(cursor, &k, &v, MDB_FIRST);
    for (; rc == 0; rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) each(bytes(k), verified(table, bytes(k), v));
    if (rc != MDB_NOTFOUND) check(rc, "mdb_cursor_get");
}

void Txn::appendStored(Table table, std::string_view key, std::string_view value) {
    MDB_val found;
    check(place(table, key, value, MDB_APPEND, found), "mdb_put");
}

bool Txn::addStored(Table table, std::string_view key, std::string_view value) {
    MDB_val found;
    const int rc = place(table, key, value, MDB_NOOVERWRITE, found);
    if (rc == MDB_KEYEXIST) return false;
    check(rc, "mdb_put");
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
    do {  // in portions: a cursor does not outlive an erase
        keys.clear();
        Cursor cursor(*this, table);
        for (bool more = cursor.seek(first); more && keys.size() < 1000; more = cursor.next()) {
            if (!end.empty() && cursor.key() >= end) break;
            keys.emplace_back(cursor.key());
        }
        const std::size_t before = erased;
        for (const auto& key : keys) erased += erase(table, key);
        if (!keys.empty() && erased == before)  // or this would never end
            throw DamageError("The data in " + environment_.file() + " is damaged: the table " +
                              environment_.nameOf(table) + " does not find the rows it lists.");
    } while (!keys.empty());
    return erased;
}

bool Txn::eraseSome(Table table, std::string_view prefix, std::size_t limit) {
    std::vector<std::string> keys;
    bool more;
    {
        Cursor cursor(*this, table);
        for (more = cursor.seek(prefix); more && cursor.key().starts_with(prefix) && keys.size() < limit;
             more = cursor.next())
            keys.emplace_back(cursor.key());
        more = more && cursor.key().starts_with(prefix);
    }
    for (const auto& key : keys) erase(table, key);
    return !more;
}

void Txn::clear(Table table) {
    checkWrite(mdb_drop(txn_, table.id, 0), "mdb_drop");
    sumChanges(table, 0);
    changes_[table.id] = 0 - environment_.sumOf(table);
}

std::size_t Txn::count(Table table) const {
    MDB_stat stat;
    check(mdb_stat(txn_, table.id, &stat), "mdb_stat");
    return stat.ms_entries;
}

Cursor::Cursor(const Txn& txn, Table table) : txn_(&txn), table_(table) {
    check(mdb_cursor_open(txn.txn_, table.id, &cursor_), "mdb_cursor_open");
}

Cursor::~Cursor() {
    if (cursor_) mdb_cursor_close(cursor_);
}

Cursor::Cursor(Cursor&& other) noexcept
    : txn_(other.txn_),
      table_(other.table_),
      cursor_(std::exchange(other.cursor_, nullptr)),
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
    value_ = txn_->verified(table_, key_, v);
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
