#include "emulator/services/kit/bind.h"
#include "emulator/services/sqs/messages.h"
#include "emulator/services/sqs/move_tasks.h"
#include "emulator/services/sqs/queues.h"
#include "emulator/services/sqs/rows.h"
#include "emulator/services/sqs/service.h"

namespace backlot::sqs {
Service sqsService(std::string endpoint) {
    const auto sqs = std::make_shared<Sqs>();
    sqs->endpoint = std::move(endpoint);
    const auto with = kit::bind(sqs);
    return {
        .name = "sqs",
        .operations =
            {
                {"AddPermission", with(addPermission)},
                {"CancelMessageMoveTask", with(cancelMessageMoveTask)},
                {"ChangeMessageVisibility", with(changeMessageVisibility), dataEvent},
                {"ChangeMessageVisibilityBatch", with(changeMessageVisibilityBatch), dataEvent},
                {"CreateQueue", with(createQueue)},
                {"DeleteMessage", with(deleteMessage), dataEvent},
                {"DeleteMessageBatch", with(deleteMessageBatch), dataEvent},
                {"DeleteQueue", with(deleteQueue)},
                {"GetQueueAttributes", with(getQueueAttributes)},  // forgets expired messages
                {"GetQueueUrl", with(getQueueUrl), readOnly},
                {"ListDeadLetterSourceQueues", with(listDeadLetterSourceQueues), readOnly},
                {"ListMessageMoveTasks", with(listMessageMoveTasks), readOnly},
                {"ListQueueTags", with(listQueueTags), readOnly},
                {"ListQueues", with(listQueues), readOnly},
                {"PurgeQueue", with(purgeQueue)},
                {"ReceiveMessage", with(receiveMessage),
                 mayWait | dataEvent},  // leaves a waiter when there is nothing yet
                {"RemovePermission", with(removePermission)},
                {"SendMessage",
                 with(sendMessage),
                 dataEvent,
                 {{"MessageAttributes.StringListValues", "AWS has never implemented it"},
                  {"MessageAttributes.BinaryListValues", "AWS has never implemented it"},
                  {"MessageSystemAttributes.StringListValues", "AWS has never implemented it"},
                  {"MessageSystemAttributes.BinaryListValues", "AWS has never implemented it"}}},
                {"SendMessageBatch",
                 with(sendMessageBatch),
                 dataEvent,
                 {{"Entries.MessageAttributes.StringListValues", "AWS has never implemented it"},
                  {"Entries.MessageAttributes.BinaryListValues", "AWS has never implemented it"},
                  {"Entries.MessageSystemAttributes.StringListValues", "AWS has never implemented it"},
                  {"Entries.MessageSystemAttributes.BinaryListValues", "AWS has never implemented it"}}},
                {"SetQueueAttributes", with(setQueueAttributes)},
                {"StartMessageMoveTask", with(startMessageMoveTask)},
                {"TagQueue", with(tagQueue)},
                {"UntagQueue", with(untagQueue)},
                {"AnnounceVisible", with(announceVisible), internal},
                {"MoveMessages", with(moveMessages), internal},
                {"PeekMessages", with(peekMessages), internal | readOnly},
            },
        .forget = [sqs] { sqs->queues.clear(); },
        .kinds = kRowKinds,
    };
}

}  // namespace backlot::sqs
