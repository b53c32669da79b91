#include "emulator/services/sqs/messages.h"
#include "emulator/services/sqs/move_tasks.h"
#include "emulator/services/sqs/queues.h"
#include "emulator/services/sqs/rows.h"
#include "emulator/services/sqs/service.h"

namespace backlot::sqs {
namespace {

/// Gives an operation what the service keeps: where it is reached, and the queues it has read.
template <typename Function>
OperationFunction with(const std::shared_ptr<Sqs>& sqs, Function* operation) {
    return [sqs, operation](Call& call, const Fields& request) -> Reply { return operation(*sqs, call, request); };
}

}  // namespace

Service sqsService(std::string endpoint) {
    const auto sqs = std::make_shared<Sqs>();
    sqs->endpoint = std::move(endpoint);
    return {
        .name = "sqs",
        .operations =
            {
                {"AddPermission", with(sqs, addPermission)},
                {"CancelMessageMoveTask", with(sqs, cancelMessageMoveTask)},
                {"ChangeMessageVisibility", with(sqs, changeMessageVisibility), dataEvent},
                {"ChangeMessageVisibilityBatch", with(sqs, changeMessageVisibilityBatch), dataEvent},
                {"CreateQueue", with(sqs, createQueue)},
                {"DeleteMessage", with(sqs, deleteMessage), dataEvent},
                {"DeleteMessageBatch", with(sqs, deleteMessageBatch), dataEvent},
                {"DeleteQueue", with(sqs, deleteQueue)},
                {"GetQueueAttributes", with(sqs, getQueueAttributes)},  // forgets expired messages
                {"GetQueueUrl", with(sqs, getQueueUrl), readOnly},
                {"ListDeadLetterSourceQueues", with(sqs, listDeadLetterSourceQueues), readOnly},
                {"ListMessageMoveTasks", with(sqs, listMessageMoveTasks), readOnly},
                {"ListQueueTags", with(sqs, listQueueTags), readOnly},
                {"ListQueues", with(sqs, listQueues), readOnly},
                {"PurgeQueue", with(sqs, purgeQueue)},
                {"ReceiveMessage", with(sqs, receiveMessage),
                 mayWait | dataEvent},  // leaves a waiter when there is nothing yet
                {"RemovePermission", with(sqs, removePermission)},
                {"SendMessage",
                 with(sqs, sendMessage),
                 dataEvent,
                 {{"MessageAttributes.StringListValues", "AWS has never implemented it"},
                  {"MessageAttributes.BinaryListValues", "AWS has never implemented it"},
                  {"MessageSystemAttributes.StringListValues", "AWS has never implemented it"},
                  {"MessageSystemAttributes.BinaryListValues", "AWS has never implemented it"}}},
                {"SendMessageBatch",
                 with(sqs, sendMessageBatch),
                 dataEvent,
                 {{"Entries.MessageAttributes.StringListValues", "AWS has never implemented it"},
                  {"Entries.MessageAttributes.BinaryListValues", "AWS has never implemented it"},
                  {"Entries.MessageSystemAttributes.StringListValues", "AWS has never implemented it"},
                  {"Entries.MessageSystemAttributes.BinaryListValues", "AWS has never implemented it"}}},
                {"SetQueueAttributes", with(sqs, setQueueAttributes)},
                {"StartMessageMoveTask", with(sqs, startMessageMoveTask)},
                {"TagQueue", with(sqs, tagQueue)},
                {"UntagQueue", with(sqs, untagQueue)},
                {"AnnounceVisible", with(sqs, announceVisible), internal},
                {"MoveMessages", with(sqs, moveMessages), internal},
                {"PeekMessages", with(sqs, peekMessages), internal | readOnly},
            },
        .forget = [sqs] { sqs->queues.clear(); },
        .kinds = kRowKinds,
    };
}

}  // namespace backlot::sqs
