#pragma once

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

/// Writes the table's items as files of gzipped DynamoDB JSON with their manifests, laid out as AWS lays them out.
/// Source: Developer Guide, "DynamoDB table export output format".
/// Differs: full exports of the latest state in DynamoDB JSON only.
Json exportTableToPointInTime(Memory& memory, Call& call, const Fields& request);
Json describeExport(Memory& memory, Call& call, const Fields& request);
Json listExports(Memory& memory, Call& call, const Fields& request);
/// The job that writes the next file, of a copy that was made when the export was asked for.
Json runExport(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
