#pragma once
// LMDB behind RAII: one environment, ordered keys of any length, transactions that are scopes.

#include <lmdb.h>

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

/// A named database of the environment.
struct Table {
    MDB_dbi id = 0;
};

class Cursor;

/// A transaction: commit() keeps its work, leaving the scope any other way undoes it. A part of it can be undone alone:
/// undoTo() puts back what was there at a mark. Belongs to the thread that began it.
class Txn {
public:
    enum class Mode { read, write };
    Txn(MDB_env* env, Mode mode);
    ~Txn();
    Txn(const Txn&) = delete;
    Txn& operator=(const Txn&) = delete;

    /// The view points into the map: copy it before the next put(), erase() or the end of the transaction.
    std::optional<std::string_view> get(Table table, std::string_view key) const;
    void put(Table table, std::string_view key, std::string_view value);
    /// False if there was no such key.
    bool erase(Table table, std::string_view key);
    /// Removes all keys from `first` up to and without `end`; how many they were.
    std::size_t eraseRange(Table table, std::string_view first, std::string_view end);
    /// Empties the table. Not while a journal is kept.
    void clear(Table table);
    /// While a journal is kept, each change notes what it replaces. (LMDB's own nested transactions copy every page again that
    /// the outer one has written: a third of what a write costs.)
    void keepJournal(bool keep) { journals_ = keep; }
    /// Where the journal is now, for undoTo().
    std::size_t mark() const { return journal_.size(); }
    /// Undoes the changes since the mark; forgetTo() only forgets how. Marks set later end with it.
    void undoTo(std::size_t mark);
    void forgetTo(std::size_t mark) { journal_.resize(mark); }
    std::size_t count(Table table) const;
    void commit();
    MDB_txn* handle() const { return txn_; }

private:
    friend class Cursor;
    struct Change {
        Table table;
        std::string key;
        std::optional<std::string> before;   // nothing: there was no such key
    };
    void plainPut(Table table, std::string_view key, std::string_view value);
    bool plainErase(Table table, std::string_view key);

    MDB_txn* txn_ = nullptr;
    bool journals_ = false;
    std::vector<Change> journal_;
};

/// Walks a table's keys in order. A put() or erase() through the transaction ends its use, except after a new seek.
/// Views are good until then. Keys of any length come out whole.
class Cursor {
public:
    Cursor(const Txn& txn, Table table);
    ~Cursor();
    Cursor(Cursor&& other) noexcept;
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;

    /// To the first key that is not before `key`; false at the end.
    bool seek(std::string_view key);
    /// To the last key that is before `key`; false where there is none.
    bool seekBefore(std::string_view key);
    bool first();
    bool last();
    bool next();
    bool previous();
    bool valid() const { return valid_; }
    std::string_view key() const { return key_; }
    std::string_view value() const { return value_; }

private:
    bool load(int rc, bool fromBack);
    bool showEntry();
    MDB_cursor* cursor_ = nullptr;
    bool valid_ = false;
    std::string_view key_, value_;
    // Inside a bucket of long keys (see store.cpp): the entries of the present one and the place among them.
    std::string prefix_, longKey_;
    std::vector<std::pair<std::string_view, std::string_view>> entries_;
    std::size_t entry_ = 0;
};

/// The key that ends the range of all keys beginning with `prefix`; empty where no key could be after them.
std::string endOfPrefix(std::string_view prefix);

struct StoreOptions {
    /// Where the data lies; empty: a temporary folder that goes with the process, even with kill -9.
    std::filesystem::path folder;
    /// A commit is on the disk before it returns.
    bool durable = false;
    /// Address space set aside for the map, not memory. A full map is a StoreError at the commit.
    std::size_t mapBytes = std::size_t(1) << 38;
};

inline constexpr int kFormatVersion = 1;

/// The environment. Refuses a folder that another process holds and a newer format, before anything is written.
class Store {
public:
    explicit Store(StoreOptions options);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// Opens the table, making it where it is not there yet. Not while a transaction is open.
    Table table(const std::string& name);
    MDB_env* env() const { return env_; }
    /// A consistent, compacted copy in one file. May run on another thread beside the world's.
    void save(const std::filesystem::path& file) const;
    /// Puts the contents of a saved file in the place of all there is. No transaction may be open; table() must be asked again.
    void load(const std::filesystem::path& file);
    /// Empties every table, keeping the handles.
    void clear();
    /// Writes out what is not on the disk yet.
    void sync();
    const std::filesystem::path& folder() const { return folder_; }
    bool temporary() const { return temporary_; }

private:
    void lockFolder();
    void open();
    void close();
    void release();
    void checkFormat();

    std::filesystem::path folder_;
    bool temporary_ = false, durable_ = false;
    std::size_t mapBytes_;
    int lock_ = -1;
    MDB_env* env_ = nullptr;
    std::vector<std::pair<std::string, Table>> tables_;
};

}  // namespace backlot
