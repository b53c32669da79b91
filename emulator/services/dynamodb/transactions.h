#pragma once

#include "emulator/services/dynamodb/memory.h"
#include "emulator/services/dynamodb/writes.h"

namespace backlot::dynamodb {

Json transactGetItems(Memory& memory, Call& call, const Fields& request);
Json transactWriteItems(Memory& memory, Call& call, const Fields& request);

/// Why each action of a transaction would not have it: code and message, or None.
struct CancellationReason {
    std::string code = "None", message = {};
    Json item = {};
};
/// Throws TransactionCanceledException where a reason is not None.
void cancelWhereRefused(std::vector<CancellationReason> reasons);

/// Carries out all the writes, or none of them: what each used. Two on one item, and writes whose tables are not there,
/// are refused. Throws ValidationException, ResourceNotFoundException, TransactionCanceledException.
std::vector<Effect> carryOutTogether(Memory& memory, Call& call, std::vector<Write>& writes);

/// ClientRequestToken: true where the same request was carried out within ten minutes. Throws
/// IdempotentParameterMismatchException where another one was.
bool wasDoneBefore(Call& call, const Fields& request, std::string_view operation);
Json forgetToken(Memory& memory, Call& call, const Fields& request);  // job

}  // namespace backlot::dynamodb
