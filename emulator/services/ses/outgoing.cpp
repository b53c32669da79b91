#include "emulator/services/ses/outgoing.h"

#include <algorithm>
#include <cctype>

#include "emulator/base/base64.h"
#include "emulator/services/ses/configuration_sets.h"
#include "emulator/services/ses/identities.h"
#include "emulator/services/ses/mime.h"

namespace backlot::ses {
namespace {

constexpr std::size_t kRecipientLimit = 50;

void requireTagText(Api api, const std::string& text, const char* what, std::string_view alsoAllowed,
                    const char* allowed) {
    if (text.empty()) throw invalid(api, std::string("The tag ") + what + " must be specified.");
    if (text.size() > 255) throw invalid(api, std::string("Tag ") + what + " cannot exceed 255 characters.");
    const bool good = std::all_of(text.begin(), text.end(), [&](unsigned char c) {
        return c < 0x80 && (std::isalnum(c) || alsoAllowed.find(static_cast<char>(c)) != std::string_view::npos);
    });
    if (!good)
        throw invalid(api, std::string("Invalid tag ") + what + " <" + text +
                               ">: only alphanumeric ASCII characters, " + allowed + " are allowed.");
}

void requireTag(Api api, const Json& tag) {
    requireTagText(api, textOr(tag, "Name"), "name", "_-", "'_',  '-'");
    requireTagText(api, textOr(tag, "Value"), "value", "_-.@", "'_',  '-' , '.', '@'");
}

/// Puts `added` into a list of {NAME, …}, in the place of the one that has its name.
void putByName(Json& all, std::string_view name, Json added) {
    for (Json& one : all.GetArray()) {
        if (textOr(one, name) != textOr(added, name)) continue;
        one = std::move(added);
        return;
    }
    push(all, std::move(added));
}

void requireAddress(Api api, const std::string& address) {
    const std::string bare = bareAddress(address);
    const std::size_t sign = bare.find('@');
    if (sign == std::string::npos) throw invalid(api, "Missing final '@domain'");
    if (sign + 1 == bare.size() || sign == 0 || bare.find_first_of(" \r\n\t") != std::string::npos)
        throw invalid(api, "Illegal address");
}

/// What API v2 can name and is not there.
void refuseForeign(const Fields& request) {
    if (request.has("ListManagementOptions"))
        throw AwsError(
            "NotFoundException",
            "List with name: " + request.child("ListManagementOptions").text("ContactListName") + " doesn't exist.",
            404);
    if (const auto endpoint = request.optionalText("EndpointId"))
        throw AwsError("NotFoundException", "Multi-region endpoint <" + *endpoint + "> does not exist.", 404);
    if (const auto tenant = request.optionalText("TenantName"))
        throw AwsError("NotFoundException", "Tenant <" + *tenant + "> does not exist.", 404);
}

/// "notification=NOTE.1, kind=receipt"
void takeTagHeader(Api api, Outgoing& message, const std::string& header) {
    std::string rest = header;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        std::string pair = rest.substr(0, comma);
        rest.erase(0, comma + 1);
        pair.erase(std::remove(pair.begin(), pair.end(), ' '), pair.end());
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos) continue;
        Json tag = object({{"Name", pair.substr(0, equals)}, {"Value", pair.substr(equals + 1)}});
        requireTag(api, tag);
        putByName(message.tags, "Name", std::move(tag));
    }
}

}  // namespace

Outgoing outgoingOf(Call& call, Api api, const Fields& request, const std::string& from, const Fields& destination,
                    std::string_view tagMember) {
    const bool v2 = api == Api::v2;
    Outgoing message{.from = from};
    message.returnPath = request.valueOr(v2 ? "FeedbackForwardingEmailAddress" : "ReturnPath", "");
    message.sourceArn = request.valueOr(v2 ? "FromEmailAddressIdentityArn" : "SourceArn", "");
    message.to = destination.texts("ToAddresses");
    message.cc = destination.texts("CcAddresses");
    message.bcc = destination.texts("BccAddresses");
    message.replyTo = request.texts("ReplyToAddresses");
    if (v2) refuseForeign(request);
    for (const Json* tag : request.items(tagMember)) {
        requireTag(api, *tag);
        push(message.tags, copy(*tag));
    }
    const auto named = request.optionalText("ConfigurationSetName");
    message.configurationSet = named ? *named : configurationSetOfSender(call, message.from);
    if (!message.configurationSet.empty()) requireSendingSet(call, api, message.configurationSet);
    if (!message.from.empty()) requireAddress(api, message.from);
    if (!message.returnPath.empty()) requireAddress(api, message.returnPath);
    for (const auto* addresses : {&message.to, &message.cc, &message.bcc, &message.replyTo}) {
        for (const std::string& address : *addresses) requireAddress(api, address);
    }
    if (message.to.size() + message.cc.size() + message.bcc.size() > kRecipientLimit)
        throw invalid(api, "Recipient count exceeds 50.");
    if (!message.from.empty()) call.about(bareAddress(message.from));
    return message;
}

void requireRecipient(Api api, const Outgoing& message) {
    if (message.to.empty() && message.cc.empty() && message.bcc.empty())
        throw invalid(api, "Missing required header 'To'.");
}

void replaceTags(Api api, Outgoing& message, const Fields& entry) {
    for (const Json* tag : entry.items("ReplacementTags")) {
        requireTag(api, *tag);
        putByName(message.tags, "Name", copy(*tag));
    }
}

void takeRaw(Call& call, Api api, Outgoing& message, std::string bytes) {
    message.raw = std::move(bytes);
    const Mail mail = parseMail(message.raw);
    const std::string set = mail.header("X-SES-CONFIGURATION-SET");
    if (message.configurationSet.empty() && !set.empty()) {
        requireSendingSet(call, api, set);
        message.configurationSet = set;
    }
    if (message.tags.Empty()) takeTagHeader(api, message, mail.header("X-SES-MESSAGE-TAGS"));
}

void takeBody(Outgoing& message, const Fields& content) {
    message.subject = content.child("Subject").valueOr("Data", "");
    const Fields body = content.child("Body");
    message.text = body.child("Text").valueOr("Data", "");
    message.html = body.child("Html").valueOr("Data", "");
}

void takeHeaders(Outgoing& message, const Fields& content, std::string_view member) {
    for (const Json* header : content.items(member))
        putByName(message.headers, "name",
                  object({{"name", textOr(*header, "Name")}, {"value", textOr(*header, "Value")}}));
}

void takeAttachments(Outgoing& message, const Fields& content) {
    for (const Json* item : content.items("Attachments")) {
        const Fields attachment(*item);
        push(message.attachments,
             object({{"name", attachment.text("FileName")},
                     {"contentType", attachment.valueOr("ContentType", "application/octet-stream")},
                     {"disposition", attachment.optionalText("ContentDisposition")},
                     {"contentId", attachment.optionalText("ContentId")},
                     {"description", attachment.optionalText("ContentDescription")},
                     {"bytes", base64Decode(attachment.text("RawContent")).value_or("").size()}}));
    }
}

}  // namespace backlot::ses
