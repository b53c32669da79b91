// Paths of LocalStack and moto that existing tools and tests call.

#include "emulator/base/time.h"
#include "emulator/harness/control_routes.h"

namespace backlot::harness {
namespace {

void localstackHealth(ControlCall call) {
    Json services(rapidjson::kObjectType);
    for (const auto& [name, service] : call.context.world.services())
        set(services, name == "states" ? "stepfunctions" : name, "running");
    call.answer(
        200, object({{"services", std::move(services)}, {"edition", "community"}, {"version", call.context.version}}));
}

void localstackInfo(ControlCall call) {
    call.answer(200, object({{"version", call.context.version},
                             {"edition", "community"},
                             {"is_license_activated", false},
                             {"session_id", "backlot"}}));
}

void localstackInit(ControlCall call) {
    const bool ready = call.context.stage() == "ready";
    call.answer(200,
                object({{"completed", object({{"BOOT", true}, {"START", true}, {"READY", ready}, {"SHUTDOWN", false}})},
                        {"scripts", list()}}));
}

void resetState(ControlCall call) {
    call.context.world.reset();
    call.answer(200, object({{"status", "ok"}}));
}

/// Mails in the form of LocalStack's SES endpoint, where `id` and `source` are empty all of them. Source: LocalStack's
/// documentation, "SES".
Json sesMessages(Json inbox, const std::string& id, const std::string& source) {
    Json messages(rapidjson::kArrayType);
    if (const Json* found = find(inbox, "messages"))
        for (const auto& mail : found->GetArray()) {
            if (!id.empty() && textOr(mail, "id") != id) continue;
            if (!source.empty() && textOr(mail, "from") != source) continue;
            Json destination = object();
            for (const auto& [ours, theirs] :
                 {std::pair("to", "ToAddresses"), std::pair("cc", "CcAddresses"), std::pair("bcc", "BccAddresses")})
                if (const Json* addresses = find(mail, ours);
                    addresses && (!addresses->Empty() || std::string_view(ours) == "to"))
                    set(destination, theirs, copy(*addresses));
            push(messages, object({{"Id", textOr(mail, "id")},
                                   {"Region", textOr(mail, "region", "us-east-1")},
                                   {"Timestamp", iso8601Seconds(fromMillis(intOr(mail, "at", 0)))},
                                   {"Source", textOr(mail, "from")},
                                   {"Destination", std::move(destination)},
                                   {"Subject", textOr(mail, "subject")},
                                   {"Body", object({{"text_part", optionalText(mail, "text")},
                                                    {"html_part", optionalText(mail, "html")}})},
                                   {"Template", optionalText(mail, "template")},
                                   {"RawData", optionalText(mail, "raw")}}));
        }
    return object({{"messages", std::move(messages)}});
}

void sesInbox(ControlCall call) {
    call.ask("ses", "ListInbox", object({{"kind", "email"}, {"limit", 10'000}}),
             [id = call.query("id").value_or(""), source = call.query("email").value_or("")](Json inbox) {
                 return sesMessages(std::move(inbox), id, source);
             });
}

void clearSesInbox(ControlCall call) {
    call.ask("ses", "ClearInbox", object({{"id", call.query("id")}}), [](Json) { return object(); });
}

void smsMessages(ControlCall call) {
    call.ask("ses", "ListInbox", object({{"kind", "sms"}, {"limit", 10'000}}), [](Json inbox) {
        Json byNumber(rapidjson::kObjectType);
        if (Json* found = find(inbox, "messages"))
            for (auto& message : found->GetArray()) {
                const Json* to = find(message, "to");
                if (!to || to->Empty()) continue;
                const std::string number = text((*to)[0]);
                if (!find(byNumber, number)) set(byNumber, number, list());
                push(*find(byNumber, number), object({{"PhoneNumber", number},
                                                      {"Message", textOr(message, "text")},
                                                      {"MessageId", textOr(message, "id")}}));
            }
        return object({{"sms_messages", std::move(byNumber)}});
    });
}

void sqsMessages(ControlCall call) {
    auto url = call.query("QueueUrl");
    if (!url && call.segments.size() == 3)
        url = call.context.endpoint + "/" + call.segments[1] + "/" + call.segments[2];  // {region}/{account}/{queue}
    if (!url) return call.fail(400, "MissingParameter", "Say the QueueUrl.");
    call.ask("sqs", "PeekMessages", object({{"QueueUrl", *url}}), [](Json result) { return result; });
}

}  // namespace

const std::vector<ControlRoute>& foreignRoutes() {
    static const std::vector<ControlRoute> routes = {
        {"GET", "/_localstack/health", localstackHealth},
        {"GET", "/health", localstackHealth},
        {"GET", "/_localstack/info", localstackInfo},
        {"GET", "/_localstack/init", localstackInit},
        {"POST", "/_localstack/state/reset", resetState},
        {"POST", "/moto-api/reset", resetState},
        {"GET", "/_aws/ses", sesInbox},
        {"DELETE", "/_aws/ses", clearSesInbox},
        {"GET", "/_aws/sns/sms-messages", smsMessages},
        {"GET", "/_aws/sqs/messages", sqsMessages},
        {"GET", "/_aws/sqs/messages/", sqsMessages},
    };
    return routes;
}

}  // namespace backlot::harness
