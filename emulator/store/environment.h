#pragma once
// One LMDB environment that is open, its tables, and the sums that tell whether all of their rows are there.

#include <lmdb.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace backlot {

/// The store cannot be opened or used. The message is for people.
struct StoreError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What is stored is not what was written. The message names the file and what of it is damaged.
struct DamageError : StoreError {
    using StoreError::StoreError;
};

/// Throws what LMDB's answer means; nothing for 0.
void check(int rc, std::string_view what);

/// A named database of the environment.
struct Table {
    MDB_dbi id = 0;
};

inline constexpr const char* kDataFile = "data.mdb";
inline constexpr const char* kReadersFile = "lock.mdb";
/// The row of LMDB's own, unnamed database that holds the sums: see Environment.
inline constexpr std::string_view kSumsRow = "backlot.sums";
inline constexpr std::string_view kMetaTable = "meta", kFormatRow = "format";

/// Another one wherever keys or values of stored rows change. Version 1: values without checksums. Version 2: with
/// (row_sum.h), and with the tables' sums. Version 3: the keys of services' rows begin with their owner.
inline constexpr int kFormatVersion = 3;

/// Each table has a sum: that of its rows' checksums, kept with every commit. A page that is missing or older than the
/// others, whole in itself, is noticed by it.
class Environment {
public:
    struct Options {
        bool durable = false;      // a commit is on the disk before it returns
        std::size_t mapBytes = 0;  // address space, not memory
    };
    /// Opens the data in `folder`, which was checked before, or makes an environment without a table.
    Environment(std::filesystem::path folder, Options options);
    ~Environment();
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

    MDB_env* handle() const { return env_; }
    std::size_t mapBytes() const { return mapBytes_; }
    /// Opens the table, making it where it is not there yet. Not while a write transaction is open.
    Table table(std::string_view name);
    std::vector<Table> tables() const;
    const std::string& nameOf(Table table) const { return tables_[table.id].name; }
    /// What is not on the disk yet is written out. May be called on another thread.
    void sync();
    /// The data file, for people. It may have been removed or renamed.
    std::string file() const { return (folder_ / kDataFile).string(); }
    void movedTo(std::filesystem::path folder) { folder_ = std::move(folder); }

    // --- for transactions ---------------------------------------------------------------------------------------
    std::uint32_t seedOf(Table table) const { return tables_[table.id].seed; }
    std::uint64_t sumOf(Table table) const { return sums_[tables_[table.id].slot]; }
    /// By handle: what the tables' sums change by. Written with the transaction (LMDB's answer); takeSums() once it is
    /// through.
    using Changes = std::vector<std::uint64_t>;
    int writeSums(MDB_txn* txn, const Changes& changes) const;
    void takeSums(const Changes& changes);

private:
    struct Known {
        std::string name;  // empty: no table of ours has this handle
        std::uint32_t seed = 0;
        std::size_t slot = 0;  // among the sums
    };
    void openTables();
    void know(MDB_dbi id, std::string_view name);

    std::filesystem::path folder_;
    std::size_t mapBytes_;
    MDB_env* env_ = nullptr;
    std::vector<Known> tables_;  // by handle
    std::vector<std::uint64_t> sums_;
    std::string slots_;  // the names of the tables that the sums are of, each with a zero byte
};

/// The sums as their row holds them: a checksum, how many, each sum, then the names. Nothing where the row is damaged.
struct Sums {
    std::vector<std::uint64_t> sums;
    std::vector<std::string> names;
};
std::optional<Sums> readSums(std::string_view row);

}  // namespace backlot
