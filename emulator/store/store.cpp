#include "emulator/store/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <utility>

#include "emulator/base/log.h"
#include "emulator/store/check.h"
#include "emulator/store/damage.h"
#include "emulator/store/lock_file.h"
#include "emulator/store/open_mark.h"
#include "emulator/store/row_writer.h"

namespace backlot {
namespace {

constexpr std::chrono::seconds kLockPatience{3};
constexpr std::chrono::milliseconds kLockPause{5};
constexpr const char* kScratch = "incoming-";

std::string readAll(int fd) {
    char buffer[64];
    return {buffer, readAt(fd, buffer, sizeof buffer, 0)};
}

}  // namespace

// --- copies ----------------------------------------------------------------------------------------------------

Saving::Saving(std::shared_ptr<Environment> environment, bool sync)
    : environment_(std::move(environment)),
      tables_(environment_->tables()),
      sync_(sync),
      txn_(std::make_unique<Txn>(*environment_, Txn::Mode::read)) {}

void Saving::to(const std::filesystem::path& file) const {
    const ScratchFolder scratch(std::filesystem::absolute(file).parent_path(), ".saving-");
    {
        Environment copy(scratch.path(), {.mapBytes = environment_->mapBytes()});
        RowWriter writer(copy);
        for (const Table table : tables_)
            txn_->eachStored(table, [&](std::string_view key, std::string_view value) {
                writer.append(environment_->nameOf(table), key, value);
            });
        writer.finish(sync_);
    }
    moveFile(scratch.path() / kDataFile, file);
    if (sync_) syncFolder(std::filesystem::absolute(file).parent_path());
}

ScratchFolder Store::scratch() const {
    return temporary_ ? ScratchFolder(std::filesystem::temp_directory_path(), "backlot-")
                      : ScratchFolder(folder_, kScratch);
}

std::shared_ptr<Environment> Store::openIn(const std::filesystem::path& folder) const {
    return std::make_shared<Environment>(folder, options_);
}

Incoming Store::receive(int file) const {
    Incoming incoming{.folder = scratch(), .environment = {}};
    const auto copy = incoming.folder.path() / kDataFile;
    const Descriptor copied = createPrivate(copy);
    copyFile(file, copied.get());
    refuseUnlessWhole(checkFile(copied.get(), "the file"), "the file");
    incoming.environment = openIn(incoming.folder.path());
    if (!temporary_) incoming.environment->sync();
    return incoming;
}

Incoming Store::empty() const {
    Incoming incoming{.folder = scratch(), .environment = {}};
    incoming.environment = openIn(incoming.folder.path());
    RowWriter(*incoming.environment).finish(!temporary_);
    return incoming;
}

// --- the store ----------------------------------------------------------------------------------------------------

Store::Store(StoreOptions options)
    : folder_(std::move(options.folder)),
      temporary_(folder_.empty()),
      options_{.durable = options.durable, .mapBytes = options.mapBytes} {
    if (temporary_) {
        open();
    } else {
        prepareFolder();
        openMarked();
    }
}

Store::~Store() {
    if (temporary_ || options_.durable || !environment_) return;
    if (mdb_env_sync(environment_->handle(), 1) == 0 && marked_) open_mark::remove(folder_);
}

/// Without `durable` a loss of power leaves some of what was written, in no order. What does not fit together is
/// damage; a mark tells the start that finds it where it comes from, and that whatever does may be older than what
/// was answered.
void Store::openMarked() {
    const std::string machineStopped = "the machine stopped while " + folder_.string() + " was open without --durable";
    const bool stopped = open_mark::isOfEarlierBoot(folder_);
    try {
        open();
    } catch (const DamageError& error) {
        throw stopped ? DamageError(std::string(error.what()) + " (" + machineStopped + ")") : error;
    }
    if (stopped) log::warning(machineStopped + ": what was answered in the seconds before may be missing");
    open_mark::syncNames(folder_);
    if (options_.durable) {
        environment_->sync();  // what an earlier run without it has left
        open_mark::remove(folder_);
    } else {
        open_mark::set(folder_);
        marked_ = true;
    }
}

Environment& Store::env() const {
    if (!environment_) throw StoreError("the data in " + folder_.string() + " cannot be opened");
    return *environment_;
}

bool Store::usable() const {
    MDB_txn* txn = nullptr;
    if (!environment_ || mdb_txn_begin(environment_->handle(), nullptr, MDB_RDONLY, &txn) != 0) return false;
    mdb_txn_abort(txn);
    return true;
}

/// LMDB has put its old first pages back without a sync. They must be on the disk before a new page is written over
/// what the refused ones speak of. A temporary file has no name any more, but a way by the descriptor that holds it.
void Store::reopen() {
    Descriptor held;
    ScratchFolder way;
    if (temporary_) {
        int file = -1;
        check(mdb_env_get_fd(env().handle(), &file), "mdb_env_get_fd");
        held = Descriptor(::fcntl(file, F_DUPFD_CLOEXEC, 0));
        way = scratch();
        if (::symlink(("/proc/self/fd/" + std::to_string(held.get())).c_str(), (way.path() / kDataFile).c_str()) != 0)
            throw StoreError("the temporary data cannot be opened again");
    } else if (environment_) {
        environment_->sync();
    }
    environment_.reset();
    environment_ = openIn(temporary_ ? way.path() : folder_);
}

void Store::grow() {
    options_.mapBytes *= 2;
    reopen();
}

void Store::prepareFolder() {
    std::error_code error;
    if (folder_.has_parent_path()) std::filesystem::create_directories(folder_.parent_path(), error);
    if (!error && ::mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST)
        error = std::error_code(errno, std::generic_category());
    if (!error && !std::filesystem::is_directory(folder_)) error = std::make_error_code(std::errc::not_a_directory);
    if (error) throw StoreError("cannot make the data folder " + folder_.string() + ": " + error.message());
    lockFolder();
    removeScratch(folder_, kScratch);
}

void Store::lockFolder() {
    const auto file = folder_ / kLockFile;
    lock_ = Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    if (!lock_) throw StoreError("cannot open " + file.string() + ": " + std::strerror(errno));
    // A child that its process was about to start when it was killed holds the lock too, until it has come to its exec.
    const auto patience = std::chrono::steady_clock::now() + kLockPatience;
    while (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0) {
        const std::string owner = readAll(lock_.get());
        const bool gone = ::kill(std::atoi(owner.c_str()), 0) != 0 && errno == ESRCH;
        if (!gone || std::chrono::steady_clock::now() > patience)
            throw StoreError("the data folder " + folder_.string() + " is in use by process " + owner);
        std::this_thread::sleep_for(kLockPause);
    }
    ::fchmod(lock_.get(), 0600);  // one that was made before was open to all
    const std::string pid = std::to_string(getpid());
    if (::ftruncate(lock_.get(), 0) != 0 || ::pwrite(lock_.get(), pid.data(), pid.size(), 0) < 0)
        throw StoreError("cannot write " + file.string() + ": " + std::strerror(errno));
}

/// Nothing is opened that was not read to its end before: LMDB trusts what it maps.
void Store::open() {
    const auto data = folder_ / kDataFile;
    const Descriptor file = temporary_ ? Descriptor() : openRegular(data);
    if (file) {
        try {
            refuseUnlessWhole(checkFile(file.get(), data.string()), data.string());
        } catch (const DamageError& error) {
            throw DamageError(std::string(error.what()) + ". Nothing was written. " + damage::advice(folder_));
        }
        ::fchmod(file.get(), 0600);
        if (const Descriptor readers = openRegular(folder_ / kReadersFile)) ::fchmod(readers.get(), 0600);
        environment_ = openIn(folder_);
        return;
    }
    Incoming incoming = empty();
    environment_ = incoming.environment;
    if (!temporary_) keep(incoming);
}

std::shared_ptr<Environment> Store::exchange(std::shared_ptr<Environment> contents) {
    return std::exchange(environment_, std::move(contents));
}

void Store::keep(Incoming& incoming) {
    if (!temporary_) {
        moveFile(incoming.folder.path() / kDataFile, folder_ / kDataFile);
        moveFile(incoming.folder.path() / kReadersFile,
                 folder_ / kReadersFile);  // whoever reads beside us with LMDB's tools meets us there
        syncFolder(folder_);
        incoming.environment->movedTo(folder_);
    }
    incoming.folder.remove();  // open files live on until the process ends
}

void Store::compact() {
    Incoming compacted{.folder = scratch(), .environment = {}};
    save().to(compacted.folder.path() / kDataFile);
    compacted.environment = openIn(compacted.folder.path());
    exchange(compacted.environment);
    keep(compacted);
}

void Store::clear() {
    Txn txn(*environment_, Txn::Mode::write);
    for (const Table table : environment_->tables()) txn.clear(table);
    txn.put(table(std::string(kMetaTable)), kFormatRow, std::to_string(kFormatVersion));
    txn.commit();
}

}  // namespace backlot
