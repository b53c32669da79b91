#pragma once

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

/// Makes a table and fills it from the files below a prefix of a bucket: DynamoDB JSON or CSV, plain or gzipped.
/// Source: Developer Guide, "DynamoDB data import formats".
/// Differs: no ION and no ZSTD; what is wrong with a line is counted and not logged.
Json importTable(Memory& memory, Call& call, const Fields& request);
Json describeImport(Memory& memory, Call& call, const Fields& request);
Json listImports(Memory& memory, Call& call, const Fields& request);
/// The job that does it, a share at a time.
Json runImport(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
