#include "emulator/services/sns/delivery.h"
#include "emulator/services/sns/platform.h"
#include "emulator/services/sns/publish.h"
#include "emulator/services/sns/service.h"
#include "emulator/services/sns/sms.h"
#include "emulator/services/sns/subscriptions.h"
#include "emulator/services/sns/topics.h"

namespace backlot::sns {
namespace {

/// Gives an operation what the service keeps.
template <typename Result>
OperationFunction with(const std::shared_ptr<Sns>& sns, Result (*operation)(Sns&, Call&, const Fields&)) {
    return [sns, operation](Call& call, const Fields& request) -> Reply { return operation(*sns, call, request); };
}

}  // namespace

Service snsService(Outside& outside, Options options) {
    const std::shared_ptr<Sns> sns(new Sns{.options = std::move(options), .outside = outside});
    return {
        .name = "sns",
        .operations =
            {
                {"AddPermission", with(sns, addPermission)},
                {"CheckIfPhoneNumberIsOptedOut", with(sns, checkIfPhoneNumberIsOptedOut), readOnly},
                {"ConfirmSubscription",
                 with(sns, confirmSubscription),
                 {},
                 {{"AuthenticateOnUnsubscribe", "a link to unsubscribe is for whoever has it"}}},
                {"CreatePlatformApplication", with(sns, createPlatformApplication)},
                {"CreatePlatformEndpoint", with(sns, createPlatformEndpoint)},
                {"CreateTopic", with(sns, createTopic)},
                {"DeleteEndpoint", with(sns, deleteEndpoint)},
                {"DeletePlatformApplication", with(sns, deletePlatformApplication)},
                {"DeleteTopic", with(sns, deleteTopic)},
                {"GetDataProtectionPolicy", with(sns, getDataProtectionPolicy), readOnly},
                {"GetEndpointAttributes", with(sns, getEndpointAttributes), readOnly},
                {"GetPlatformApplicationAttributes", with(sns, getPlatformApplicationAttributes), readOnly},
                {"GetSMSAttributes", with(sns, getSMSAttributes), readOnly},
                {"GetSMSSandboxAccountStatus", with(sns, getSMSSandboxAccountStatus), readOnly},
                {"GetSubscriptionAttributes", with(sns, getSubscriptionAttributes), readOnly},
                {"GetTopicAttributes", with(sns, getTopicAttributes), readOnly},
                {"ListEndpointsByPlatformApplication", with(sns, listEndpointsByPlatformApplication), readOnly},
                {"ListPhoneNumbersOptedOut", with(sns, listPhoneNumbersOptedOut), readOnly},
                {"ListPlatformApplications", with(sns, listPlatformApplications), readOnly},
                {"ListSubscriptions", with(sns, listSubscriptions), readOnly},
                {"ListSubscriptionsByTopic", with(sns, listSubscriptionsByTopic), readOnly},
                {"ListTagsForResource", with(sns, listTagsForResource), readOnly},
                {"ListTopics", with(sns, listTopics), readOnly},
                {"OptInPhoneNumber", with(sns, optInPhoneNumber)},
                {"Publish", with(sns, publish), dataEvent},
                {"PublishBatch", with(sns, publishBatch), dataEvent},
                {"PutDataProtectionPolicy", with(sns, putDataProtectionPolicy)},
                {"RemovePermission", with(sns, removePermission)},
                {"SetEndpointAttributes", with(sns, setEndpointAttributes)},
                {"SetPlatformApplicationAttributes", with(sns, setPlatformApplicationAttributes)},
                {"SetSMSAttributes", with(sns, setSMSAttributes)},
                {"SetSubscriptionAttributes", with(sns, setSubscriptionAttributes)},
                {"SetTopicAttributes", with(sns, setTopicAttributes)},
                {"Subscribe", with(sns, subscribe)},
                {"TagResource", with(sns, tagResource)},
                {"Unsubscribe", with(sns, unsubscribe)},
                {"UntagResource", with(sns, untagResource)},
                {"DeliverHttp", with(sns, deliverHttp), internal | mayWait},
                {"DeliveryDone", with(sns, deliveryDone), internal},
                {"HttpAnswered", with(sns, httpAnswered), internal},
                {"OptOutPhoneNumber", with(sns, optOutPhoneNumber), internal},
                {"RetryDelivery", with(sns, retryDelivery), internal},
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
