#include "emulator/services/cloudformation/changes.h"

#include <map>

#include "emulator/base/http_message.h"

namespace backlot::cloudformation {

namespace {

bool inProgress(const Json& stack) { return textOr(stack, "StackStatus").ends_with("_IN_PROGRESS"); }

/// Bucket and key of a template's address: https://BUCKET.s3.REGION.amazonaws.com/KEY, https://s3.….com/BUCKET/KEY, or
/// Backlot's own http://127.0.0.1:4566/BUCKET/KEY.
struct S3Place {
    std::string bucket, key;
};
S3Place placeOf(const std::string& url) {
    const auto host = url.find("://");
    if (host == std::string::npos) throw validationError("TemplateURL must be a supported URL.");
    const auto slash = url.find('/', host + 3);
    const std::string name = url.substr(host + 3, slash == std::string::npos ? slash : slash - host - 3);
    std::string path =
        slash == std::string::npos ? "" : percentDecode(url.substr(slash + 1, url.find('?') - slash - 1));
    if (const auto dot = name.find(".s3"); dot != std::string::npos) return {name.substr(0, dot), path};
    const auto end = path.find('/');
    if (end == std::string::npos)
        throw validationError("TemplateURL must reference a valid S3 object to which you have access.");
    return {path.substr(0, end), path.substr(end + 1)};
}

std::string templateFromS3(Call& call, const std::string& url) {
    const S3Place place = placeOf(url);
    try {
        return textOr(call.invoke("s3", "GetObject", object({{"Bucket", place.bucket}, {"Key", place.key}})), "Body");
    } catch (const AwsError& error) {
        throw validationError("S3 error: " + error.message());
    }
}

std::string templateBody(Call& call, const Fields& request, const Json* stack) {
    if (const auto url = request.optionalText("TemplateURL")) return templateFromS3(call, *url);
    if (request.valueOr("UsePreviousTemplate", false)) {
        if (!stack) throw validationError("There is no previous template to use");
        return textOr(*stack, "TemplateBody");
    }
    const auto body = request.optionalText("TemplateBody");
    if (!body) throw validationError("Either Template URL or Template Body must be specified.");
    return *body;
}

Json summarize(const Call& call, const Templates& templates, const std::string& name, const std::string& body,
               const Json& parameters) {
    return templates.summarize({.body = body,
                                .stackName = name,
                                .account = call.account,
                                .region = call.region,
                                .parameters = copy(parameters)},
                               true);
}

/// Puts down what is to be made and leaves the making to a job.
void begin(Call& call, Json stack, const char* status, const std::string& body, Json parameters, const Json& summary) {
    const std::string name = textOr(stack, "StackName");
    Json hidden = object();
    for (const auto* parameter : Fields(summary).items("Parameters")) {
        if (boolOr(*parameter, "NoEcho", false)) set(hidden, textOr(*parameter, "ParameterKey"), true);
    }
    set(stack, "NoEcho", std::move(hidden));
    set(stack, "StackStatus", status);
    set(stack, "pending", object({{"TemplateBody", body}, {"Parameters", std::move(parameters)}}));
    saveStack(call, stack);
    addEvent(call, stack, name, textOr(stack, "StackId"), "AWS::CloudFormation::Stack", status, "User Initiated");
    call.soon(Job{.service = "cloudformation",
                  .operation = "RunStack",
                  .request = object({{"StackName", name}}),
                  .label = "stack " + name});
}

/// Answers `result` once the stack is no more in progress.
Reply whenThrough(Call& call, const std::string& name, Json result) {
    const auto answer = std::make_shared<Json>(std::move(result));
    return Wait{.topic = topicOf(call, name),
                .ask = [name, answer](Call& now, bool) -> std::optional<Json> {
                    const auto stack = findStack(now, name);
                    if (stack && inProgress(*stack)) return std::nullopt;
                    return copy(*answer);
                },
                .busy = "stack " + name};
}

/// What becomes of a stack that cannot be created: ROLLBACK, DELETE or DO_NOTHING.
std::string onFailure(const Fields& request, const char* member) {
    const auto given = request.optionalText(member);
    if (given && request.has("DisableRollback"))
        throw validationError("You can specify either DisableRollback or " + std::string(member) + ", but not both.");
    if (given) return *given;
    return request.valueOr("DisableRollback", false) ? "DO_NOTHING" : "ROLLBACK";
}

void take(Json& stack, const Fields& request) {
    for (const char* member : {"Tags", "Capabilities"}) {
        if (const auto* value = request.find(member)) set(stack, member, copy(*value));
    }
}

}  // namespace

Reply createStack(Call& call, const Fields& request, const Templates& templates) {
    const std::string name = request.text("StackName");
    if (const auto existing = findStack(call, name);
        existing && textOr(*existing, "StackStatus") != "REVIEW_IN_PROGRESS") {
        throw AwsError("AlreadyExistsException", "Stack [" + name + "] already exists", 400);
    }
    const std::string body = templateBody(call, request, nullptr);
    Json parameters = parameterValues(request, nullptr);
    const Json summary = summarize(call, templates, name, body, parameters);
    Json stack = newStack(call, name, "CREATE_IN_PROGRESS");
    take(stack, request);
    set(stack, "OnFailure", onFailure(request, "OnFailure"));
    const std::string id = textOr(stack, "StackId");
    call.about(name);
    begin(call, std::move(stack), "CREATE_IN_PROGRESS", body, std::move(parameters), summary);
    return whenThrough(call, name, object({{"StackId", id}}));
}

Reply updateStack(Call& call, const Fields& request, const Templates& templates) {
    const std::string name = stackNameOf(request.text("StackName"));
    Json stack = requireStack(call, request.text("StackName"));
    if (inProgress(stack) || textOr(stack, "StackStatus") == "ROLLBACK_COMPLETE")
        throw validationError("Stack:" + textOr(stack, "StackId") + " is in " + textOr(stack, "StackStatus") +
                              " state and can not be updated.");
    const std::string body = templateBody(call, request, &stack);
    Json parameters = parameterValues(request, find(stack, "Parameters"));
    const Json summary = summarize(call, templates, name, body, parameters);
    Json whole = find(stack, "Parameters") ? copy(*find(stack, "Parameters")) : object();
    for (const auto& parameter : parameters.GetObject()) set(whole, view(parameter.name), copy(parameter.value));
    const bool same = body == textOr(stack, "TemplateBody") && find(stack, "Parameters") &&
                      equal(whole, *find(stack, "Parameters")) && textOr(stack, "StackStatus").ends_with("_COMPLETE");
    if (same) throw validationError("No updates are to be performed.");
    take(stack, request);
    const std::string id = textOr(stack, "StackId");
    call.about(name);
    begin(call, std::move(stack), "UPDATE_IN_PROGRESS", body, std::move(parameters), summary);
    return whenThrough(call, name, object({{"StackId", id}}));
}

Reply deleteStack(Call& call, const Fields& request) {
    const std::string name = stackNameOf(request.text("StackName"));
    auto stack = findStack(call, request.text("StackName"));
    if (!stack) return object();
    call.about(name);
    if (!request.texts("RetainResources").empty() && textOr(*stack, "StackStatus") != "DELETE_FAILED") {
        throw validationError("Invalid operation on stack [" + textOr(*stack, "StackId") +
                              "]. RetainResources can be specified only for stacks in the state DELETE_FAILED");
    }
    set(*stack, "StackStatus", "DELETE_IN_PROGRESS");
    saveStack(call, *stack);
    call.soon(Job{.service = "cloudformation",
                  .operation = "RunStack",
                  .request = object({{"StackName", name}}),
                  .label = "removal of stack " + name});
    return whenThrough(call, name, object());
}

Reply runStack(Call& call, const Fields& request, const Templates& templates) {
    const std::string name = request.text("StackName");
    const auto stack = findStack(call, name);
    if (!stack || !inProgress(*stack)) return object();
    const std::string status = textOr(*stack, "StackStatus");
    if (status == "DELETE_IN_PROGRESS" || status == "ROLLBACK_IN_PROGRESS") {
        call.afterCommit([&templates, name, account = call.account, region = call.region] {
            templates.destroy(name, account, region);
        });
    } else if (const auto* pending = find(*stack, "pending")) {
        const auto use = std::make_shared<TemplateUse>(TemplateUse{.body = textOr(*pending, "TemplateBody"),
                                                                   .stackName = name,
                                                                   .account = call.account,
                                                                   .region = call.region,
                                                                   .parameters = copy(*find(*pending, "Parameters"))});
        call.afterCommit([&templates, use] { templates.deploy(*use); });
    }
    return whenThrough(call, name, object());
}

Json validateTemplate(Call& call, const Fields& request, const Templates& templates) {
    const Json summary = templates.summarize({.body = templateBody(call, request, nullptr),
                                              .stackName = "validation",
                                              .account = call.account,
                                              .region = call.region,
                                              .parameters = object()},
                                             false);
    Json parameters(rapidjson::kArrayType);
    for (const auto* parameter : Fields(summary).items("Parameters")) {
        Json one = copy(*parameter);
        erase(one, "ParameterType");
        push(parameters, std::move(one));
    }
    return object({{"Parameters", std::move(parameters)},
                   {"Description", optionalText(summary, "Description")},
                   {"DeclaredTransforms", copy(*find(summary, "DeclaredTransforms"))}});
}

Json getTemplateSummary(Call& call, const Fields& request, const Templates& templates) {
    std::string body;
    if (const auto name = request.optionalText("StackName")) {
        body = textOr(requireStack(call, *name), "TemplateBody");
    } else {
        body = templateBody(call, request, nullptr);
    }
    const Json summary = templates.summarize(
        {.body = body, .stackName = "summary", .account = call.account, .region = call.region, .parameters = object()},
        false);
    Json types(rapidjson::kArrayType);
    for (const auto* resource : Fields(summary).items("Resources")) push(types, textOr(*resource, "ResourceType"));
    return object({{"Parameters", copy(*find(summary, "Parameters"))},
                   {"Description", optionalText(summary, "Description")},
                   {"ResourceTypes", std::move(types)},
                   {"DeclaredTransforms", copy(*find(summary, "DeclaredTransforms"))}});
}

// --- change sets -----------------------------------------------------------------------------------------------------

namespace {

AwsError changeSetNotFound(const std::string& name) {
    return {"ChangeSetNotFound", "ChangeSet [" + name + "] does not exist", 404};
}

/// By its ARN, or by its name and the stack's.
Json requireChangeSet(const Call& call, const Fields& request) {
    const std::string given = request.text("ChangeSetName");
    std::optional<Json> found;
    if (given.starts_with("arn:")) {
        call.scan(Key("changeset").text(call.account).text(call.region), [&](std::string_view, std::string_view value) {
            Json one = parseJson(value);
            if (textOr(one, "ChangeSetId") == given) found = std::move(one);
            return !found;
        });
    } else {
        const auto stack = request.optionalText("StackName");
        if (!stack) throw validationError("StackName must be specified if ChangeSetName is not specified as an ARN.");
        found = call.getJson(changeSetKey(call, stackNameOf(*stack), given));
    }
    if (!found) throw changeSetNotFound(given);
    return std::move(*found);
}

Json change(const char* action, const std::string& logicalId, const std::string& type,
            std::optional<std::string> physicalId) {
    Json resource = object({{"Action", action},
                            {"LogicalResourceId", logicalId},
                            {"PhysicalResourceId", std::move(physicalId)},
                            {"ResourceType", type},
                            {"Scope", list()},
                            {"Details", list()}});
    if (std::string_view(action) == "Modify") set(resource, "Replacement", "False");
    return object({{"Type", "Resource"}, {"ResourceChange", std::move(resource)}});
}

/// Resources that are new, that stay (and are brought up to date) and that go.
Json changesBetween(const Json& stack, const Json& summary) {
    std::map<std::string, const Json*> before;
    for (const auto* resource : Fields(stack).items("Resources"))
        before[textOr(*resource, "LogicalResourceId")] = resource;
    Json changes(rapidjson::kArrayType);
    for (const auto* resource : Fields(summary).items("Resources")) {
        const std::string logicalId = textOr(*resource, "LogicalResourceId"), type = textOr(*resource, "ResourceType");
        const auto known = before.find(logicalId);
        if (known == before.end()) {
            push(changes, change("Add", logicalId, type, std::nullopt));
        } else {
            push(changes, change("Modify", logicalId, type, textOr(*known->second, "PhysicalResourceId")));
            before.erase(known);
        }
    }
    for (const auto& [logicalId, resource] : before)
        push(changes,
             change("Remove", logicalId, textOr(*resource, "ResourceType"), textOr(*resource, "PhysicalResourceId")));
    return changes;
}

}  // namespace

Json createChangeSet(Call& call, const Fields& request, const Templates& templates) {
    const std::string given = request.text("StackName"), stackName = stackNameOf(given),
                      name = request.text("ChangeSetName");
    const std::string type = request.valueOr("ChangeSetType", "UPDATE");
    if (type == "IMPORT" || !request.items("ResourcesToImport").empty())
        throw validationError("Backlot does not import resources into stacks (ResourcesToImport)");
    const bool create = type == "CREATE";
    auto stack = findStack(call, given);
    if (!stack && !create) throw validationError("Stack [" + stackName + "] does not exist");
    if (stack && create && textOr(*stack, "StackStatus") != "REVIEW_IN_PROGRESS") {
        throw validationError("Stack [" + stackName +
                              "] already exists and cannot be created again with the changeSet [" + name + "].");
    }
    if (call.has(changeSetKey(call, stackName, name)))
        throw AwsError("AlreadyExistsException", "ChangeSet [" + name + "] already exists", 400);
    const std::string body = templateBody(call, request, stack ? &*stack : nullptr);
    Json parameters = parameterValues(request, stack ? find(*stack, "Parameters") : nullptr);
    const Json summary = summarize(call, templates, stackName, body, parameters);
    if (!stack) {
        stack = newStack(call, stackName, "REVIEW_IN_PROGRESS");
        saveStack(call, *stack);
        addEvent(call, *stack, stackName, textOr(*stack, "StackId"), "AWS::CloudFormation::Stack", "REVIEW_IN_PROGRESS",
                 "User Initiated");
    }
    Json effective = find(*stack, "Parameters") ? copy(*find(*stack, "Parameters")) : object();
    for (const auto& parameter : parameters.GetObject()) set(effective, view(parameter.name), copy(parameter.value));
    const bool same = !create && body == textOr(*stack, "TemplateBody") && find(*stack, "Parameters") &&
                      equal(effective, *find(*stack, "Parameters")) &&
                      textOr(*stack, "StackStatus").ends_with("_COMPLETE");
    Json changeSet = object({{"ChangeSetName", name},
                             {"ChangeSetId", "arn:aws:cloudformation:" + call.region + ":" + call.account +
                                                 ":changeSet/" + name + "/" + call.uuid("changeset")},
                             {"StackId", textOr(*stack, "StackId")},
                             {"StackName", stackName},
                             {"Description", request.optionalText("Description")},
                             {"CreationTime", epochSeconds(call.now)},
                             {"ExecutionStatus", same ? "UNAVAILABLE" : "AVAILABLE"},
                             {"Status", same ? "FAILED" : "CREATE_COMPLETE"},
                             {"Changes", same ? Json(rapidjson::kArrayType) : changesBetween(*stack, summary)},
                             {"summary", copy(summary)},
                             {"TemplateBody", body},
                             {"Values", std::move(parameters)}});
    set(changeSet, "OnStackFailure", onFailure(request, "OnStackFailure"));
    if (same)
        set(changeSet, "StatusReason",
            "The submitted information didn't contain changes. Submit different information to create a change set.");
    take(changeSet, request);
    call.putJson(changeSetKey(call, stackName, name), changeSet);
    return object({{"Id", textOr(changeSet, "ChangeSetId")}, {"StackId", textOr(*stack, "StackId")}});
}

Json describeChangeSet(Call& call, const Fields& request) {
    Json changeSet = requireChangeSet(call, request);
    Json parameters(rapidjson::kArrayType);
    for (const auto& value : find(changeSet, "Values")->GetObject())
        push(parameters, object({{"ParameterKey", text(value.name)}, {"ParameterValue", text(value.value)}}));
    set(changeSet, "Parameters", std::move(parameters));
    for (const char* inner : {"Values", "summary", "TemplateBody"}) erase(changeSet, inner);
    return changeSet;
}

Json listChangeSets(Call& call, const Fields& request) {
    const Json stack = requireStack(call, request.text("StackName"));
    std::vector<Json> summaries;
    call.scan(changeSetKey(call, textOr(stack, "StackName")), [&](std::string_view, std::string_view value) {
        Json one = parseJson(value);
        for (const char* inner : {"Values", "summary", "TemplateBody", "Changes", "Tags", "Capabilities"})
            erase(one, inner);
        summaries.push_back(std::move(one));
        return true;
    });
    const auto page = pageOf(request, summaries.size());
    return object({{"Summaries", kit::elements(page, summaries)}, {"NextToken", page.next}});
}

Json deleteChangeSet(Call& call, const Fields& request) {
    const Json changeSet = requireChangeSet(call, request);
    call.erase(changeSetKey(call, textOr(changeSet, "StackName"), textOr(changeSet, "ChangeSetName")));
    return object();
}

Reply executeChangeSet(Call& call, const Fields& request) {
    const Json changeSet = requireChangeSet(call, request);
    const std::string name = textOr(changeSet, "StackName");
    if (textOr(changeSet, "ExecutionStatus") != "AVAILABLE") {
        throw AwsError("InvalidChangeSetStatus",
                       "ChangeSet [" + textOr(changeSet, "ChangeSetId") +
                           "] cannot be executed in its current status of [" + textOr(changeSet, "Status") + "]",
                       400);
    }
    Json stack = requireStack(call, name);
    take(stack, Fields(changeSet));
    set(stack, "OnFailure", textOr(changeSet, "OnStackFailure"));
    const char* status =
        textOr(stack, "StackStatus") == "REVIEW_IN_PROGRESS" ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS";
    begin(call, std::move(stack), status, textOr(changeSet, "TemplateBody"), copy(*find(changeSet, "Values")),
          *find(changeSet, "summary"));
    call.erasePrefix(changeSetKey(call, name));  // the others are out of date with it
    return whenThrough(call, name, object());
}

}  // namespace backlot::cloudformation
