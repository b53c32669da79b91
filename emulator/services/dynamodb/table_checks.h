#pragma once
// What CreateTable and UpdateTable require of the description of a table, in AWS's order and words.

#include "emulator/services/dynamodb/table.h"

namespace backlot::dynamodb {

/// AttributeDefinitions. Throws ValidationException.
std::vector<KeyAttribute> readDefinitions(const Fields& request);
/// Billing mode, throughput and keys of a new table with its indexes; the ids of the indexes are given.
/// Throws ValidationException.
TableInfo readNewTable(const Fields& request);
/// One entry of GlobalSecondaryIndexes, or of an update's Create.
Index readGlobalIndex(const Fields& entry, const std::vector<KeyAttribute>& definitions, bool provisioned);
/// Throws ValidationException where a definition serves no key of the table.
void requireDefinitionsUsed(const TableInfo& table);
void requireIndexCounts(const TableInfo& table);
/// ProvisionedThroughput within what a table may have.
Throughput readThroughput(const Fields& throughput, std::string_view index = {});
std::optional<Throughput> readOnDemand(const Fields& owner);
std::optional<Throughput> readWarm(const Fields& owner);
/// SSESpecification as SSEDescription's JSON text; empty where the table is encrypted with AWS's own key.
std::string readEncryption(const Fields& request, std::string_view account, std::string_view region);

}  // namespace backlot::dynamodb
