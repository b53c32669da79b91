#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/store/store.h"

namespace backlot {

/// Fills an environment that has no rows yet, in transactions of bounded size. Nobody else uses it meanwhile.
class RowWriter {
public:
    explicit RowWriter(Environment& environment) : environment_(environment) {}
    /// A row as it is stored, behind all that its table has.
    void append(const std::string& table, std::string_view key, std::string_view value);
    /// The same in any order; false where there is such a row.
    bool add(const std::string& table, std::string_view key, std::string_view value);
    /// Names the format and commits what is left. `sync`: it is on the disk then.
    void finish(bool sync);

private:
    Txn& open(const std::string& table);
    void commit();
    void count(std::size_t bytes);

    Environment& environment_;
    std::map<std::string, Table> tables_;
    Table table_;  // the one that is written
    std::unique_ptr<Txn> txn_;
    std::size_t waiting_ = 0;
};

}  // namespace backlot
