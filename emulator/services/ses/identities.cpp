#include "emulator/services/ses/identities.h"

#include <algorithm>

#include "emulator/base/base64.h"
#include "emulator/base/hash.h"
#include "emulator/services/ses/pages.h"
#include "emulator/services/ses/configuration_sets.h"
#include "emulator/services/ses/mime.h"
#include "emulator/services/ses/rows.h"

namespace backlot::ses {
namespace {

bool isAddress(std::string_view identity) { return identity.find('@') != std::string_view::npos; }

/// What a domain's owner would put into its DNS: the same for the same domain.
std::string verificationToken(const std::string& domain) {
    return base64Encode(sha256Hex("verification " + domain).substr(0, 33));
}

std::vector<std::string> dkimTokens(const std::string& domain) {
    std::vector<std::string> tokens;
    for (const char* nth : {"1", "2", "3"})
        tokens.push_back(sha256Hex(std::string("dkim ") + nth + domain).substr(0, 32));
    return tokens;
}

void keep(Call& call, const std::string& identity) {
    call.about(identity);
    if (!call.has(identityKey(call, identity)))
        call.putJson(identityKey(call, identity), object({{"createdAt", epochMillis(call.now)}}));
}

std::vector<std::string> identities(Call& call) {
    std::vector<std::string> all;
    const Key prefix = identitiesKey(call);
    call.scan(prefix, [&](std::string_view key, std::string_view) {
        all.push_back(KeyReader(key.substr(prefix.bytes().size())).text());
        return true;
    });
    return all;
}

/// `signing`: the DkimSigningAttributes that a domain was made with, without its key. With a key of its owner's the
/// one token is the selector.
Json dkimOf(const std::string& identity, const Fields& signing) {
    const auto selector = signing.optionalText("DomainSigningSelector");
    const std::string origin = signing.valueOr("DomainSigningAttributesOrigin", selector ? "EXTERNAL" : "AWS_SES");
    Json dkim = object({{"SigningEnabled", !isAddress(identity)},
                        {"Status", isAddress(identity) ? "NOT_STARTED" : "SUCCESS"},
                        {"SigningAttributesOrigin", origin},
                        {"NextSigningKeyLength", signing.optionalText("NextSigningKeyLength")}});
    if (isAddress(identity)) return dkim;
    set(dkim, "Tokens", array(selector ? std::vector{*selector} : dkimTokens(identity)));
    return dkim;
}

const char* typeOf(const std::string& identity) { return isAddress(identity) ? "EMAIL_ADDRESS" : "DOMAIN"; }

Json requireIdentity(Call& call, const std::string& identity) {
    call.about(identity);
    auto stored = call.getJson(identityKey(call, identity));
    if (!stored) throw AwsError("NotFoundException", "Email identity " + identity + " does not exist.", 404);
    return std::move(*stored);
}

}  // namespace

std::string configurationSetOfSender(Call& call, const std::string& from) {
    const std::string address = bareAddress(from);
    for (const std::string& identity : {address, address.substr(std::min(address.find('@') + 1, address.size()))}) {
        const auto stored = call.getJson(identityKey(call, identity));
        if (stored) return textOr(*stored, "configurationSet");
    }
    return {};
}

Json verifyEmailIdentity(Call& call, const Fields& request) {
    const std::string address = request.text("EmailAddress");
    if (!isAddress(address)) throw invalidParameterValue("Invalid email address<" + address + ">.");
    keep(call, address);
    return object();
}

Json verifyDomainIdentity(Call& call, const Fields& request) {
    const std::string domain = request.text("Domain");
    keep(call, domain);
    return object({{"VerificationToken", verificationToken(domain)}});
}

Json verifyDomainDkim(Call& call, const Fields& request) {
    const std::string domain = request.text("Domain");
    keep(call, domain);
    return object({{"DkimTokens", array(dkimTokens(domain))}});
}

Json listIdentities(Call& call, const Fields& request) {
    const auto type = request.optionalText("IdentityType");
    std::vector<std::string> shown;
    for (std::string& identity : identities(call)) {
        if (!type || (*type == "EmailAddress") == isAddress(identity)) shown.push_back(std::move(identity));
    }
    const auto page = pageOf(Api::v1, request, shown.size(), kNamesPage);
    return object({{"Identities", kit::elements(page, shown)}, {"NextToken", page.next}});
}

Json listVerifiedEmailAddresses(Call& call, const Fields&) {
    std::vector<std::string> shown;
    for (std::string& identity : identities(call)) {
        if (isAddress(identity)) shown.push_back(std::move(identity));
    }
    return object({{"VerifiedEmailAddresses", array(shown)}});
}

Json getIdentityVerificationAttributes(Call& call, const Fields& request) {
    Json attributes = object();
    for (const std::string& identity : request.texts("Identities")) {
        if (!call.has(identityKey(call, identity))) continue;
        Json one = object({{"VerificationStatus", "Success"}});
        if (!isAddress(identity)) set(one, "VerificationToken", verificationToken(identity));
        set(attributes, identity, std::move(one));
    }
    return object({{"VerificationAttributes", std::move(attributes)}});
}

Json deleteIdentity(Call& call, const Fields& request) {
    const std::string identity = request.has("Identity") ? request.text("Identity") : request.text("EmailAddress");
    call.about(identity);
    call.erase(identityKey(call, identity));
    return object();
}

Json createEmailIdentity(Call& call, const Fields& request) {
    const std::string identity = request.text("EmailIdentity");
    call.about(identity);
    if (call.has(identityKey(call, identity)))
        throw AwsError("AlreadyExistsException", "Email identity " + identity + " already exist.");
    const auto set_ = request.optionalText("ConfigurationSetName");
    if (set_) requireConfigurationSet(call, Api::v2, *set_);
    const Json* tags = request.find("Tags");
    Json signing = copy(request.child("DkimSigningAttributes").json());
    erase(signing, "DomainSigningPrivateKey");
    const Json stored = object({{"createdAt", epochMillis(call.now)},
                                {"tags", tags ? copy(*tags) : list()},
                                {"configurationSet", set_},
                                {"signing", copy(signing)}});
    call.putJson(identityKey(call, identity), stored);
    return object({{"IdentityType", typeOf(identity)},
                   {"VerifiedForSendingStatus", true},
                   {"DkimAttributes", dkimOf(identity, signing)}});
}

Json getEmailIdentity(Call& call, const Fields& request) {
    const std::string identity = request.text("EmailIdentity");
    const Json stored = requireIdentity(call, identity);
    const Json* tags = find(stored, "tags");
    return object({{"IdentityType", typeOf(identity)},
                   {"FeedbackForwardingStatus", true},
                   {"VerifiedForSendingStatus", true},
                   {"VerificationStatus", "SUCCESS"},
                   {"DkimAttributes", dkimOf(identity, Fields(stored).child("signing"))},
                   {"MailFromAttributes", object({{"BehaviorOnMxFailure", "USE_DEFAULT_VALUE"}})},
                   {"Policies", object()},
                   {"ConfigurationSetName", optionalText(stored, "configurationSet")},
                   {"Tags", tags ? copy(*tags) : list()}});
}

Json deleteEmailIdentity(Call& call, const Fields& request) {
    const std::string identity = request.text("EmailIdentity");
    requireIdentity(call, identity);
    call.erase(identityKey(call, identity));
    return object();
}

Json listEmailIdentities(Call& call, const Fields& request) {
    auto all = identities(call);
    const auto page = pageOf(Api::v2, request, all.size(), kNamesPage);
    const auto show = [](const std::string& identity) {
        return object({{"IdentityName", identity},
                       {"IdentityType", typeOf(identity)},
                       {"SendingEnabled", true},
                       {"VerificationStatus", "SUCCESS"}});
    };
    return object({{"EmailIdentities", kit::elements(page, all, show)}, {"NextToken", page.next}});
}

}  // namespace backlot::ses
