#include "emulator/services/dynamodb/throttle.h"

#include <algorithm>
#include <chrono>

namespace backlot::dynamodb {
namespace {

constexpr double kKeptSeconds = 300;
constexpr std::string_view kExceeded = "ProvisionedThroughputExceededException", kThrottled = "ThrottlingException";

/// Units a second; nothing where there is no limit.
std::optional<double> rateOf(const TableInfo& table, const Index* index, Direction direction) {
    const auto given = table.provisioned ? (index ? index->throughput : std::optional(table.throughput))
                                         : (index ? index->onDemand : table.onDemand);
    if (!given) return std::nullopt;
    const auto rate = direction == Direction::read ? given->read : given->write;
    if (rate < 0) return std::nullopt;
    return static_cast<double>(rate);
}

AwsError exceeded(const TableInfo& table, const Index* index) {
    if (!table.provisioned)
        return {std::string(kThrottled),
                "Throughput exceeds the maximum OnDemandThroughput configured on table or index"};
    if (index)
        return {std::string(kExceeded),
                "The level of configured provisioned throughput for one or more global secondary indexes of the table "
                "was exceeded. "
                "Consider increasing your provisioning level for the under-provisioned global secondary indexes with "
                "the UpdateTable API"};
    return {std::string(kExceeded),
            "The level of configured provisioned throughput for the table was exceeded. "
            "Consider increasing your provisioning level with the UpdateTable API."};
}

}  // namespace

void Throttle::admit(const TableInfo& table, const Index* index, Direction direction, Time now) {
    const auto rate = rateOf(table, index, direction);
    if (!rate) return;
    const auto [place, isNew] = left_.try_emplace(Which{table.id, index ? index->id : 0, direction}, Left{*rate, now});
    auto& left = place->second;
    const double seconds = std::chrono::duration<double>(now - left.at).count();
    if (!isNew && seconds > 0) left = {std::min(left.units + seconds * *rate, kKeptSeconds * *rate), now};
    if (left.units <= 0) throw exceeded(table, index);
}

void Throttle::admitRead(const TableInfo& table, const Index* index, Time now) {
    if (enforced_) admit(table, index && index->global ? index : nullptr, Direction::read, now);
}

void Throttle::admitWrite(const TableInfo& table, Time now) {
    if (!enforced_) return;
    admit(table, nullptr, Direction::write, now);
    for (const auto& index : table.indexes)
        if (index.global) admit(table, &index, Direction::write, now);
}

void Throttle::charge(const TableInfo& table, const Units& units, Direction direction) {
    if (!enforced_) return;
    const auto take = [&](std::uint64_t index, double amount) {
        if (const auto left = left_.find(Which{table.id, index, direction}); left != left_.end())
            left->second.units -= amount;
    };
    double own = units.table;
    for (const auto& [name, amount] : units.local) own += amount;  // local indexes live on the table's
    take(0, own);
    for (const auto& [name, amount] : units.global)
        if (const auto* index = table.findIndex(name)) take(index->id, amount);
}

bool isThrottled(const AwsError& error) { return error.code() == kExceeded || error.code() == kThrottled; }

}  // namespace backlot::dynamodb
