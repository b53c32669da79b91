#include "emulator/services/states/mocks.h"

#include "emulator/services/states/runner.h"

namespace backlot::states {
namespace {

struct Range {
    std::int64_t first = 0, last = 0;
};

/// "2" or "2-5".
std::optional<Range> rangeOf(std::string_view text) {
    const auto number = [](std::string_view digits) -> std::optional<std::int64_t> {
        if (digits.empty() || digits.size() > 9 || digits.find_first_not_of("0123456789") != std::string_view::npos)
            return std::nullopt;
        return std::stoll(std::string(digits));
    };
    const auto dash = text.find('-');
    const auto first = number(text.substr(0, dash)),
               last = dash == std::string_view::npos ? first : number(text.substr(dash + 1));
    return first && last ? std::optional(Range{*first, *last}) : std::nullopt;
}

}  // namespace

Mocks::Mocks(const std::string& config) {
    if (config.empty()) return;
    auto parsed = tryParseJson(config);
    if (!parsed || !parsed->IsObject()) throw std::runtime_error("the mock configuration is no JSON object");
    config_ = std::move(*parsed);
}

const Json* Mocks::responseOf(const std::string& machine, const std::string& testCase, const std::string& state,
                              std::int64_t invocation) const {
    if (!any()) return nullptr;
    const Json* name = at(config_, {"StateMachines", machine, "TestCases", testCase, state});
    const Json* responses = name && name->IsString() ? at(config_, {"MockedResponses", view(*name)}) : nullptr;
    if (!responses || !responses->IsObject()) return nullptr;
    const Json* last = nullptr;
    std::int64_t lastNumber = -1;
    for (const auto& response : responses->GetObject()) {
        const auto range = rangeOf(view(response.name));
        if (!range) continue;
        if (range->first <= invocation && invocation <= range->last) return &response.value;
        if (range->last > lastNumber) {
            lastNumber = range->last;
            last = &response.value;
        }
    }
    return last;
}

bool startMock(Runner& runner, Call& call, const ExecutionRow& row, const asl::StartTask& task) {
    if (!row.mockCase) return false;
    const std::string machine = row.machineArn.substr(row.machineArn.rfind(':') + 1);
    const Key counter = Key("mock").number(row.number).text(task.stateName);
    const auto counted = call.get(counter);
    const std::int64_t invocation = counted ? std::stoll(std::string(*counted)) : 0;
    const Json* response = runner.mocks().responseOf(machine, *row.mockCase, task.stateName, invocation);
    if (!response) return false;
    call.put(counter, std::to_string(invocation + 1));
    const auto ended = [&](const char* operation, Json request) {
        set(request, "context",
            object({{"execution", row.arn}, {"attempt", task.attempt}, {"kind", "known"}, {"service", ""}}));
        call.soon({.service = "states", .operation = operation, .request = std::move(request)});
    };
    if (task.resource.kind == asl::ResourceKind::integration &&
        task.resource.pattern != asl::IntegrationPattern::requestResponse)
        ended("TaskSubmitted", object({{"output", object()}}));
    if (const Json* thrown = find(*response, "Throw"))
        ended("TaskEnded",
              object({{"error", object({{"code", textOr(*thrown, "Error")}, {"message", textOr(*thrown, "Cause")}})}}));
    else
        ended("TaskEnded",
              object({{"output", find(*response, "Return") ? copy(*find(*response, "Return")) : object()}}));
    return true;
}

}  // namespace backlot::states
