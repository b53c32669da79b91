#include "emulator/store/row_writer.h"

#include <fcntl.h>

namespace backlot {
namespace {

constexpr std::size_t kPortionBytes = 8 << 20;

}  // namespace

void RowWriter::commit() {
    if (txn_) txn_->commit();
    txn_.reset();
}

Txn& RowWriter::open(const std::string& table) {
    auto found = tables_.find(table);
    if (found == tables_.end()) {
        commit();  // a table is made in a transaction of its own
        found = tables_.emplace(table, environment_.table(table)).first;
    }
    table_ = found->second;
    if (!txn_) txn_ = std::make_unique<Txn>(environment_, Txn::Mode::write);
    return *txn_;
}

/// Commits a portion and sends it to the disk: a gigabyte that waits there would hold up the next sync of the world's
/// file.
void RowWriter::count(std::size_t bytes) {
    waiting_ += bytes;
    if (waiting_ < kPortionBytes) return;
    waiting_ = 0;
    commit();
    int file = -1;
    check(mdb_env_get_fd(environment_.handle(), &file), "mdb_env_get_fd");
    ::sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE);
}

void RowWriter::append(const std::string& table, std::string_view key, std::string_view value) {
    if (table == kMetaTable && key == kFormatRow) return;
    open(table).appendStored(table_, key, value);
    count(key.size() + value.size());
}

bool RowWriter::add(const std::string& table, std::string_view key, std::string_view value) {
    if (table == kMetaTable && key == kFormatRow) return false;
    const bool added = open(table).addStored(table_, key, value);
    count(key.size() + value.size());
    return added;
}

void RowWriter::finish(bool sync) {
    open(std::string(kMetaTable)).put(table_, kFormatRow, std::to_string(kFormatVersion));
    commit();
    if (sync) environment_.sync();
}

}  // namespace backlot
