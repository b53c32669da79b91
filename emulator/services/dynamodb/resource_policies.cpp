#include "emulator/services/dynamodb/resource_policies.h"

#include "emulator/services/dynamodb/errors.h"
#include "emulator/services/dynamodb/rows.h"
#include "emulator/services/dynamodb/stream_records.h"

namespace backlot::dynamodb {
namespace {

constexpr std::size_t kPolicyLimitBytes = 20 * 1024;
constexpr std::string_view kNoPolicy = "NO_POLICY";  // ExpectedRevisionId: there must be none

AwsError policyNotFound(std::string_view arn) {
    return {"PolicyNotFoundException",
            "Resource-based policy not found for the provided ResourceArn: " + std::string(arn)};
}

std::string requireResource(Memory& memory, Call& call, const Fields& request) {
    const auto arn = request.text("ResourceArn");
    call.about(arn);
    const auto table = findTable(memory, call, arn);
    const bool stream = arn.find("/stream/") != std::string::npos;
    if (stream ? !findStream(call, arn) : !table || table->arn() != arn)
        throw resourceNotFound("Requested resource not found: ResourceArn: " + arn + " not found");
    return arn;
}

std::string revisionOf(const Call& call, std::string_view arn) {
    const auto row = call.getJson(policyRow(arn));
    return row ? textOr(*row, "revision") : std::string(kNoPolicy);
}

void requireRevision(const Call& call, const std::string& arn, const Fields& request) {
    const auto expected = request.optionalText("ExpectedRevisionId");
    if (!expected || *expected == revisionOf(call, arn)) return;
    throw policyNotFound(arn);
}

}  // namespace

std::string putPolicy(Call& call, std::string_view arn, std::string_view policy) {
    if (policy.size() > kPolicyLimitBytes) throw validation("Resource-based policy must be at most 20 KB");
    const auto parsed = tryParseJson(policy);
    if (!parsed || !parsed->IsObject() || !find(*parsed, "Statement"))
        throw validation("Invalid policy document: it must be JSON with a Statement");
    if (const auto old = call.getJson(policyRow(arn)); old && textOr(*old, "policy") == policy)
        return textOr(*old, "revision");
    auto revision = std::to_string(epochMillis(call.now)) + std::to_string(call.roll("policy revision") % 1'000'000);
    call.putJson(policyRow(arn), object({{"policy", policy}, {"revision", revision}}));
    return revision;
}

void forgetPolicy(Call& call, std::string_view arn) { call.erase(policyRow(arn)); }

Json putResourcePolicy(Memory& memory, Call& call, const Fields& request) {
    const auto arn = requireResource(memory, call, request);
    requireRevision(call, arn, request);
    return object({{"RevisionId", putPolicy(call, arn, request.text("Policy"))}});
}

Json getResourcePolicy(Memory& memory, Call& call, const Fields& request) {
    const auto arn = requireResource(memory, call, request);
    const auto row = call.getJson(policyRow(arn));
    if (!row) throw policyNotFound(arn);
    return object({{"Policy", textOr(*row, "policy")}, {"RevisionId", textOr(*row, "revision")}});
}

Json deleteResourcePolicy(Memory& memory, Call& call, const Fields& request) {
    const auto arn = requireResource(memory, call, request);
    requireRevision(call, arn, request);
    const auto row = call.getJson(policyRow(arn));
    if (!row) return object();
    forgetPolicy(call, arn);
    return object({{"RevisionId", textOr(*row, "revision")}});
}

}  // namespace backlot::dynamodb
