#pragma once
// LMDB behind RAII: one environment, ordered keys of any length, transactions that are scopes. Rows carry checksums
// that are verified where they are read.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/store/environment.h"
#include "emulator/store/file.h"

namespace backlot {

class Cursor;

/// A transaction: commit() keeps its work, leaving the scope any other way undoes it. A part of it can be undone alone:
/// undoTo() puts back what was there at a mark. Belongs to the thread that began it; one that only reads may be handed
/// on. Whatever reads throws DamageError where a row is not what was written.
class Txn {
public:
    enum class Mode { read, write };
    Txn(Environment& environment, Mode mode);
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
    /// Removes at most `limit` keys that begin with `prefix`; false where there may be more.
    bool eraseSome(Table table, std::string_view prefix, std::size_t limit);
    /// Empties the table. Not while a journal is kept.
    void clear(Table table);
    /// While a journal is kept, each change notes what it replaces. (LMDB's own nested transactions copy every page
    /// again that the outer one has written: a third of what a write costs.)
    void keepJournal(bool keep) { journals_ = keep; }
    /// Where the journal is now, for undoTo().
    std::size_t mark() const { return journal_.size(); }
    /// Undoes the changes since the mark; forgetTo() only forgets how. Marks set later end with it.
    void undoTo(std::size_t mark);
    void forgetTo(std::size_t mark) { journal_.resize(mark); }
    std::size_t count(Table table) const;
    void commit();
    /// Whether LMDB has refused a write: nothing of the transaction can be kept.
    bool refused() const { return refusal_ != 0; }
    bool mapIsFull() const { return refusal_ == MDB_MAP_FULL; }
    MDB_txn* handle() const { return txn_; }

    /// Rows as they are stored, in order: a bucket of long keys is one (bucket.h).
    void eachStored(Table table, const std::function<void(std::string_view key, std::string_view value)>& each) const;
    /// Puts a stored row behind all that the table holds. Throws StoreError where it does not belong there.
    void appendStored(Table table, std::string_view key, std::string_view value);
    /// False where there is such a row.
    bool addStored(Table table, std::string_view key, std::string_view value);

private:
    friend class Cursor;
    struct Change {
        Table table;
        std::string key;
        std::optional<std::string> before;  // nothing: there was no such key
    };
    std::optional<std::string_view> plainGet(Table table, std::string_view key) const;
    void plainPut(Table table, std::string_view key, std::string_view value);
    bool plainErase(Table table, std::string_view key);
    int place(Table table, std::string_view key, std::string_view value, unsigned flags, MDB_val& found);
    std::string_view verified(Table table, std::string_view key, const MDB_val& stored) const;
    void sumChanges(Table table, std::uint64_t by);
    void checkWrite(int rc, const char* what);

    Environment& environment_;
    MDB_txn* txn_ = nullptr;
    Environment::Changes changes_;
    bool journals_ = false;
    int refusal_ = 0;  // LMDB's word for it
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
    const Txn* txn_;
    Table table_;
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
    /// Address space set aside for the map, not memory. A full map is a StoreError at the write or the commit, until
    /// grow().
    std::size_t mapBytes = std::size_t(1) << 38;
};

/// The contents of the store at one instant. May be written out on another thread while the world goes on: what it
/// reads stays until it goes.
class Saving {
public:
    Saving(std::shared_ptr<Environment> environment, bool sync);
    /// A file with these contents alone, in the place of `file` once it is whole. Throws StoreError, and DamageError
    /// rather than pass damage on.
    void to(const std::filesystem::path& file) const;

private:
    std::shared_ptr<Environment> environment_;
    std::vector<Table> tables_;
    bool sync_;
    std::unique_ptr<Txn> txn_;
};

/// The contents of a file that are to become the store's: a copy of their own, checked and open.
struct Incoming {
    ScratchFolder folder;  // where the copy lies
    std::shared_ptr<Environment> environment;
};

/// The data of one instance. Refuses a folder that another process holds, another format and whatever is damaged,
/// before anything is written.
class Store {
public:
    explicit Store(StoreOptions options);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    /// Opens the table, making it where it is not there yet. Not while a transaction is open.
    Table table(const std::string& name) { return env().table(name); }
    /// Throws StoreError where reopen() has failed.
    Environment& env() const;
    /// False once LMDB gives the environment up, as it does where its first pages could not be written.
    bool usable() const;
    /// Opens the environment anew, on what was committed. No transaction may be open; table() must be asked again.
    void reopen();
    /// The same with a map twice as large, where it is full.
    void grow();
    /// For another thread, which may have to do with it longer than it is the store's.
    std::shared_ptr<Environment> share() const { return environment_; }
    /// What is there now.
    Saving save() const { return Saving(environment_, !temporary_); }
    /// Copies a saved file and checks the copy; the store stays as it is. May run on another thread. Throws StoreError,
    /// DamageError, for a file that cannot take the store's place.
    Incoming receive(int file) const;
    /// Puts these contents in the place of all there is, in memory at first; table() must be asked again. No
    /// transaction may be open. The result is what was there: letting go of a large one takes a while.
    std::shared_ptr<Environment> exchange(std::shared_ptr<Environment> contents);
    /// Makes received contents those of the data folder, in one step that a crash does not tear.
    void keep(Incoming& incoming);
    /// Rewrites the file without its free pages; a crash leaves the one or the other. No transaction may be open;
    /// table() must be asked again. Takes as long as copying what is there.
    void compact();
    /// Empties every table, keeping the handles.
    void clear();
    const std::filesystem::path& folder() const { return folder_; }
    bool temporary() const { return temporary_; }

private:
    void prepareFolder();
    void lockFolder();
    void open();
    void openMarked();
    Incoming empty() const;
    ScratchFolder scratch() const;
    std::shared_ptr<Environment> openIn(const std::filesystem::path& folder) const;

    std::filesystem::path folder_;
    bool temporary_ = false;
    Environment::Options options_;
    Descriptor lock_;
    bool marked_ = false;  // a file says that the data is open without `durable`
    std::shared_ptr<Environment> environment_;
};

}  // namespace backlot
