#include "emulator/services/ses/configuration_sets.h"
#include "emulator/services/ses/identities.h"
#include "emulator/services/ses/inbox.h"
#include "emulator/services/ses/rows.h"
#include "emulator/services/ses/sending.h"
#include "emulator/services/ses/service.h"
#include "emulator/services/ses/templates.h"

namespace backlot::ses {
namespace {

constexpr std::string_view kBounces = "nothing bounces, so nobody is asked who may take bounces";
constexpr std::string_view kTemplates = "its name says which template it is: those of other accounts are not here";
constexpr std::string_view kTexts = "the inbox keeps texts, not their bytes on the wire";
constexpr std::string_view kKept = "kept and shown; each mail reaches the inbox at once";
constexpr std::string_view kSizes = "the inbox keeps an attachment's name, type and size";

}  // namespace

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
                {"SendBulkTemplatedEmail",
                 sendBulkTemplatedEmail,
                 dataEvent,
                 {{"ReturnPathArn", kBounces}, {"TemplateArn", kTemplates}}},
                {"SendEmail",
                 sendEmail,
                 dataEvent,
                 {{"ReturnPathArn", kBounces},
                  {"Message.Subject.Charset", kTexts},
                  {"Message.Body.Text.Charset", kTexts},
                  {"Message.Body.Html.Charset", kTexts}}},
                {"SendRawEmail", sendRawEmail, dataEvent, {{"ReturnPathArn", kBounces}}},
                {"SendTemplatedEmail",
                 sendTemplatedEmail,
                 dataEvent,
                 {{"ReturnPathArn", kBounces}, {"TemplateArn", kTemplates}}},
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
                {"CreateConfigurationSet",
                 createConfigurationSetV2,
                 {},
                 {{"TrackingOptions.HttpsPolicy", kKept},
                  {"DeliveryOptions.SendingPoolName", kKept},
                  {"DeliveryOptions.MaxDeliverySeconds", kKept},
                  {"ReputationOptions.LastFreshStart", kKept},
                  {"SuppressionOptions.ValidationOptions", kKept}}},
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
                {"SendBulkEmail",
                 sendBulkEmail,
                 dataEvent,
                 {{"FeedbackForwardingEmailAddressIdentityArn", kBounces},
                  {"DefaultContent.Template.TemplateArn", kTemplates},
                  {"DefaultContent.Template.Attachments.ContentTransferEncoding", kSizes}}},
                {"SendEmail",
                 sendEmailV2,
                 dataEvent,
                 {{"FeedbackForwardingEmailAddressIdentityArn", kBounces},
                  {"ListManagementOptions.TopicName", "there is no contact list"},
                  {"Content.Template.TemplateArn", kTemplates},
                  {"Content.Simple.Subject.Charset", kTexts},
                  {"Content.Simple.Body.Text.Charset", kTexts},
                  {"Content.Simple.Body.Html.Charset", kTexts},
                  {"Content.Simple.Attachments.ContentTransferEncoding", kSizes},
                  {"Content.Template.Attachments.ContentTransferEncoding", kSizes}}},
                {"TestRenderEmailTemplate", testRenderEmailTemplate, readOnly},
                {"UpdateConfigurationSetEventDestination", updateConfigurationSetEventDestinationV2},
                {"UpdateEmailTemplate", updateEmailTemplate},
            },
        .rows = "ses",
    };
}

}  // namespace backlot::ses
