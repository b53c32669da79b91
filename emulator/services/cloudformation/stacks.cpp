#include "emulator/services/cloudformation/stacks.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace backlot::cloudformation {

namespace {

Key eventKey(const Call& call, std::string_view name) {
    return Key("event").text(call.account).text(call.region).text(name);
}

std::vector<Json> allStacks(const Call& call) {
    std::vector<Json> stacks;
    call.scan(Key("stack").text(call.account).text(call.region), [&](std::string_view, std::string_view value) {
        stacks.push_back(parseJson(value));
        return true;
    });
    return stacks;
}

Json describedParameters(const Json& stack) {
    Json result(rapidjson::kArrayType);
    const auto* hidden = find(stack, "NoEcho");
    if (const auto* parameters = find(stack, "Parameters")) {
        for (const auto& parameter : parameters->GetObject()) {
            const bool secret = hidden && find(*hidden, view(parameter.name));
            push(result, object({{"ParameterKey", text(parameter.name)},
                                 {"ParameterValue", secret ? std::string("****") : text(parameter.value)}}));
        }
    }
    return result;
}

Json described(const Json& stack) {
    Json result = object();
    for (const char* member : {"StackId", "StackName", "Description", "CreationTime", "LastUpdatedTime", "StackStatus",
                               "StackStatusReason", "Outputs", "Tags", "Capabilities"}) {
        if (const auto* value = find(stack, member)) set(result, member, copy(*value));
    }
    set(result, "Parameters", describedParameters(stack));
    set(result, "DisableRollback", textOr(stack, "OnFailure", "DO_NOTHING") == "DO_NOTHING");
    set(result, "NotificationARNs", list());
    set(result, "EnableTerminationProtection", false);
    set(result, "DriftInformation", object({{"StackDriftStatus", "NOT_CHECKED"}}));
    for (const char* listed : {"Tags", "Outputs"}) {
        if (!find(result, listed)) set(result, listed, list());
    }
    return result;
}

/// The time under the name that the operation has for it.
Json describedResource(const Json& stack, const Json& resource, const char* timeMember, bool withStack) {
    Json result = object();
    if (withStack) {
        for (const char* member : {"StackName", "StackId"}) set(result, member, textOr(stack, member));
    }
    for (const char* member : {"LogicalResourceId", "PhysicalResourceId", "ResourceType"})
        set(result, member, textOr(resource, member));
    set(result, timeMember, copy(*find(resource, "Timestamp")));
    set(result, "ResourceStatus", textOr(resource, "ResourceStatus", "CREATE_COMPLETE"));
    set(result, "DriftInformation", object({{"StackResourceDriftStatus", "NOT_CHECKED"}}));
    return result;
}

}  // namespace

Key stackKey(const Call& call, std::string_view name) {
    return Key("stack").text(call.account).text(call.region).text(name);
}
Key changeSetKey(const Call& call, std::string_view stack) {
    return Key("changeset").text(call.account).text(call.region).text(stack);
}
Key changeSetKey(const Call& call, std::string_view stack, std::string_view name) {
    return changeSetKey(call, stack).text(name);
}
AwsError validationError(std::string message) { return {"ValidationError", std::move(message), 400}; }

std::string stackNameOf(const std::string& nameOrId) {
    const auto begin = nameOrId.find(":stack/");
    if (begin == std::string::npos) return nameOrId;
    const std::string rest = nameOrId.substr(begin + 7);
    return rest.substr(0, rest.find('/'));
}

std::optional<Json> findStack(const Call& call, const std::string& nameOrId) {
    auto stack = call.getJson(stackKey(call, stackNameOf(nameOrId)));
    if (stack && nameOrId.starts_with("arn:") && textOr(*stack, "StackId") != nameOrId) return std::nullopt;
    return stack;
}

Json requireStack(const Call& call, const std::string& nameOrId) {
    auto stack = findStack(call, nameOrId);
    if (!stack) throw validationError("Stack with id " + nameOrId + " does not exist");
    return std::move(*stack);
}

void saveStack(Call& call, const Json& stack) { call.putJson(stackKey(call, textOr(stack, "StackName")), stack); }

