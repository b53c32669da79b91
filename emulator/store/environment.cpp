#include "emulator/store/environment.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstring>
#include <utility>

#include "emulator/store/damage.h"
#include "emulator/store/row_sum.h"

namespace backlot {
namespace {

constexpr unsigned kMaxTables = 64;
constexpr MDB_dbi kUnnamed = 1;  // LMDB's MAIN_DBI
constexpr MDB_dbi kFirstNamed = 2;

MDB_val val(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }
std::string_view bytes(const MDB_val& value) { return {static_cast<const char*>(value.mv_data), value.mv_size}; }

}  // namespace

void check(int rc, std::string_view what) {
    if (rc == 0) return;
    const std::string message = std::string(what) + ": " + mdb_strerror(rc);
    const bool damage = rc == MDB_CORRUPTED || rc == MDB_PAGE_NOTFOUND || rc == MDB_CURSOR_FULL || rc == MDB_INVALID;
    damage ? throw DamageError(message) : throw StoreError(message);
}

Environment::Environment(std::filesystem::path folder, Options options)
    : folder_(std::move(folder)), mapBytes_(options.mapBytes) {
    check(mdb_env_create(&env_), "mdb_env_create");
    try {
        check(mdb_env_set_maxdbs(env_, kMaxTables), "mdb_env_set_maxdbs");
        check(mdb_env_set_mapsize(env_, options.mapBytes), "mdb_env_set_mapsize");
        check(mdb_env_set_userctx(env_, this), "mdb_env_set_userctx");
        check(mdb_env_set_assert(env_, damage::explainAssertion), "mdb_env_set_assert");
        const unsigned flags = MDB_NOTLS | (options.durable ? 0u : unsigned(MDB_NOSYNC));
        check(mdb_env_open(env_, folder_.c_str(), flags, 0600), "cannot open the data in " + folder_.string());
        damage::watch(this, folder_ / kDataFile);
        openTables();
    } catch (...) {  // no destructor runs
        damage::unwatch(this);
        mdb_env_close(env_);
        throw;
    }
}

Environment::~Environment() {
    damage::unwatch(this);
    mdb_env_close(env_);
}

void Environment::sync() { check(mdb_env_sync(env_, 1), "cannot write " + file() + " to the disk"); }

void Environment::know(MDB_dbi id, std::string_view name) {
    if (tables_.size() <= id) tables_.resize(id + 1);
    std::size_t slot = 0;
    std::string_view rest = slots_;
    for (; !rest.empty() && rest.substr(0, rest.find('\0')) != name; ++slot) rest.remove_prefix(rest.find('\0') + 1);
    if (rest.empty()) {
        slots_.append(name) += '\0';
        sums_.push_back(0);
    }
    tables_[id] = {std::string(name), row::seedOf(name), slot};
}

void Environment::openTables() {
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn), "mdb_txn_begin");
    std::vector<std::string> names;
    MDB_cursor* cursor = nullptr;
    MDB_dbi unnamed = 0;
    int rc = mdb_dbi_open(txn, nullptr, 0, &unnamed);
    if (rc == 0) rc = mdb_cursor_open(txn, unnamed, &cursor);
    MDB_val key, value;
    while (rc == 0 && (rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0) {
        if (bytes(key) != kSumsRow) {
            names.emplace_back(bytes(key));
            continue;
        }
        auto stored = readSums(bytes(value));
        if (!stored) continue;  // the check before has refused such a file
        sums_ = std::move(stored->sums);
        for (const auto& name : stored->names) (slots_ += name) += '\0';
    }
    if (cursor) mdb_cursor_close(cursor);
    if (rc == MDB_NOTFOUND) rc = 0;
    for (const auto& name : names) {
        MDB_dbi id = 0;
        if (rc == 0) rc = mdb_dbi_open(txn, name.c_str(), 0, &id);
        if (rc == 0) know(id, name);
    }
    if (rc)
        mdb_txn_abort(txn);
    else
        rc = mdb_txn_commit(txn);  // keeps the handles
    check(rc, "cannot open the tables of " + file());
}

Table Environment::table(std::string_view name) {
    for (MDB_dbi id = kFirstNamed; id < tables_.size(); ++id)
        if (tables_[id].name == name) return {id};
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env_, nullptr, 0, &txn), "mdb_txn_begin");
    MDB_dbi id = 0;
    int rc = mdb_dbi_open(txn, std::string(name).c_str(), MDB_CREATE, &id);
    if (rc) {
        mdb_txn_abort(txn);
    } else {
        know(id, name);
        rc = writeSums(txn, {});
        rc ? mdb_txn_abort(txn) : void(rc = mdb_txn_commit(txn));
    }
    check(rc, "cannot make the table " + std::string(name));
    return {id};
}

std::vector<Table> Environment::tables() const {
    std::vector<Table> result;
    for (MDB_dbi id = kFirstNamed; id < tables_.size(); ++id)
        if (!tables_[id].name.empty()) result.push_back({id});
    return result;
}

int Environment::writeSums(MDB_txn* txn, const Changes& changes) const {
    const std::uint64_t count = sums_.size();
    std::string content(sizeof count * (count + 1), '\0');
    std::memcpy(content.data(), &count, sizeof count);
    std::memcpy(content.data() + sizeof count, sums_.data(), sizeof count * count);
    for (std::size_t id = kFirstNamed; id < changes.size(); ++id) {
        if (!changes[id]) continue;
        const std::uint64_t sum = sums_[tables_[id].slot] + changes[id];
        std::memcpy(content.data() + (tables_[id].slot + 1) * sizeof sum, &sum, sizeof sum);
    }
    content += slots_;
    MDB_val key = val(kSumsRow), value{row::kSumBytes + content.size(), nullptr};
    if (const int rc = mdb_put(txn, kUnnamed, &key, &value, MDB_RESERVE)) return rc;
    const std::uint32_t sum = row::sum(0, kSumsRow, content);
    std::memcpy(value.mv_data, &sum, sizeof sum);
    std::memcpy(static_cast<char*>(value.mv_data) + sizeof sum, content.data(), content.size());
    return 0;
}

void Environment::takeSums(const Changes& changes) {
    for (std::size_t id = kFirstNamed; id < changes.size(); ++id)
        if (changes[id]) sums_[tables_[id].slot] += changes[id];
}

std::optional<Sums> readSums(std::string_view row) {
    if (row.size() < row::kSumBytes || row::stored(row) != row::sum(0, kSumsRow, row.substr(row::kSumBytes)))
        return std::nullopt;
    row.remove_prefix(row::kSumBytes);
    Sums result;
    std::uint64_t count = 0;
    if (row.size() < sizeof count) return std::nullopt;
    std::memcpy(&count, row.data(), sizeof count);
    row.remove_prefix(sizeof count);
    if (count > row.size() / sizeof count) return std::nullopt;
    result.sums.resize(count);
    std::memcpy(result.sums.data(), row.data(), count * sizeof(std::uint64_t));
    row.remove_prefix(count * sizeof(std::uint64_t));
    while (!row.empty()) {
        const auto end = row.find('\0');
        result.names.emplace_back(row.substr(0, end));
        row.remove_prefix(end == row.npos ? row.size() : end + 1);
    }
    return result;
}

}  // namespace backlot
