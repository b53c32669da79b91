#pragma once

#include "emulator/services/dynamodb/memory.h"

namespace backlot::dynamodb {

/// The table as it is now. The backup is CREATING until all items are copied, which is at once where they are few.
/// Differs: meanwhile the table cannot be deleted; on AWS that holds for backups, not for exports and restores to a
/// point in time.
Json createBackup(Memory& memory, Call& call, const Fields& request);
Json describeBackup(Memory& memory, Call& call, const Fields& request);
Json listBackups(Memory& memory, Call& call, const Fields& request);
Json deleteBackup(Memory& memory, Call& call, const Fields& request);
/// The table is CREATING until all items are there, which is at once where they are few.
Json restoreTableFromBackup(Memory& memory, Call& call, const Fields& request);

Json describeContinuousBackups(Memory& memory, Call& call, const Fields& request);
Json updateContinuousBackups(Memory& memory, Call& call, const Fields& request);
/// Differs: only the latest state can be restored; earlier ones are not kept.
Json restoreTableToPointInTime(Memory& memory, Call& call, const Fields& request);

// Jobs: a backup's copy is complete; the next share of a restore.
Json finishBackup(Memory& memory, Call& call, const Fields& request);
Json fillTable(Memory& memory, Call& call, const Fields& request);

}  // namespace backlot::dynamodb
