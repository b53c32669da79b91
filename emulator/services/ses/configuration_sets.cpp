#include "emulator/services/ses/configuration_sets.h"

#include <algorithm>

#include "emulator/services/ses/pages.h"
#include "emulator/services/ses/rows.h"

namespace backlot::ses {
namespace {

Json requireSet(Call& call, Api api, const std::string& name) {
    auto stored = call.getJson(configurationSetKey(call, name));
    if (!stored) throw configurationSetNotFound(api, name);
    call.about(name);
    return std::move(*stored);
}

/// What API v2 keeps and shows of a set as it was given.
constexpr const char* kSettings[] = {"TrackingOptions",    "DeliveryOptions", "ReputationOptions", "SendingOptions",
                                     "SuppressionOptions", "VdmOptions",      "ArchivingOptions",  "Tags"};

void create(Call& call, Api api, const std::string& name, const Fields& settings) {
    call.about(name);
    if (call.has(configurationSetKey(call, name))) throw configurationSetExists(api, name);
    Json stored = object({{"eventDestinations", list()}});
    for (const char* setting : kSettings)
        if (const Json* given = settings.find(setting)) set(stored, setting, copy(*given));
    call.putJson(configurationSetKey(call, name), stored);
}

/// A set's option of API v2 in the words of API v1.
std::string policyForV1(const std::string& tlsPolicy) { return tlsPolicy == "REQUIRE" ? "Require" : "Optional"; }

bool sends(const Json& stored) { return Fields(stored).child("SendingOptions").valueOr("SendingEnabled", true); }

std::vector<std::string> names(Call& call) {
    std::vector<std::string> all;
    const Key prefix = configurationSetsKey(call);
    call.scan(prefix, [&](std::string_view key, std::string_view) {
        all.push_back(KeyReader(key.substr(prefix.bytes().size())).text());
        return true;
    });
    return all;
}

void requireTopic(Call& call, Api api, const std::string& arn) {
    try {
        call.invoke("sns", "GetTopicAttributes", object({{"TopicArn", arn}}));
    } catch (const AwsError&) {
        if (api == Api::v2) throw AwsError("BadRequestException", "SNS topic <" + arn + "> not found.");
        throw AwsError("InvalidSNSDestinationException", "SNS topic <" + arn + "> not found.");
    }
}

// A stored destination is in API v2's form. v1 calls the same event types "send", "renderingFailure", and an SNS
// topic's members otherwise.

std::string typeOfV1(const std::string& type) {
    std::string upper;
    for (const char c : type) {
        if (c >= 'A' && c <= 'Z') upper += '_';
        upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    return upper;
}

std::string typeForV1(const std::string& type) {
    std::string result;
    for (std::size_t i = 0; i < type.size(); ++i) {
        if (type[i] == '_')
            result += type[++i];
        else
            result += static_cast<char>(type[i] | 0x20);
    }
    return result;
}

Json withTypes(const Json& destination, std::string (*change)(const std::string&)) {
    Json result = copy(destination);
    set(result, "MatchingEventTypes", array(Fields(destination).texts("MatchingEventTypes"), change));
    return result;
}

Json storedForm(const Json& v1) {
    Json result = withTypes(v1, typeOfV1);
    if (const Json* topic = at(v1, {"SNSDestination", "TopicARN"})) {
        result.RemoveMember("SNSDestination");
        set(result, "SnsDestination", object({{"TopicArn", copy(*topic)}}));
    }
    return result;
}

Json v1Form(const Json& stored) {
    Json result = withTypes(stored, typeForV1);
    if (const Json* topic = at(stored, {"SnsDestination", "TopicArn"})) {
        result.RemoveMember("SnsDestination");
        set(result, "SNSDestination", object({{"TopicARN", copy(*topic)}}));
    }
    return result;
}

AwsError destinationNotFound(Api api, const std::string& name) {
    if (api == Api::v2) return AwsError("NotFoundException", "Event destination <" + name + "> does not exist.", 404);
    return AwsError("EventDestinationDoesNotExistException", "No EventDestination found for <" + name + ">.");
}

void requireDestination(Call& call, Api api, const Json& destination) {
    if (const Json* topic = at(destination, {"SnsDestination", "TopicArn"})) requireTopic(call, api, text(*topic));
    if (const Json* bus = at(destination, {"EventBridgeDestination", "EventBusArn"});
        bus && !text(*bus).ends_with(":event-bus/default"))
        throw AwsError("BadRequestException", "EventBridge destination must be the default event bus.");
}

/// A destination of API v2's form. CloudWatch, Firehose and Pinpoint ones are kept as they came.
Json destinationOf(const std::string& name, const Fields& given) {
    Json destination = object({{"Name", name}, {"Enabled", given.valueOr("Enabled", false)}});
    for (const char* member : {"MatchingEventTypes", "SnsDestination", "EventBridgeDestination",
                               "CloudWatchDestination", "KinesisFirehoseDestination", "PinpointDestination"})
        if (const Json* value = given.find(member)) set(destination, member, copy(*value));
    return destination;
}

/// Adds, replaces or (null) removes the destination of that name.
void changeDestination(Call& call, Api api, const std::string& set_, const std::string& name, bool exists,
                       const Json* destination) {
    Json stored = requireSet(call, api, set_);
    Json kept = list();
    bool found = false;
    for (const Json& existing : find(stored, "eventDestinations")->GetArray()) {
        if (textOr(existing, "Name") != name)
            push(kept, copy(existing));
        else
            found = true;
    }
    if (found && !exists)
        throw AwsError(
            api == Api::v2 ? "AlreadyExistsException" : "EventDestinationAlreadyExistsException",
            "An event destination with name <" + name + "> already exists in configuration set <" + set_ + ">.");
    if (!found && exists) throw destinationNotFound(api, name);
    if (destination) {
        requireDestination(call, api, *destination);
        push(kept, destinationOf(name, *destination));
    }
    set(stored, "eventDestinations", std::move(kept));
    call.putJson(configurationSetKey(call, set_), stored);
}

struct EventNames {
    const char *type, *eventType, *detailType, *member;
};
constexpr EventNames kEventNames[] = {{"SEND", "Send", "Email Sent", "send"},
                                      {"DELIVERY", "Delivery", "Email Delivered", "delivery"},
                                      {"RENDERING_FAILURE", "Rendering Failure", "Email Rendering Failed", "failure"}};

void publishTo(Call& call, const Json& destination, const EventNames& names, const std::string& setName,
               const std::string& message) {
    if (const Json* topic = at(destination, {"SnsDestination", "TopicArn"}))
        call.soon({.service = "sns",
                   .operation = "Publish",
                   .request = object({{"TopicArn", copy(*topic)},
                                      {"Subject", "Amazon SES Email Event Notification"},
                                      {"Message", message}}),
                   .label = "SES event " + std::string(names.eventType)});
    if (find(destination, "EventBridgeDestination"))
        call.soon(
            {.service = "events",
             .operation = "PutEvents",
             .request = object(
                 {{"Entries", list({object({{"Source", "aws.ses"},
                                            {"DetailType", names.detailType},
                                            {"Detail", message},
                                            {"Resources", list({"arn:aws:ses:" + call.region + ":" + call.account +
                                                                ":configuration-set/" + setName})}})})}}),
             .label = "SES event " + std::string(names.eventType)});
}

}  // namespace

void publishMailEvent(Call& call, const std::string& configurationSet, MailEvent event, const Json& mail,
                      Json details) {
    const auto stored = call.getJson(configurationSetKey(call, configurationSet));
    if (!stored) return;
    const EventNames& names = kEventNames[static_cast<int>(event)];
    std::string message;
    for (const Json& destination : find(*stored, "eventDestinations")->GetArray()) {
        const auto types = Fields(destination).texts("MatchingEventTypes");
        if (!boolOr(destination, "Enabled", false) || std::find(types.begin(), types.end(), names.type) == types.end())
            continue;
        if (message.empty())
            message = writeJson(
                object({{"eventType", names.eventType}, {"mail", copy(mail)}, {names.member, std::move(details)}}));
        publishTo(call, destination, names, configurationSet, message);
    }
}

void requireConfigurationSet(Call& call, Api api, const std::string& name) { requireSet(call, api, name); }

void requireSendingSet(Call& call, Api api, const std::string& name) {
    if (!sends(requireSet(call, api, name))) throw configurationSetPaused(api, name);
}

Json createConfigurationSet(Call& call, const Fields& request) {
    create(call, Api::v1, request.child("ConfigurationSet").text("Name"), object());
    return object();
}

Json deleteConfigurationSet(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName");
    requireSet(call, Api::v1, name);
    call.erase(configurationSetKey(call, name));
    return object();
}

Json describeConfigurationSet(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName");
    const Json stored = requireSet(call, Api::v1, name);
    Json answer = object({{"ConfigurationSet", object({{"Name", name}})}});
    const Fields settings(stored);
    for (const std::string& wanted : request.texts("ConfigurationSetAttributeNames")) {
        if (wanted == "eventDestinations")
            set(answer, "EventDestinations", array(find(stored, "eventDestinations")->GetArray(), v1Form));
        if (wanted == "trackingOptions" && settings.has("TrackingOptions"))
            set(answer, "TrackingOptions",
                object({{"CustomRedirectDomain", settings.child("TrackingOptions").text("CustomRedirectDomain")}}));
        if (wanted == "deliveryOptions" && settings.has("DeliveryOptions"))
            set(answer, "DeliveryOptions",
                object({{"TlsPolicy", policyForV1(settings.child("DeliveryOptions").valueOr("TlsPolicy", ""))}}));
        if (wanted == "reputationOptions")
            set(answer, "ReputationOptions",
                object({{"SendingEnabled", sends(stored)},
                        {"ReputationMetricsEnabled",
                         settings.child("ReputationOptions").valueOr("ReputationMetricsEnabled", false)}}));
    }
    return answer;
}

Json listConfigurationSets(Call& call, const Fields& request) {
    auto all = names(call);
    const auto page = pageOf(Api::v1, request, all.size(), kNamesPage);
    return object({{"ConfigurationSets", kit::elements(page, all,
                                                       [](const std::string& name) {
                                                           return object({{"Name", name}});
                                                       })},
                   {"NextToken", page.next}});
}

Json createConfigurationSetEventDestination(Call& call, const Fields& request) {
    const Json destination = storedForm(request.value("EventDestination"));
    changeDestination(call, Api::v1, request.text("ConfigurationSetName"), textOr(destination, "Name"), false,
                      &destination);
    return object();
}

Json deleteConfigurationSetEventDestination(Call& call, const Fields& request) {
    changeDestination(call, Api::v1, request.text("ConfigurationSetName"), request.text("EventDestinationName"), true,
                      nullptr);
    return object();
}

Json createConfigurationSetEventDestinationV2(Call& call, const Fields& request) {
    changeDestination(call, Api::v2, request.text("ConfigurationSetName"), request.text("EventDestinationName"), false,
                      &request.value("EventDestination"));
    return object();
}

Json updateConfigurationSetEventDestinationV2(Call& call, const Fields& request) {
    changeDestination(call, Api::v2, request.text("ConfigurationSetName"), request.text("EventDestinationName"), true,
                      &request.value("EventDestination"));
    return object();
}

Json deleteConfigurationSetEventDestinationV2(Call& call, const Fields& request) {
    changeDestination(call, Api::v2, request.text("ConfigurationSetName"), request.text("EventDestinationName"), true,
                      nullptr);
    return object();
}

Json getConfigurationSetEventDestinations(Call& call, const Fields& request) {
    const Json stored = requireSet(call, Api::v2, request.text("ConfigurationSetName"));
    return object({{"EventDestinations", copy(*find(stored, "eventDestinations"))}});
}

Json createConfigurationSetV2(Call& call, const Fields& request) {
    create(call, Api::v2, request.text("ConfigurationSetName"), request);
    return object();
}

Json getConfigurationSet(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName");
    const Json stored = requireSet(call, Api::v2, name);
    Json answer = object(
        {{"ConfigurationSetName", name}, {"SendingOptions", object({{"SendingEnabled", true}})}, {"Tags", list()}});
    for (const char* setting : kSettings)
        if (const Json* given = find(stored, setting)) set(answer, setting, copy(*given));
    return answer;
}

Json deleteConfigurationSetV2(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName");
    requireSet(call, Api::v2, name);
    call.erase(configurationSetKey(call, name));
    return object();
}

Json listConfigurationSetsV2(Call& call, const Fields& request) {
    auto all = names(call);
    const auto page = pageOf(Api::v2, request, all.size(), kNamesPage);
    return object({{"ConfigurationSets", kit::elements(page, all)}, {"NextToken", page.next}});
}

}  // namespace backlot::ses
