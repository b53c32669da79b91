#include "emulator/services/events/description.h"

extern "C" const char backlot_model_events[], backlot_model_events_end[];

namespace backlot::events {
namespace {

/// AWS adds execution and machine to the resources itself.
Json taskRequest(const Json& parameters, const TaskOwner& owner) {
    Json request = copy(parameters);
    Json* entries = find(request, "Entries");
    if (!entries || !entries->IsArray()) return request;
    for (auto& entry : entries->GetArray()) {
        asTextMember(entry, "Detail");
        if (owner.execution.empty()) continue;
        Json resources = list({owner.execution, owner.machine});
        if (const Json* given = find(entry, "Resources"); given && given->IsArray())
            for (const auto& resource : given->GetArray()) push(resources, copy(resource));
        set(entry, "Resources", std::move(resources));
    }
    return request;
}

}  // namespace

const ServiceDescription description{
    .name = "events",
    .model = {backlot_model_events, backlot_model_events_end},
    .protocols = {"json"},
    .endpointPrefix = "events",
    .signingName = "events",
    .apiVersion = "2015-10-07",
    .targetPrefix = "AWSEvents",
    .resourceType = "AWS::Events::Rule",
    .trace = {.name = "Events", .type = "AWS::Events"},
    .tasks = {.sdk = "eventbridge",
              .sdkErrors = "EventBridge",
              .optimised = "events",
              .actions = {"putEvents"},
              .errors = "EventBridge",
              .otherError = "AmazonEventBridgeException",
              .inCauses = "AmazonEventBridge",
              .request = taskRequest},
};

}  // namespace backlot::events
