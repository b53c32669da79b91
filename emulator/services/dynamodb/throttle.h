#pragma once
// Refuses what goes beyond a table's or an index's throughput, where the service is told to
// (Settings::enforceThroughput).

#include <map>
#include <tuple>

#include "emulator/base/aws_error.h"
#include "emulator/services/dynamodb/capacity.h"

namespace backlot::dynamodb {

/// The units that each table and global index has left. They come at the provisioned rate (or at OnDemandThroughput's),
/// and what is not used is kept for 300 seconds; a new table begins with those of one second.
/// Source: Developer Guide, "Burst and adaptive capacity".
/// Differs: a request is let in while anything is left, however much it then uses; what is left is not kept over a
/// restart.
class Throttle {
public:
    explicit Throttle(bool enforced) : enforced_(enforced) {}
    bool enforced() const { return enforced_; }

    /// A read of the table or the index. Throws ProvisionedThroughputExceededException, ThrottlingException.
    void admitRead(const TableInfo& table, const Index* index, Time now);
    /// A write of an item, which may also change every global index. Throws the same.
    void admitWrite(const TableInfo& table, Time now);
    void charge(const TableInfo& table, const Units& units, Direction direction);
    void forget() { left_.clear(); }

private:
    struct Left {
        double units = 0;
        Time at{};
    };
    using Which = std::tuple<std::uint64_t, std::uint64_t, Direction>;  // table, index (0: the table itself)
    void admit(const TableInfo& table, const Index* index, Direction direction, Time now);

    bool enforced_;
    std::map<Which, Left> left_;
};

/// Whether the error is one of those that admit…() throws.
bool isThrottled(const AwsError& error);

}  // namespace backlot::dynamodb
