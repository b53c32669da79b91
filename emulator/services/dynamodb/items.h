#pragma once

#include "emulator/services/dynamodb/memory.h"
#include "emulator/services/dynamodb/writes.h"

namespace backlot::dynamodb {

Json putItem(Memory& memory, Call& call, const Fields& request);
Json getItem(Memory& memory, Call& call, const Fields& request);
Json updateItem(Memory& memory, Call& call, const Fields& request);
Json deleteItem(Memory& memory, Call& call, const Fields& request);

/// ItemCollectionMetrics of the item: only tables with local indexes have them; nothing for others.
std::optional<Json> itemCollectionMetrics(const Write& write);
bool wantsItemCollectionMetrics(const Fields& request);

}  // namespace backlot::dynamodb
