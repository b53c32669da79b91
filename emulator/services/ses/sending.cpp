#include "emulator/services/ses/sending.h"

#include <algorithm>
#include <map>

#include "emulator/base/base64.h"
#include "emulator/services/ses/inbox.h"
#include "emulator/services/ses/mime.h"
#include "emulator/services/ses/outgoing.h"
#include "emulator/services/ses/rows.h"
#include "emulator/services/ses/templates.h"
#include "emulator/world/record.h"

namespace backlot::ses {
namespace {

using namespace std::chrono_literals;

constexpr double kDailyQuota = 50'000, kRate = 14;

/// Renders and stores; a mail that cannot be rendered is accepted all the same.
std::string sendRendered(Call& call, Api api, Outgoing message, const Template& stored, const std::string& data) {
    message.templateName = stored.name;
    if (!tryParseJson(data)) throw invalidRenderingParameter(api);
    try {
        const Template filled = rendered(api, stored, data);
        message.subject = filled.subject;
        message.text = filled.text;
        message.html = filled.html;
    } catch (const AwsError& error) {
        message.id = newMessageId(call);
        publishRenderingFailure(call, message, error.message());
        RecordEntry dropped{.kind = "delivery",
                            .service = "ses",
                            .operation = "Deliver",
                            .resource = stored.name,
                            .error = "RenderingFailure"};
        dropped.detail = object({{"outcome", "dropped"}, {"reason", error.message()}});
        call.note(std::move(dropped));
        return message.id;
    }
    return store(call, std::move(message));
}

/// The JSON of one recipient's data laid over that of all.
std::string mergedData(const std::string& common, const std::string& own) {
    auto merged = tryParseJson(common);
    const auto more = tryParseJson(own);
    if (!merged || !merged->IsObject()) return own;
    if (more && more->IsObject()) {
        for (const auto& member : more->GetObject()) set(*merged, view(member.name), copy(member.value));
    }
    return writeJson(*merged);
}

/// The template that API v2 names by name or by ARN (…:template/NAME), or that the request brings along.
Template namedOrInlined(Call& call, const Fields& source) {
    if (source.has("TemplateContent")) {
        const Fields inlined = source.child("TemplateContent");
        return {.name = {},
                .subject = inlined.valueOr("Subject", ""),
                .text = inlined.valueOr("Text", ""),
                .html = inlined.valueOr("Html", "")};
    }
    if (const auto name = source.optionalText("TemplateName")) return requireTemplate(call, Api::v2, *name);
    const auto arn = source.optionalText("TemplateArn");
    if (!arn) throw badRequest("One of TemplateName, TemplateArn or TemplateContent must be specified.");
    return requireTemplate(call, Api::v2, arn->substr(arn->rfind('/') + 1));
}

std::string rawBytes(const Fields& message) { return base64Decode(message.text("Data")).value_or(""); }

std::int64_t sentSince(Call& call, Time since) {
    std::int64_t count = 0;
    call.scan(inboxKey(call), [&](std::string_view, std::string_view row) {
        const Json mail = parseJson(row);
        if (textOr(mail, "kind") == "email" && fromMillis(intOr(mail, "at", 0)) > since) ++count;
        return true;
    });
    return count;
}

}  // namespace

Json sendEmail(Call& call, const Fields& request) {
    Outgoing message = outgoingOf(call, Api::v1, request, request.text("Source"), request.child("Destination"), "Tags");
    requireRecipient(Api::v1, message);
    takeBody(message, request.child("Message"));
    return object({{"MessageId", store(call, std::move(message))}});
}

Json sendRawEmail(Call& call, const Fields& request) {
    Outgoing message =
        outgoingOf(call, Api::v1, request, request.valueOr("Source", ""), Fields(request).child("Destination"), "Tags");
    if (const auto from = request.optionalText("FromArn"); from && message.sourceArn.empty()) message.sourceArn = *from;
    takeRaw(call, Api::v1, message, rawBytes(request.child("RawMessage")));
    message.to = request.texts("Destinations");
    const Mail mail = parseMail(message.raw);
    if (message.from.empty()) message.from = mail.header("From");
    if (message.from.empty()) throw invalidParameterValue("Missing required header 'From'.");
    if (message.to.empty() && mail.header("To").empty() && mail.header("Cc").empty() && mail.header("Bcc").empty())
        throw invalidParameterValue("Missing required header 'To'.");
    call.about(bareAddress(message.from));
    return object({{"MessageId", store(call, std::move(message))}});
}

Json sendTemplatedEmail(Call& call, const Fields& request) {
    Outgoing message = outgoingOf(call, Api::v1, request, request.text("Source"), request.child("Destination"), "Tags");
    requireRecipient(Api::v1, message);
    const Template stored = requireTemplate(call, Api::v1, request.text("Template"));
    return object(
        {{"MessageId", sendRendered(call, Api::v1, std::move(message), stored, request.text("TemplateData"))}});
}

Json sendBulkTemplatedEmail(Call& call, const Fields& request) {
    const Template stored = requireTemplate(call, Api::v1, request.text("Template"));
    Json status = list();
    for (const Json* one : request.items("Destinations")) {
        const Fields destination(*one);
        Outgoing message =
            outgoingOf(call, Api::v1, request, request.text("Source"), destination.child("Destination"), "DefaultTags");
        requireRecipient(Api::v1, message);
        replaceTags(Api::v1, message, destination);
        const std::string data = mergedData(request.valueOr("DefaultTemplateData", "{}"),
                                            destination.valueOr("ReplacementTemplateData", "{}"));
        push(status, object({{"Status", "Success"},
                             {"MessageId", sendRendered(call, Api::v1, std::move(message), stored, data)}}));
    }
    return object({{"Status", std::move(status)}});
}

Json getSendQuota(Call& call, const Fields&) {
    return object({{"Max24HourSend", kDailyQuota},
                   {"MaxSendRate", kRate},
                   {"SentLast24Hours", static_cast<double>(sentSince(call, call.now - 24h))}});
}

Json getSendStatistics(Call& call, const Fields&) {
    std::map<std::int64_t, std::int64_t> quarters;  // of an hour, by the minute they begin
    call.scan(inboxKey(call), [&](std::string_view, std::string_view row) {
        const Json mail = parseJson(row);
        if (textOr(mail, "kind") == "email") ++quarters[intOr(mail, "at", 0) / 900'000];
        return true;
    });
    return object({{"SendDataPoints", array(quarters, [](const auto& quarter) {
                        return object({{"Timestamp", epochSeconds(fromMillis(quarter.first * 900'000))},
                                       {"DeliveryAttempts", quarter.second},
                                       {"Bounces", 0},
                                       {"Complaints", 0},
                                       {"Rejects", 0}});
                    })}});
}

Json getAccountSendingEnabled(Call&, const Fields&) { return object({{"Enabled", true}}); }

Json sendEmailV2(Call& call, const Fields& request) {
    Outgoing message = outgoingOf(call, Api::v2, request, request.valueOr("FromEmailAddress", ""),
                                  request.child("Destination"), "EmailTags");
    const Fields content = request.child("Content");
    if (content.has("Raw")) {
        takeRaw(call, Api::v2, message, rawBytes(content.child("Raw")));
        return object({{"MessageId", store(call, std::move(message))}});
    }
    if (message.from.empty()) throw badRequest("Missing required parameter 'FromEmailAddress'.");
    requireRecipient(Api::v2, message);
    if (content.has("Simple")) {
        const Fields simple = content.child("Simple");
        takeBody(message, simple);
        takeHeaders(message, simple, "Headers");
        takeAttachments(message, simple);
        return object({{"MessageId", store(call, std::move(message))}});
    }
    if (!content.has("Template")) throw badRequest("One of Simple, Raw or Template must be specified.");
    const Fields source = content.child("Template");
    takeHeaders(message, source, "Headers");
    takeAttachments(message, source);
    const Template stored = namedOrInlined(call, source);
    return object(
        {{"MessageId", sendRendered(call, Api::v2, std::move(message), stored, source.valueOr("TemplateData", "{}"))}});
}

Json sendBulkEmail(Call& call, const Fields& request) {
    const Fields source = request.child("DefaultContent").child("Template");
    const Template stored = namedOrInlined(call, source);
    Json results = list();
    for (const Json* one : request.items("BulkEmailEntries")) {
        const Fields entry(*one);
        Outgoing message = outgoingOf(call, Api::v2, request, request.text("FromEmailAddress"),
                                      entry.child("Destination"), "DefaultEmailTags");
        requireRecipient(Api::v2, message);
        replaceTags(Api::v2, message, entry);
        takeHeaders(message, source, "Headers");
        takeHeaders(message, entry, "ReplacementHeaders");
        takeAttachments(message, source);
        const std::string own = entry.child("ReplacementEmailContent")
                                    .child("ReplacementTemplate")
                                    .valueOr("ReplacementTemplateData", "{}");
        const std::string data = mergedData(source.valueOr("TemplateData", "{}"), own);
        push(results, object({{"Status", "SUCCESS"},
                              {"MessageId", sendRendered(call, Api::v2, std::move(message), stored, data)}}));
    }
    return object({{"BulkEmailEntryResults", std::move(results)}});
}

Json getAccount(Call& call, const Fields&) {
    return object({{"DedicatedIpAutoWarmupEnabled", false},
                   {"EnforcementStatus", "HEALTHY"},
                   {"ProductionAccessEnabled", true},
                   {"SendingEnabled", true},
                   {"SendQuota", object({{"Max24HourSend", kDailyQuota},
                                         {"MaxSendRate", kRate},
                                         {"SentLast24Hours", static_cast<double>(sentSince(call, call.now - 24h))}})},
                   {"SuppressionAttributes", object({{"SuppressedReasons", list()}})}});
}

}  // namespace backlot::ses
