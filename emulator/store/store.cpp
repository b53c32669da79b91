#include "emulator/store/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace backlot {
namespace {

constexpr const char* kDataFile = "data.mdb";
constexpr const char* kLockFile = "backlot.lock";
constexpr unsigned kMaxTables = 64;
constexpr int kDamagedDataStatus = 4;   // as where a data folder cannot be opened

void check(int rc, const std::string& what) {
    if (rc) throw StoreError(what + ": " + mdb_strerror(rc));
}

std::filesystem::path makeTemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "backlot-XXXXXX").string();
    if (!mkdtemp(name.data())) throw StoreError("cannot make a temporary folder in " + std::filesystem::temp_directory_path().string());
    return name;
}

/// Reading the map past the end of its file, or what the disk cannot read, is a SIGBUS: a copy that was cut off, a full or
/// a broken disk. There is no way back from it, but there are words. (A file may be shorter than its last page's number
/// says and still be whole, so its length alone tells nothing.)
void explainBusError(int) {
    static constexpr char kMessage[] = "backlot: the data folder's file is cut off or cannot be read\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kMessage, sizeof kMessage - 1);
    _exit(kDamagedDataStatus);
}

std::string readAll(int fd) {
    char buffer[64];
    const auto n = ::pread(fd, buffer, sizeof buffer, 0);
    return {buffer, n > 0 ? static_cast<std::size_t>(n) : 0};
}

}  // namespace

Store::Store(StoreOptions options)
    : folder_(std::move(options.folder)), temporary_(folder_.empty()), durable_(options.durable), mapBytes_(options.mapBytes) {
    try {
        if (temporary_) {
            folder_ = makeTemporaryFolder();
        } else {
            std::error_code error;
            std::filesystem::create_directories(folder_, error);
            if (error) throw StoreError("cannot make the data folder " + folder_.string() + ": " + error.message());
            lockFolder();
        }
        open();
        checkFormat();
    } catch (...) {   // no destructor runs
        release();
        throw;
    }
    if (temporary_) std::filesystem::remove_all(folder_);   // the open files live on until the process ends
}

Store::~Store() { release(); }

void Store::release() {
    close();
    if (lock_ >= 0) ::close(lock_);
}

void Store::lockFolder() {
    const auto file = folder_ / kLockFile;
    lock_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock_ < 0) throw StoreError("cannot open " + file.string() + ": " + std::strerror(errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0)
        throw StoreError("the data folder " + folder_.string() + " is in use by process " + readAll(lock_));
    const std::string pid = std::to_string(getpid());
    if (::ftruncate(lock_, 0) != 0 || ::pwrite(lock_, pid.data(), pid.size(), 0) < 0)
        throw StoreError("cannot write " + file.string() + ": " + std::strerror(errno));
}

void Store::open() {
    check(mdb_env_create(&env_), "mdb_env_create");
    check(mdb_env_set_maxdbs(env_, kMaxTables), "mdb_env_set_maxdbs");
    check(mdb_env_set_mapsize(env_, mapBytes_), "mdb_env_set_mapsize");
    std::signal(SIGBUS, explainBusError);
    const unsigned flags = MDB_NOTLS | (durable_ ? 0u : unsigned(MDB_NOSYNC));
    check(mdb_env_open(env_, folder_.c_str(), flags, 0644), "cannot open the data in " + folder_.string());
}

void Store::close() {
    if (!env_) return;
    if (!temporary_ && !durable_) mdb_env_sync(env_, 1);
    mdb_env_close(std::exchange(env_, nullptr));
}

void Store::checkFormat() {
    const std::string current = std::to_string(kFormatVersion);
    {
        Txn txn(env_, Txn::Mode::read);
        MDB_dbi meta;
        const int rc = mdb_dbi_open(txn.handle(), "meta", 0, &meta);
        if (rc == 0) {
            const auto version = txn.get({meta}, "format");
            if (version && *version != current)
                throw StoreError("the data in " + folder_.string() + " has format " + std::string(*version) +
                                 "; this Backlot reads format " + current);
            txn.commit();   // keeps the handle
            tables_.emplace_back("meta", Table{meta});
            if (version) return;
        }
    }
    const Table meta = table("meta");
    Txn txn(env_, Txn::Mode::write);
    txn.put(meta, "format", current);
    txn.commit();
}

Table Store::table(const std::string& name) {
    for (const auto& [known, handle] : tables_)
        if (known == name) return handle;
    Txn txn(env_, Txn::Mode::write);
    Table result;
    check(mdb_dbi_open(txn.handle(), name.c_str(), MDB_CREATE, &result.id), "mdb_dbi_open");
    txn.commit();
    tables_.emplace_back(name, result);
    return result;
}

void Store::save(const std::filesystem::path& file) const {
    const auto partial = file.string() + ".partial";
    const int fd = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) throw StoreError("cannot write " + partial + ": " + std::strerror(errno));
    const int rc = mdb_env_copyfd2(env_, fd, MDB_CP_COMPACT);
    const int synced = durable_ ? ::fsync(fd) : 0;
    ::close(fd);
    if (rc || synced) {
        ::unlink(partial.c_str());
        throw StoreError("cannot save to " + file.string() + ": " + (rc ? mdb_strerror(rc) : std::strerror(errno)));
    }
    std::filesystem::rename(partial, file);
}

void Store::load(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) throw StoreError("there is no snapshot file " + file.string());
    close();
    if (temporary_) folder_ = makeTemporaryFolder();
    std::filesystem::copy_file(file, folder_ / kDataFile, std::filesystem::copy_options::overwrite_existing, error);
    if (error) throw StoreError("cannot copy " + file.string() + ": " + error.message());
    auto names = std::exchange(tables_, {});
    open();
    checkFormat();
    if (temporary_) std::filesystem::remove_all(folder_);
    for (const auto& [name, old] : names) table(name);
}

void Store::clear() {
    Txn txn(env_, Txn::Mode::write);
    for (const auto& [name, handle] : tables_)
        if (name != "meta") txn.clear(handle);
    txn.clear(table("meta"));
    txn.put(table("meta"), "format", std::to_string(kFormatVersion));
    txn.commit();
}

void Store::sync() {
    if (!temporary_) check(mdb_env_sync(env_, 1), "mdb_env_sync");
}

}  // namespace backlot
