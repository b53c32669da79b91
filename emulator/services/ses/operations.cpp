#include "emulator/services/ses/configuration_sets.h"
#include "emulator/services/ses/identities.h"
#include "emulator/services/ses/inbox.h"
#include "emulator/services/ses/rows.h"
#include "emulator/services/ses/sending.h"
#include "emulator/services/ses/service.h"
#include "emulator/services/ses/templates.h"

namespace backlot::ses {

Service sesService() {
    return {
        .name = "ses",
        .operations =
            {
                {"CreateConfigurationSet", createConfigurationSet},
                {"CreateConfigurationSetEventDestination", createConfigurationSetEventDestination},
                {"CreateTemplate", createTemplate},
                {"DeleteConfigurationSet", deleteConfigurationSet},
                {"DeleteConfigurationSetEventDestination", deleteConfigurationSetEventDestination},
                {"DeleteIdentity", deleteIdentity},
                {"DeleteTemplate", deleteTemplate},
                {"DeleteVerifiedEmailAddress", deleteIdentity},
                {"DescribeConfigurationSet", describeConfigurationSet, readOnly},
                {"GetAccountSendingEnabled", getAccountSendingEnabled, readOnly},
                {"GetIdentityVerificationAttributes", getIdentityVerificationAttributes, readOnly},
                {"GetSendQuota", getSendQuota, readOnly},
                {"GetSendStatistics", getSendStatistics, readOnly},
                {"GetTemplate", getTemplate, readOnly},
                {"ListConfigurationSets", listConfigurationSets, readOnly},
                {"ListIdentities", listIdentities, readOnly},
                {"ListTemplates", listTemplates, readOnly},
                {"ListVerifiedEmailAddresses", listVerifiedEmailAddresses, readOnly},
                {"SendBulkTemplatedEmail", sendBulkTemplatedEmail, dataEvent},
                {"SendEmail", sendEmail, dataEvent},
                {"SendRawEmail", sendRawEmail, dataEvent},
                {"SendTemplatedEmail", sendTemplatedEmail, dataEvent},
                {"TestRenderTemplate", testRenderTemplate, readOnly},
                {"UpdateTemplate", updateTemplate},
                {"VerifyDomainDkim", verifyDomainDkim},
                {"VerifyDomainIdentity", verifyDomainIdentity},
                {"VerifyEmailAddress", verifyEmailIdentity},
                {"VerifyEmailIdentity", verifyEmailIdentity},
                {"ClearInbox", clearInbox, internal},
                {"Deliver", deliverMessage, internal},
                {"ListInbox", listInbox, internal | readOnly},
            },
        .kinds = kRowKinds,
    };
}

Service sesv2Service() {
    return {
        .name = "sesv2",
        .operations =
            {
                {"CreateConfigurationSet", createConfigurationSetV2},
                {"CreateConfigurationSetEventDestination", createConfigurationSetEventDestinationV2},
                {"CreateEmailIdentity", createEmailIdentity},
                {"CreateEmailTemplate", createEmailTemplate},
                {"DeleteConfigurationSet", deleteConfigurationSetV2},
                {"DeleteConfigurationSetEventDestination", deleteConfigurationSetEventDestinationV2},
                {"DeleteEmailIdentity", deleteEmailIdentity},
                {"DeleteEmailTemplate", deleteEmailTemplate},
                {"GetAccount", getAccount, readOnly},
                {"GetConfigurationSet", getConfigurationSet, readOnly},
                {"GetConfigurationSetEventDestinations", getConfigurationSetEventDestinations, readOnly},
                {"GetEmailIdentity", getEmailIdentity, readOnly},
                {"GetEmailTemplate", getEmailTemplate, readOnly},
                {"ListConfigurationSets", listConfigurationSetsV2, readOnly},
                {"ListEmailIdentities", listEmailIdentities, readOnly},
                {"ListEmailTemplates", listEmailTemplates, readOnly},
                {"SendBulkEmail", sendBulkEmail, dataEvent},
                {"SendEmail", sendEmailV2, dataEvent},
                {"TestRenderEmailTemplate", testRenderEmailTemplate, readOnly},
                {"UpdateConfigurationSetEventDestination", updateConfigurationSetEventDestinationV2},
                {"UpdateEmailTemplate", updateEmailTemplate},
            },
        .rows = "ses",
    };
}

}  // namespace backlot::ses
