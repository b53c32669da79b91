#include "emulator/world/batch.h"

#include <stdexcept>

namespace backlot {

void Batch::begin(bool readOnly) {
    frames_.push_back({.readOnly = readOnly || (!frames_.empty() && frames_.back().readOnly),
                       .journal = root_ ? root_->mark() : 0,
                       .signals = signals_.size(),
                       .actions = actions_.size(),
                       .undos = undos_.size()});
}

void Batch::keep() {
    frames_.pop_back();
    if (!frames_.empty() || !root_) return;
    rootUsed_ = true;
    root_->forgetTo(0);
}

void Batch::undo() {
    const Frame frame = frames_.back();
    undoMemory(frame.undos);
    if (root_ && frames_.size() == 1 && !rootUsed_)
        root_.reset();  // it was alone in there
    else if (root_)
        undoTo(frame.journal);
    signals_.resize(frame.signals);
    actions_.resize(frame.actions);
    frames_.pop_back();
}

void Batch::undoTo(std::size_t mark) {
    try {
        root_->undoTo(mark);
    } catch (const StoreError&) {
        refused_ = true;  // LMDB takes nothing more in this transaction
    }
}

void Batch::undoMemory(std::size_t mark) {
    while (undos_.size() > mark) {
        const auto action = std::move(undos_.back());
        undos_.pop_back();
        action();
    }
}

Txn& Batch::reader() {
    if (root_) return *root_;
    if (!read_) read_ = begin(Txn::Mode::read);
    return *read_;
}

std::unique_ptr<Txn> Batch::begin(Txn::Mode mode) {
    try {
        return std::make_unique<Txn>(store_.env(), mode);
    } catch (const StoreError&) {
        refused_ = true;
        throw;
    }
}

/// The outermost frame needs no journal while nothing else is in the root: undoing it is then undoing all.
Txn& Batch::writer() {
    if (!frames_.empty() && frames_.back().readOnly) throw std::logic_error("a read-only operation writes");
    if (!root_) {
        read_.reset();
        root_ = begin(Txn::Mode::write);
    }
    if (frames_.empty()) rootUsed_ = true;
    root_->keepJournal(frames_.size() > 1 || (frames_.size() == 1 && rootUsed_));
    return *root_;
}

void Batch::commit() {
    read_.reset();
    if (refused()) throw StoreError("a write was refused");
    if (root_) {
        root_->commit();
        root_.reset();
    }
    undos_.clear();
}

void Batch::rollBack() {
    read_.reset();
    root_.reset();
    frames_.clear();
    signals_.clear();
    actions_.clear();
    undoMemory(0);
}

}  // namespace backlot
