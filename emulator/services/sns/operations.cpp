#include "emulator/services/kit/bind.h"
#include "emulator/services/sns/delivery.h"
#include "emulator/services/sns/platform.h"
#include "emulator/services/sns/publish.h"
#include "emulator/services/sns/service.h"
#include "emulator/services/sns/sms.h"
#include "emulator/services/sns/subscriptions.h"
#include "emulator/services/sns/topics.h"

namespace backlot::sns {
Service snsService(Outside& outside, Options options) {
    const std::shared_ptr<Sns> sns(new Sns{.options = std::move(options), .outside = outside});
    const auto with = kit::bind(sns);
    return {
        .name = "sns",
        .operations =
            {
                {"AddPermission", with(addPermission)},
                {"CheckIfPhoneNumberIsOptedOut", with(checkIfPhoneNumberIsOptedOut), readOnly},
                {"ConfirmSubscription",
                 with(confirmSubscription),
                 {},
                 {{"AuthenticateOnUnsubscribe", "a link to unsubscribe is for whoever has it"}}},
                {"CreatePlatformApplication", with(createPlatformApplication)},
                {"CreatePlatformEndpoint", with(createPlatformEndpoint)},
                {"CreateTopic", with(createTopic)},
                {"DeleteEndpoint", with(deleteEndpoint)},
                {"DeletePlatformApplication", with(deletePlatformApplication)},
                {"DeleteTopic", with(deleteTopic)},
                {"GetDataProtectionPolicy", with(getDataProtectionPolicy), readOnly},
                {"GetEndpointAttributes", with(getEndpointAttributes), readOnly},
                {"GetPlatformApplicationAttributes", with(getPlatformApplicationAttributes), readOnly},
                {"GetSMSAttributes", with(getSMSAttributes), readOnly},
                {"GetSMSSandboxAccountStatus", with(getSMSSandboxAccountStatus), readOnly},
                {"GetSubscriptionAttributes", with(getSubscriptionAttributes), readOnly},
                {"GetTopicAttributes", with(getTopicAttributes), readOnly},
                {"ListEndpointsByPlatformApplication", with(listEndpointsByPlatformApplication), readOnly},
                {"ListPhoneNumbersOptedOut", with(listPhoneNumbersOptedOut), readOnly},
                {"ListPlatformApplications", with(listPlatformApplications), readOnly},
                {"ListSubscriptions", with(listSubscriptions), readOnly},
                {"ListSubscriptionsByTopic", with(listSubscriptionsByTopic), readOnly},
                {"ListTagsForResource", with(listTagsForResource), readOnly},
                {"ListTopics", with(listTopics), readOnly},
                {"OptInPhoneNumber", with(optInPhoneNumber)},
                {"Publish", with(publish), dataEvent},
                {"PublishBatch", with(publishBatch), dataEvent},
                {"PutDataProtectionPolicy", with(putDataProtectionPolicy)},
                {"RemovePermission", with(removePermission)},
                {"SetEndpointAttributes", with(setEndpointAttributes)},
                {"SetPlatformApplicationAttributes", with(setPlatformApplicationAttributes)},
                {"SetSMSAttributes", with(setSMSAttributes)},
                {"SetSubscriptionAttributes", with(setSubscriptionAttributes)},
                {"SetTopicAttributes", with(setTopicAttributes)},
                {"Subscribe", with(subscribe)},
                {"TagResource", with(tagResource)},
                {"Unsubscribe", with(unsubscribe)},
                {"UntagResource", with(untagResource)},
                {"DeliverHttp", with(deliverHttp), internal | mayWait},
                {"DeliveryDone", with(deliveryDone), internal},
                {"HttpAnswered", with(httpAnswered), internal},
                {"OptOutPhoneNumber", with(optOutPhoneNumber), internal},
                {"RetryDelivery", with(retryDelivery), internal},
            },
        .forget =
            [sns] {
                sns->topics.clear();
                sns->httpAnswers.clear();
            },
        .kinds = kRowKinds,
    };
}

}  // namespace backlot::sns
