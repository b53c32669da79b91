// Rows that nobody can reach any more (a deleted table's items, a purged queue's messages) are removed in shares, one
// in each drain, so that removing a million of them delays nobody. A row of `sweeps`: (the rows' table, the prefix).
// They are no jobs: nothing that can be seen depends on when they go, so no clock waits for them and idle() passes over
// them.

#include "emulator/base/log.h"
#include "emulator/world/batch.h"
#include "emulator/world/world.h"

namespace backlot {
namespace {

constexpr auto kShare = std::chrono::milliseconds(1);
constexpr std::size_t kRowsBetweenLooks = 100;  // at the clock

}  // namespace

void World::sweepLater(Txn& txn, Table rows, std::string_view prefix) {
    txn.put(tables_.sweeps, Key(store_.env().nameOf(rows)).raw(prefix), "1");
    nextSweep_ = std::chrono::steady_clock::now();
}

/// True where nothing is left of the rows. What is damaged is left alone: it must not stand in the way of everything
/// else.
bool World::sweepRows(Txn& txn, KeyReader sweep) {
    const std::string name = sweep.text();
    try {
        for (const Table table : store_.env().tables())
            if (store_.env().nameOf(table) == name) return txn.eraseSome(table, sweep.rest(), kRowsBetweenLooks);
    } catch (const DamageError& error) {
        log::error(std::string("rows that nobody can reach are left where they are: ") + error.what());
    }
    return true;
}

void World::sweepSome(Batch& batch) {
    const auto until = std::chrono::steady_clock::now() + kShare;
    Txn& txn = batch.writer();
    do {
        std::string sweep;
        if (Cursor cursor(txn, tables_.sweeps); cursor.first()) sweep = cursor.key();
        if (sweep.empty()) {
            nextSweep_.reset();
            return;
        }
        if (sweepRows(txn, KeyReader(sweep))) txn.erase(tables_.sweeps, sweep);
    } while (std::chrono::steady_clock::now() < until);
}

}  // namespace backlot
