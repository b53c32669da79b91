#include "emulator/services/sqs/visibility.h"

#include "emulator/services/sqs/message_store.h"
#include "emulator/services/sqs/messages.h"
#include "emulator/services/sqs/rows.h"

namespace backlot::sqs {
void announce(Call& call, const Queue& queue, Time visibleAt) {
    // A hidden message is told at once, too: whoever polls learns from it when to look again.
    call.signal(queue.topic);
    if (visibleAt > call.now && call.hasSubscribers(queue.topic))
        announceAt(call, queue, visibleAt, Listener::subscriber);
}

void announceAt(Call& call, const Queue& queue, Time at, Listener listener) {
    const char* kind = listener == Listener::subscriber ? "subscriber" : "longPoll";
    const Key key = announcementKey(queue, kind);
    if (const auto planned = call.get(key)) {
        const Time due = KeyReader(*planned).time();
        if (due <= at && due > call.now) return;
    }
    const JobId job = call.later(at, Job{.service = "sqs",
                                         .operation = "AnnounceVisible",
                                         .request = object({{"QueueArn", queue.arn}, {"Kind", kind}}),
                                         .background = listener == Listener::longPoll,
                                         .label = "queue " + queue.name + ": a message becomes visible"});
    call.put(key, Key().time(at).number(job.sequence).bytes());
}

void withdraw(Call& call, const Queue& queue) {
    const Key key = announcementKey(queue, "subscriber");
    const auto planned = call.get(key);
    if (!planned || MessageStore(call, queue).nextVisible()) return;
    KeyReader reader(*planned);
    const Time due = reader.time();
    call.cancel({due, reader.number()});
    call.erase(key);
}

Json announceVisible(Sqs& sqs, Call& call, const Fields& request) {
    const QueuePtr queue = findQueueByArn(call, sqs, request.text("QueueArn"));
    if (!queue) return object();
    call.about(queue->name);
    const std::string kind = request.text("Kind");
    const Key key = announcementKey(*queue, kind);
    if (const auto planned = call.get(key); planned && KeyReader(*planned).time() <= call.now) call.erase(key);
    call.signal(queue->topic);
    if (kind == "subscriber" && call.hasSubscribers(queue->topic)) {
        if (const auto next = MessageStore(call, *queue).nextVisible())
            announceAt(call, *queue, *next, Listener::subscriber);
    }
    return object();
}

}  // namespace backlot::sqs
