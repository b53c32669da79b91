#include "emulator/services/sqs/move_tasks.h"

#include "emulator/base/base64.h"
#include "emulator/services/sqs/errors.h"
#include "emulator/services/sqs/message_store.h"
#include "emulator/services/sqs/messages.h"
#include "emulator/services/sqs/rows.h"

namespace backlot::sqs {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kShareWithoutLimit = 500;

Key taskKey(const std::string& sourceArn, const Json& task) {
    return tasksKey(sourceArn).integer(-intOr(task, "started", 0)).text(textOr(task, "id"));
}

std::optional<Json> findTask(Call& call, const std::string& sourceArn, const std::string& id) {
    std::optional<Json> found;
    call.scan(tasksKey(sourceArn), [&](std::string_view, std::string_view row) {
        Json task = parseJson(row);
        if (textOr(task, "id") == id) found = std::move(task);
        return !found;
    });
    return found;
}

void saveTask(Call& call, const std::string& sourceArn, const Json& task) {
    call.putJson(taskKey(sourceArn, task), task);
}

bool isDeadLetterQueue(Call& call, const std::string& arn) {
    bool found = false;
    scanQueues(call, {}, {}, [&](const Queue& queue) {
        found = queue.redrivePolicy && queue.redrivePolicy->deadLetterTargetArn == arn;
        return !found;
    });
    return found;
}

QueuePtr requireSource(Call& call, Sqs& sqs, const std::string& arn) {
    const QueuePtr source = findQueueByArn(call, sqs, arn);
    if (!source) throw resourceNotFound("The resource that you specified for the SourceArn parameter doesn't exist.");
    return source;
}

void planShare(Call& call, Time due, const std::string& sourceArn, const std::string& id) {
    call.later(due, Job{.service = "sqs",
                        .operation = "MoveMessages",
                        .request = object({{"sourceArn", sourceArn}, {"taskId", id}}),
                        .label = "message move task of " + sourceArn});
}

std::string handleOf(const std::string& sourceArn, const std::string& id) {
    return base64Encode(writeJson(object({{"taskId", id}, {"sourceArn", sourceArn}})));
}

}  // namespace

Json startMessageMoveTask(Sqs& sqs, Call& call, const Fields& request) {
    const std::string sourceArn = request.text("SourceArn");
    const QueuePtr source = requireSource(call, sqs, sourceArn);
    call.about(source->name);
    const auto destination = request.optionalText("DestinationArn");
    const auto rate = request.optionalInteger("MaxNumberOfMessagesPerSecond");
    if (rate && (*rate < 1 || *rate > 500)) {
        throw invalidParameterValue(std::to_string(*rate), "MaxNumberOfMessagesPerSecond",
                                    "MaxNumberOfMessagesPerSecond must be an integer between 1 and 500.");
    }
    if (!isDeadLetterQueue(call, sourceArn))
        throw invalidParameter("Source queue must be configured as a Dead Letter Queue.");
    if (destination && !findQueueByArn(call, sqs, *destination)) {
        throw resourceNotFound("The resource that you specified for the DestinationArn parameter doesn't exist.");
    }
    call.scan(tasksKey(sourceArn), [&](std::string_view, std::string_view row) {
        if (textOr(parseJson(row), "status") == "RUNNING") {
            throw unsupportedOperation(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given "
                "time.");
        }
        return true;
    });
    const std::string id = call.uuid("task");
    Json task = object({{"id", id},
                        {"status", "RUNNING"},
                        {"started", epochMillis(call.now)},
                        {"toMove", MessageStore(call, *source).total()},
                        {"moved", 0},
                        {"destination", destination},
                        {"rate", rate}});
    saveTask(call, sourceArn, task);
    planShare(call, call.now, sourceArn, id);
    return object({{"TaskHandle", handleOf(sourceArn, id)}});
}