Json newStack(Call& call, const std::string& name, const char* status) {
    return object({{"StackName", name},
                   {"StackId", "arn:aws:cloudformation:" + call.region + ":" + call.account + ":stack/" + name + "/" +
                                   call.uuid("stack")},
                   {"CreationTime", epochSeconds(call.now)},
                   {"StackStatus", status},
                   {"Resources", list()}});
}

void addEvent(Call& call, const Json& stack, const std::string& logicalId, const std::string& physicalId,
              const std::string& type, const std::string& status, const std::string& reason) {
    const std::string name = textOr(stack, "StackName");
    std::uint64_t number = 0;
    Cursor cursor = call.cursor();
    const std::string prefix = eventKey(call, name).bytes();
    if (cursor.seekBefore(endOfPrefix(prefix)) && cursor.key().starts_with(prefix))
        number = KeyReader(cursor.key().substr(prefix.size())).number() + 1;
    std::optional<std::string> why;
    if (!reason.empty()) why = reason;
    call.putJson(eventKey(call, name).number(number), object({{"StackId", textOr(stack, "StackId")},
                                                              {"EventId", call.uuid("event")},
                                                              {"StackName", name},
                                                              {"LogicalResourceId", logicalId},
                                                              {"PhysicalResourceId", physicalId},
                                                              {"ResourceType", type},
                                                              {"Timestamp", epochSeconds(call.now)},
                                                              {"ResourceStatus", status},
                                                              {"ResourceStatusReason", std::move(why)}}));
}

std::string topicOf(const Call& call, const std::string& stackName) {
    return "cloudformation:stack:" + call.account + ":" + call.region + ":" + stackName;
}

Json parameterValues(const Fields& request, const Json* previous) {
    Json result = object();
    for (const auto* parameter : request.items("Parameters")) {
        const std::string key = textOr(*parameter, "ParameterKey");
        const auto* before = previous ? find(*previous, key) : nullptr;
        if (boolOr(*parameter, "UsePreviousValue", false)) {
            if (!before)
                throw validationError(
                    "Invalid input for parameter key " + key +
                    ". Cannot specify usePreviousValue as true for a parameter key not in the previous template");
            set(result, key, copy(*before));
        } else {
            set(result, key, textOr(*parameter, "ParameterValue"));
        }
    }
    return result;
}

kit::Page pageOf(const Fields& request, std::size_t total) {
    constexpr std::size_t size = 100;
    return kit::pageOf(request.optionalText("NextToken"), size, total, validationError("The token is not valid."));
}

Json describeStacks(Call& call, const Fields& request) {
    std::vector<Json> stacks;
    if (const auto name = request.optionalText("StackName"))
        stacks.push_back(requireStack(call, *name));
    else
        stacks = allStacks(call);
    const auto page = pageOf(request, stacks.size());
    return object({{"Stacks", kit::elements(page, stacks, [](const Json& stack) { return described(stack); })},
                   {"NextToken", page.next}});
}

Json listStacks(Call& call, const Fields& request) {
    const auto wanted = request.texts("StackStatusFilter");
    std::vector<Json> summaries;
    for (const auto& stack : allStacks(call)) {
        if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), textOr(stack, "StackStatus")) == wanted.end())
            continue;
        Json summary = object();
        for (const char* member :
             {"StackId", "StackName", "CreationTime", "LastUpdatedTime", "StackStatus", "StackStatusReason"}) {
            if (const auto* value = find(stack, member)) set(summary, member, copy(*value));
        }
        if (const auto description = optionalText(stack, "Description"))
            set(summary, "TemplateDescription", *description);
        set(summary, "DriftInformation", object({{"StackDriftStatus", "NOT_CHECKED"}}));
        summaries.push_back(std::move(summary));
    }
    const auto page = pageOf(request, summaries.size());
    return object({{"StackSummaries", kit::elements(page, summaries)}, {"NextToken", page.next}});
}

