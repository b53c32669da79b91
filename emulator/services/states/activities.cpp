#include "emulator/services/states/activities.h"

#include "asl/execution/bytes.h"
#include "emulator/base/arn.h"
#include "emulator/services/states/errors.h"
#include "emulator/services/states/machines.h"
#include "emulator/services/states/pages.h"
#include "emulator/services/states/runner.h"
#include "emulator/services/states/tags.h"

namespace backlot::states {
namespace {

using namespace std::chrono_literals;

Key keyOf(std::string_view arn) { return Key("activity").text(arn); }
Key queueOf(std::string_view arn) { return Key("queue").text(arn); }
/// Where the task of an attempt stands in its queue.
Key placeKey(std::uint64_t execution, asl::AttemptId attempt) {
    return Key("queued").number(execution).number(attempt);
}
std::string topicOf(std::string_view arn) { return "states:activity:" + std::string(arn); }

Activity fromRow(const Json& row) {
    return {.arn = textOr(row, "arn"),
            .name = textOr(row, "name"),
            .createdAt = fromMillis(intOr(row, "createdAt", 0)),
            .tags = copy(*find(row, "tags"))};
}

std::string requireActivityArn(const std::string& arn) {
    const auto parsed = parseArn(arn);
    if (!parsed) throw invalidArn("Invalid ARN prefix: " + arn);
    if (parsed->service != "states" || !parsed->resource.starts_with("activity:"))
        throw invalidArn("Resource type not valid in this context: " +
                         parsed->resource.substr(0, parsed->resource.find(':')));
    return arn;
}

/// A task in a queue. Many may wait there, so its row is compact.
struct Queued {
    asl::AttemptId attempt = 0;
    std::string execution, token, input;

    std::string bytes() const {
        asl::BytesWriter out;
        out.number(attempt);
        for (const auto* text : {&execution, &token, &input}) out.text(*text);
        return out.take();
    }
    static Queued fromBytes(std::string_view bytes) {
        asl::BytesReader in(bytes);
        Queued task{.attempt = static_cast<asl::AttemptId>(in.number())};
        for (auto* text : {&task.execution, &task.token, &task.input}) *text = in.text();
        return task;
    }
};

/// The first task in the queue, taken out of it and begun by the worker.
std::optional<Json> takeTask(Runner& runner, Call& call, const std::string& arn, const std::string& worker) {
    for (;;) {
        std::string key;
        Queued task;
        call.scan(queueOf(arn), [&](std::string_view found, std::string_view value) {
            key = found;
            task = Queued::fromBytes(value);
            return false;
        });
        if (key.empty()) return std::nullopt;
        call.erase(key);
        auto row = findExecution(call, task.execution);
        if (!row) continue;
        call.erase(placeKey(row->number, task.attempt));
        runner.step(call, *row, asl::TaskStarted{task.attempt, worker});
        return object({{"taskToken", task.token}, {"input", task.input}});
    }
}

}  // namespace

std::optional<Activity> findActivity(Call& call, const std::string& arn) {
    const auto row = call.getJson(keyOf(arn));
    return row ? std::optional(fromRow(*row)) : std::nullopt;
}

void save(Call& call, const Activity& activity) {
    call.putJson(keyOf(activity.arn), object({{"arn", activity.arn},
                                              {"name", activity.name},
                                              {"createdAt", epochMillis(activity.createdAt)},
                                              {"tags", copy(activity.tags)}}));
}

Json createActivity(Call& call, const Fields& request) {
    const std::string name = request.text("name");
    requireName(name);
    const std::string arn = backlot::arn("states", call.region, call.account, "activity:" + name);
    call.about(arn);
    if (const auto existing = findActivity(call, arn))
        return object({{"activityArn", arn}, {"creationDate", epochSeconds(existing->createdAt)}});
    Activity activity{.arn = arn, .name = name, .createdAt = call.now, .tags = list()};
    mergeTags(activity.tags, request);
    save(call, activity);
    return object({{"activityArn", arn}, {"creationDate", epochSeconds(call.now)}});
}

Json describeActivity(Call& call, const Fields& request) {
    const std::string arn = requireActivityArn(request.text("activityArn"));
    const auto activity = findActivity(call, arn);
    if (!activity) throw activityDoesNotExist(arn);
    return object({{"activityArn", arn},
                   {"name", activity->name},
                   {"creationDate", epochSeconds(activity->createdAt)},
                   {"encryptionConfiguration", object({{"type", "AWS_OWNED_KEY"}})}});
}

Json deleteActivity(Call& call, const Fields& request) {
    const std::string arn = requireActivityArn(request.text("activityArn"));
    call.about(arn);
    call.erase(keyOf(arn));
    return object();
}

Json listActivities(Call& call, const Fields& request) {
    const std::string prefix = backlot::arn("states", call.region, call.account, "activity:");
    return page(call, request, Key("activity"), "activities",
                [&](std::string_view, std::string_view value) -> std::optional<Json> {
                    const Activity activity = fromRow(parseJson(value));
                    if (!activity.arn.starts_with(prefix)) return std::nullopt;
                    return object({{"activityArn", activity.arn},
                                   {"name", activity.name},
                                   {"creationDate", epochSeconds(activity.createdAt)}});
                });
}

Reply getActivityTask(Runner& runner, Call& call, const Fields& request) {
    const std::string arn = requireActivityArn(request.text("activityArn")), worker = request.valueOr("workerName", "");
    if (!findActivity(call, arn)) throw activityDoesNotExist(arn);
    call.about(arn);
    if (auto task = takeTask(runner, call, arn, worker)) return std::move(*task);
    return Wait{.topic = topicOf(arn),
                .ask = [&runner, arn, worker](Call& later, bool) { return takeTask(runner, later, arn, worker); },
                .limit = 60s};
}

void queueActivityTask(Call& call, const ExecutionRow& row, const asl::StartTask& task) {
    const Key key = queueOf(task.resource.arn).number(nextNumber(call, "queue numbers"));
    call.put(key, Queued{task.attempt, row.arn, task.taskToken.value_or(""), task.parameters.text()}.bytes());
    call.put(placeKey(row.number, task.attempt), key);
    call.signal(topicOf(task.resource.arn));
}

void forgetActivityTask(Call& call, std::uint64_t execution, asl::AttemptId attempt) {
    const Key place = placeKey(execution, attempt);
    const auto queued = call.get(place);
    if (!queued) return;
    const std::string key(*queued);
    call.erase(key);
    call.erase(place);
}

}  // namespace backlot::states