Json moveMessages(Sqs& sqs, Call& call, const Fields& request) {
    const std::string sourceArn = request.text("sourceArn"), id = request.text("taskId");
    auto task = findTask(call, sourceArn, id);
    const QueuePtr source = findQueueByArn(call, sqs, sourceArn);
    if (!task || !source || textOr(*task, "status") != "RUNNING") return object();
    call.about(source->name);
    const std::int64_t share = intOr(*task, "rate", kShareWithoutLimit);
    MessageStore store(call, *source);
    const auto moving = store.visible(static_cast<std::size_t>(share), {});
    std::int64_t moved = intOr(*task, "moved", 0);
    for (const std::uint64_t sequence : moving) {
        const auto message = store.get(sequence);
        if (!message) continue;
        const std::string target = textOr(*task, "destination", message->deadLetterSourceArn);
        const QueuePtr destination = findQueueByArn(call, sqs, target);
        if (!destination) {
            set(*task, "status", "FAILED");
            set(*task, "failure",
                target.empty() ? "CouldNotDetermineMessageSource" : "AWS.SimpleQueueService.NonExistentQueue");
            break;
        }
        Message again = *message;
        again.receiveCount = 0;
        again.firstReceivedAt.reset();
        again.sentAt = call.now;
        store.remove(*message);
        moveTo(call, *destination, std::move(again), {});
        ++moved;
    }
    set(*task, "moved", moved);
    if (textOr(*task, "status") == "RUNNING") {
        if (store.visible(1, {}).empty())
            set(*task, "status", "COMPLETED");
        else
            planShare(call, find(*task, "rate") ? call.now + 1s : call.now, sourceArn, id);
    }
    saveTask(call, sourceArn, *task);
    return object();
}

Json listMessageMoveTasks(Sqs& sqs, Call& call, const Fields& request) {
    const std::string sourceArn = request.text("SourceArn");
    requireSource(call, sqs, sourceArn);
    const std::int64_t limit = request.valueOr("MaxResults", 1);
    if (limit < 1 || limit > 10)
        throw invalidParameterValue(std::to_string(limit), "MaxResults",
                                    "MaxResults must be an integer between 1 and 10.");
    Json results = list();
    call.scan(tasksKey(sourceArn), [&](std::string_view, std::string_view row) {
        const Json task = parseJson(row);
        const std::string status = textOr(task, "status");
        Json shown = object({{"Status", status},
                             {"SourceArn", sourceArn},
                             {"ApproximateNumberOfMessagesMoved", intOr(task, "moved", 0)},
                             {"ApproximateNumberOfMessagesToMove", intOr(task, "toMove", 0)},
                             {"StartedTimestamp", intOr(task, "started", 0)},
                             {"DestinationArn", optionalText(task, "destination")},
                             {"FailureReason", optionalText(task, "failure")}});
        if (find(task, "rate")) set(shown, "MaxNumberOfMessagesPerSecond", intOr(task, "rate", 0));
        if (status == "RUNNING") set(shown, "TaskHandle", handleOf(sourceArn, textOr(task, "id")));
        push(results, std::move(shown));
        return results.Size() < static_cast<std::size_t>(limit);
    });
    return object({{"Results", std::move(results)}});
}

Json cancelMessageMoveTask(Sqs& sqs, Call& call, const Fields& request) {
    const auto decoded = base64Decode(request.text("TaskHandle"));
    const auto handle = decoded ? tryParseJson(*decoded) : std::nullopt;
    if (!handle || !handle->IsObject() || !find(*handle, "taskId") || !find(*handle, "sourceArn"))
        throw invalidParameter("Value for parameter TaskHandle is invalid.");
    const std::string sourceArn = textOr(*handle, "sourceArn");
    auto task = findTask(call, sourceArn, textOr(*handle, "taskId"));
    if (!task) throw resourceNotFound("Task does not exist.");
    requireSource(call, sqs, sourceArn);
    if (textOr(*task, "status") != "RUNNING") throw unsupportedOperation("Only active tasks can be cancelled.");
    set(*task, "status", "CANCELLED");
    saveTask(call, sourceArn, *task);
    return object({{"ApproximateNumberOfMessagesMoved", intOr(*task, "moved", 0)}});
}

}  // namespace backlot::sqs
