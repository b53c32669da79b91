#include "emulator/services/sqs/batch.h"

#include <algorithm>
#include <set>

#include "emulator/services/sqs/errors.h"

namespace backlot::sqs {
namespace {

/// A batch entry carries the code that the query protocol has for the error.
std::string entryCode(const std::string& code) {
    if (code == "InvalidParameterValueException") return "InvalidParameterValue";
    if (code == "MissingRequiredParameterException") return "MissingParameter";
    return code;
}

}  // namespace

std::vector<const Json*> batchEntries(const Fields& request, std::string_view entryType) {
    const auto entries = request.items("Entries");
    if (entries.empty()) throw emptyBatchRequest(entryType);
    if (entries.size() > 10) throw tooManyEntriesInBatchRequest(entries.size());
    std::set<std::string> ids;
    for (const Json* entry : entries) {
        const std::string id = textOr(*entry, "Id");
        const bool good = !id.empty() && id.size() <= 80 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
            return std::isalnum(c) || c == '-' || c == '_';
        });
        if (!good) throw invalidBatchEntryId();
        if (!ids.insert(id).second) throw batchEntryIdsNotDistinct(id);
    }
    return entries;
}

Json forEachEntry(const std::vector<const Json*>& entries, const std::function<Json(const Fields&)>& one) {
    Json successful = list(), failed = list();
    for (const Json* entry : entries) {
        const std::string id = textOr(*entry, "Id");
        try {
            Json answer = one(Fields(*entry));
            set(answer, "Id", id);
            push(successful, std::move(answer));
        } catch (const AwsError& error) {
            push(failed, object({{"Id", id},
                                 {"Code", entryCode(error.code())},
                                 {"Message", error.message()},
                                 {"SenderFault", true}}));
        }
    }
    Json answer = object();
    if (!successful.Empty()) set(answer, "Successful", std::move(successful));
    if (!failed.Empty()) set(answer, "Failed", std::move(failed));
    return answer;
}

}  // namespace backlot::sqs
