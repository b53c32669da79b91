#include "emulator/world/batch.h"

#include <stdexcept>

namespace backlot {

void Batch::begin(bool readOnly) {
    Frame frame;
    frame.readOnly = readOnly || (!frames_.empty() && frames_.back().readOnly);
    frame.signals = signals_.size();
    frame.actions = actions_.size();
    frames_.push_back(std::move(frame));
}

void Batch::keep() {
    Frame& frame = frames_.back();
    if (frame.nested) frame.nested->commit();
    if (frame.opened && frames_.size() == 1) rootUsed_ = true;
    frames_.pop_back();
}

void Batch::undo() {
    Frame& frame = frames_.back();
    if (frame.nested)
        frame.nested.reset();
    else if (frame.opened)
        root_.reset();   // it was alone in there
    signals_.resize(frame.signals);
    actions_.resize(frame.actions);
    frames_.pop_back();
}

Txn& Batch::reader() {
    for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame)
        if (frame->nested) return *frame->nested;
    if (root_) return *root_;
    if (!read_) read_ = std::make_unique<Txn>(store_.env(), Txn::Mode::read);
    return *read_;
}

/// The outermost frame writes straight into the root while nothing else is in there: undoing it is then undoing all.
/// Only what must be undone apart from others pays for a nested transaction.
void Batch::open(std::size_t index) {
    Frame& frame = frames_[index];
    if (frame.opened) return;
    if (index > 0)
        frame.nested = std::make_unique<Txn>(store_.env(), Txn::Mode::write, &reader());
    else if (rootUsed_)
        frame.nested = std::make_unique<Txn>(store_.env(), Txn::Mode::write, root_.get());
    frame.opened = true;
}

Txn& Batch::writer() {
    if (!frames_.empty() && frames_.back().readOnly) throw std::logic_error("a read-only operation writes");
    if (!root_) {
        read_.reset();
        root_ = std::make_unique<Txn>(store_.env(), Txn::Mode::write);
    }
    if (frames_.empty()) rootUsed_ = true;
    for (std::size_t i = 0; i < frames_.size(); ++i) open(i);
    return reader();
}

void Batch::commit() {
    read_.reset();
    if (root_) {
        root_->commit();
        root_.reset();
    }
}

}  // namespace backlot