Json describeStackResources(Call& call, const Fields& request) {
    const auto physical = request.optionalText("PhysicalResourceId"),
               logical = request.optionalText("LogicalResourceId"), name = request.optionalText("StackName");
    if (!name && !physical) throw validationError("At least one of StackName or PhysicalResourceId must be specified");
    std::vector<Json> stacks;
    if (name) {
        stacks.push_back(requireStack(call, *name));
    } else {
        stacks = allStacks(call);
    }
    Json resources(rapidjson::kArrayType);
    for (const auto& stack : stacks) {
        const auto all = Fields(stack).items("Resources");
        const bool here = !physical || std::any_of(all.begin(), all.end(), [&](const Json* one) {
            return textOr(*one, "PhysicalResourceId") == *physical;
        });
        if (!here) continue;
        for (const auto* resource : all) {
            if (!logical || textOr(*resource, "LogicalResourceId") == *logical)
                push(resources, describedResource(stack, *resource, "Timestamp", true));
        }
    }
    if (!name && resources.Empty()) throw validationError("Stack for " + *physical + " does not exist");
    return object({{"StackResources", std::move(resources)}});
}

Json describeStackResource(Call& call, const Fields& request) {
    const std::string logical = request.text("LogicalResourceId");
    const Json stack = requireStack(call, request.text("StackName"));
    for (const auto* resource : Fields(stack).items("Resources")) {
        if (textOr(*resource, "LogicalResourceId") == logical)
            return object({{"StackResourceDetail", describedResource(stack, *resource, "LastUpdatedTimestamp", true)}});
    }
    throw validationError("Resource " + logical + " does not exist for stack " + textOr(stack, "StackName"));
}

Json listStackResources(Call& call, const Fields& request) {
    const Json stack = requireStack(call, request.text("StackName"));
    auto resources = Fields(stack).items("Resources");
    const auto page = pageOf(request, resources.size());
    const auto show = [&](const Json* resource) {
        return describedResource(stack, *resource, "LastUpdatedTimestamp", false);
    };
    return object({{"StackResourceSummaries", kit::elements(page, resources, show)}, {"NextToken", page.next}});
}

Json describeStackEvents(Call& call, const Fields& request) {
    const Json stack = requireStack(call, request.valueOr("StackName", ""));
    std::vector<Json> events;
    call.scan(eventKey(call, textOr(stack, "StackName")), [&](std::string_view, std::string_view value) {
        events.push_back(parseJson(value));
        return true;
    });
    std::reverse(events.begin(), events.end());
    const auto page = pageOf(request, events.size());
    return object({{"StackEvents", kit::elements(page, events)}, {"NextToken", page.next}});
}

Json listExports(Call& call, const Fields& request) {
    constexpr std::size_t page = 100;
    std::map<std::string, Json> all;
    call.scan(Key("stack").text(call.account).text(call.region), [&](std::string_view, std::string_view row) {
        const Json stack = parseJson(row);
        for (const auto* output : Fields(stack).items("Outputs"))
            if (const auto name = optionalText(*output, "ExportName"))
                all.emplace(*name, object({{"ExportingStackId", textOr(stack, "StackId")},
                                           {"Name", *name},
                                           {"Value", textOr(*output, "OutputValue")}}));
        return true;
    });
    const auto token = request.optionalText("NextToken");
    if (token && !all.contains(*token)) throw validationError("The token " + *token + " is not valid.");
    Json exports(rapidjson::kArrayType);
    auto one = token ? all.find(*token) : all.begin();
    for (; one != all.end() && exports.Size() < page; ++one) push(exports, std::move(one->second));
    return object(
        {{"Exports", std::move(exports)}, {"NextToken", one == all.end() ? std::nullopt : std::optional(one->first)}});
}

Json getTemplate(Call& call, const Fields& request) {
    const Json stack = requireStack(call, request.valueOr("StackName", ""));
    return object({{"TemplateBody", textOr(stack, "TemplateBody")}, {"StagesAvailable", list({"Original"})}});
}

// --- inner ones ------------------------------------------------------------------------------------------------------

Json loadStack(Call& call, const Fields& request) {
    auto stack = findStack(call, request.text("StackName"));
    return stack ? std::move(*stack) : object();
}

