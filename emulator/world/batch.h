#pragma once
// The transaction that one drain shares. Each operation is a frame in it; a frame that fails leaves nothing behind.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "emulator/store/store.h"

namespace backlot {

class Batch {
public:
    explicit Batch(Store& store) : store_(store) {}

    /// Begins a frame, inside the one that is open if there is one.
    void begin(bool readOnly);
    /// Ends the innermost frame and keeps its work.
    void keep();
    /// Ends the innermost frame and undoes its work.
    void undo();

    /// For reading: sees what the open frames have written.
    Txn& reader();
    /// For writing, in a way that undo() can take back. Throws std::logic_error in a read-only frame.
    Txn& writer();

    bool wrote() const { return root_ != nullptr; }
    /// The store has refused a write: nothing of the batch can be kept.
    bool refused() const { return refused_ || (root_ && root_->refused()); }
    bool mapIsFull() const { return root_ && root_->mapIsFull(); }
    /// Throws StoreError where the store does not take it: then rollBack().
    void commit();
    /// Undoes all of it, in memory too.
    void rollBack();

    /// These last as long as the frame that added them.
    void signal(std::string_view topic) { signals_.emplace_back(topic); }
    void afterCommit(std::function<void()> action) { actions_.push_back(std::move(action)); }
    /// Runs where what the frame wrote is undone: with the frame, or with all of the batch. The last comes first.
    void ifUndone(std::function<void()> action) { undos_.push_back(std::move(action)); }
    std::vector<std::string>& signals() { return signals_; }
    std::vector<std::function<void()>>& actions() { return actions_; }

private:
    struct Frame {
        bool readOnly = false;
        std::size_t journal = 0;  // where the root's journal was; none where the root was not there yet
        std::size_t signals = 0, actions = 0, undos = 0;
    };
    std::unique_ptr<Txn> begin(Txn::Mode mode);
    void undoTo(std::size_t mark);
    void undoMemory(std::size_t mark);

    Store& store_;
    std::unique_ptr<Txn> read_, root_;
    bool rootUsed_ = false;  // the root holds work that is to stay
    bool refused_ = false;   // no transaction could be begun
    std::vector<Frame> frames_;
    std::vector<std::string> signals_;
    std::vector<std::function<void()>> actions_, undos_;
};

}  // namespace backlot
