#include "emulator/services/ses/configuration_sets.h"

namespace backlot::ses {
namespace {

Key setKey(const Call& call) { return Key("configuration set").text(call.account).text(call.region); }

Json requireSet(Call& call, Api api, const std::string& name) {
    auto stored = call.getJson(setKey(call).text(name));
    if (!stored) throw configurationSetNotFound(api, name);
    call.about(name);
    return std::move(*stored);
}

void create(Call& call, Api api, const std::string& name) {
    call.about(name);
    if (call.has(setKey(call).text(name))) throw configurationSetExists(api, name);
    call.putJson(setKey(call).text(name), object({{"eventDestinations", list()}}));
}

std::vector<std::string> names(Call& call) {
    std::vector<std::string> all;
    const Key prefix = setKey(call);
    call.scan(prefix, [&](std::string_view key, std::string_view) {
        all.push_back(KeyReader(key.substr(prefix.bytes().size())).text());
        return true;
    });
    return all;
}

void requireTopic(Call& call, const std::string& arn) {
    try {
        call.invoke("sns", "GetTopicAttributes", object({{"TopicArn", arn}}));
    } catch (const AwsError&) {
        throw AwsError("InvalidSNSDestinationException", "SNS topic <" + arn + "> not found.");
    }
}

}  // namespace

void requireConfigurationSet(Call& call, Api api, const std::string& name) { requireSet(call, api, name); }

Json createConfigurationSet(Call& call, const Fields& request) {
    create(call, Api::v1, request.child("ConfigurationSet").text("Name"));
    return object();
}

Json deleteConfigurationSet(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName");
    requireSet(call, Api::v1, name);
    call.erase(setKey(call).text(name));
    return object();
}

Json describeConfigurationSet(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName");
    const Json stored = requireSet(call, Api::v1, name);
    Json answer = object({{"ConfigurationSet", object({{"Name", name}})}});
    for (const std::string& wanted : request.texts("ConfigurationSetAttributeNames")) {
        if (wanted == "eventDestinations") set(answer, "EventDestinations", copy(*find(stored, "eventDestinations")));
    }
    return answer;
}

Json listConfigurationSets(Call& call, const Fields&) {
    return object({{"ConfigurationSets", array(names(call), [](const std::string& name) { return object({{"Name", name}}); })}});
}

Json createConfigurationSetEventDestination(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName");
    Json stored = requireSet(call, Api::v1, name);
    const Json& destination = request.value("EventDestination");
    Json& destinations = *find(stored, "eventDestinations");
    const std::string destinationName = textOr(destination, "Name");
    for (const Json& existing : destinations.GetArray()) {
        if (textOr(existing, "Name") == destinationName) {
            throw AwsError("EventDestinationAlreadyExistsException", "An event destination with name <" + destinationName + "> already exists in configuration set <" + name + ">.");
        }
    }
    if (const Json* topic = at(destination, {"SNSDestination", "TopicARN"})) requireTopic(call, text(*topic));
    push(destinations, copy(destination));
    call.putJson(setKey(call).text(name), stored);
    return object();
}

Json deleteConfigurationSetEventDestination(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName"), destination = request.text("EventDestinationName");
    Json stored = requireSet(call, Api::v1, name);
    Json kept = list();
    for (const Json& existing : find(stored, "eventDestinations")->GetArray()) {
        if (textOr(existing, "Name") != destination) push(kept, copy(existing));
    }
    if (kept.Size() == find(stored, "eventDestinations")->Size()) {
        throw AwsError("EventDestinationDoesNotExistException", "No EventDestination found for <" + destination + ">.");
    }
    set(stored, "eventDestinations", std::move(kept));
    call.putJson(setKey(call).text(name), stored);
    return object();
}

Json createConfigurationSetV2(Call& call, const Fields& request) {
    create(call, Api::v2, request.text("ConfigurationSetName"));
    return object();
}

Json getConfigurationSet(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName");
    requireSet(call, Api::v2, name);
    return object({{"ConfigurationSetName", name}, {"SendingOptions", object({{"SendingEnabled", true}})}, {"Tags", list()}});
}

Json deleteConfigurationSetV2(Call& call, const Fields& request) {
    const std::string name = request.text("ConfigurationSetName");
    requireSet(call, Api::v2, name);
    call.erase(setKey(call).text(name));
    return object();
}

Json listConfigurationSetsV2(Call& call, const Fields&) { return object({{"ConfigurationSets", array(names(call))}}); }

}  // namespace backlot::ses