namespace {

/// Leaves the removal of what was made to a job; the stack stays in progress until then.
void undo(Call& call, Json stack, const char* status, const std::string& reason) {
    const std::string name = textOr(stack, "StackName");
    set(stack, "StackStatus", status);
    addEvent(call, stack, name, textOr(stack, "StackId"), "AWS::CloudFormation::Stack", status, reason);
    saveStack(call, stack);
    call.soon(Job{.service = "cloudformation",
                  .operation = "RunStack",
                  .request = object({{"StackName", name}}),
                  .label = "rollback of stack " + name});
}

/// A stack that could not be created stays to be looked at, without resources.
void finishRollback(Call& call, Json stack) {
    const auto made = Fields(stack).items("Resources");
    for (auto one = made.rbegin(); one != made.rend(); ++one) {
        addEvent(call, stack, textOr(**one, "LogicalResourceId"), textOr(**one, "PhysicalResourceId"),
                 textOr(**one, "ResourceType"), "DELETE_COMPLETE");
    }
    set(stack, "Resources", list());
    erase(stack, "Outputs");
    set(stack, "StackStatus", "ROLLBACK_COMPLETE");
    addEvent(call, stack, textOr(stack, "StackName"), textOr(stack, "StackId"), "AWS::CloudFormation::Stack",
             "ROLLBACK_COMPLETE");
    saveStack(call, stack);
}

}  // namespace

Json saveDeployment(Call& call, const Fields& request) {
    const std::string name = request.text("StackName");
    auto before = findStack(call, name);
    const bool complete = request.text("Status") == "COMPLETE";
    const std::string was = before ? textOr(*before, "StackStatus") : "";
    const bool update = before && was != "CREATE_IN_PROGRESS" && was != "REVIEW_IN_PROGRESS";
    Json stack = before ? std::move(*before) : newStack(call, name, "CREATE_IN_PROGRESS");
    const std::string status = std::string(update ? "UPDATE_" : "CREATE_") + (complete ? "COMPLETE" : "FAILED");
    set(stack, "StackStatus", status);
    if (update) set(stack, "LastUpdatedTime", epochSeconds(call.now));
    const std::string reason = request.valueOr("StatusReason", "");
    erase(stack, "StackStatusReason");
    if (!reason.empty()) set(stack, "StackStatusReason", reason);
    for (const char* member : {"TemplateBody", "Parameters", "NoEcho", "Outputs"}) {
        if (const auto* value = request.find(member)) set(stack, member, copy(*value));
    }
    if (const auto description = request.optionalText("Description"); description && !description->empty())
        set(stack, "Description", *description);
    Json resources(rapidjson::kArrayType);
    for (const auto* resource : request.items("Resources")) {
        Json one = copy(*resource);
        set(one, "Timestamp", epochSeconds(call.now));
        set(one, "ResourceStatus", update ? "UPDATE_COMPLETE" : "CREATE_COMPLETE");
        addEvent(call, stack, textOr(one, "LogicalResourceId"), textOr(one, "PhysicalResourceId"),
                 textOr(one, "ResourceType"), textOr(one, "ResourceStatus"));
        push(resources, std::move(one));
    }
    set(stack, "Resources", std::move(resources));
    if (const auto* failed = request.find("FailedResource")) {
        addEvent(call, stack, textOr(*failed, "LogicalResourceId"), "", textOr(*failed, "ResourceType"),
                 update ? "UPDATE_FAILED" : "CREATE_FAILED", reason);
    }
    const std::string onFailure = textOr(stack, "OnFailure", "DO_NOTHING");
    if (complete || update || onFailure == "DO_NOTHING") {
        addEvent(call, stack, name, textOr(stack, "StackId"), "AWS::CloudFormation::Stack", status, reason);
        saveStack(call, stack);
        call.signal(topicOf(call, name));
    } else {
        undo(call, std::move(stack), onFailure == "DELETE" ? "DELETE_IN_PROGRESS" : "ROLLBACK_IN_PROGRESS", reason);
    }
    return object();
}

Json forgetStack(Call& call, const Fields& request) {
    const std::string name = stackNameOf(request.text("StackName"));
    if (auto stack = findStack(call, name); stack && textOr(*stack, "StackStatus") == "ROLLBACK_IN_PROGRESS") {
        finishRollback(call, std::move(*stack));
        call.signal(topicOf(call, name));
        return object();
    }
    call.erase(stackKey(call, name));
    call.erasePrefix(eventKey(call, name));
    call.erasePrefix(changeSetKey(call, name));
    call.signal(topicOf(call, name));
    return object();
}

}  // namespace backlot::cloudformation
