// Lambda and Step Functions. Source: AWS CloudFormation Resource Reference.

#include <cctype>

#include "emulator/base/base64.h"
#include "emulator/base/plain_file.h"
#include "emulator/templates/reader.h"
#include "emulator/templates/resource_types.h"
#include "emulator/templates/zip.h"

namespace backlot::templates {

namespace {

// --- Lambda -------------------------------------------------------------------------------------------------------

/// The archive for a folder, a .zip file, or one file of source given inline.
Json lambdaCode(const Making& making) {
    const auto* code = find(making.properties, "Code");
    if (!code) throw std::runtime_error("the property Code is missing");
    if (const auto* text = find(*code, "ZipFile")) {
        const bool python = textOr(making.properties, "Runtime").starts_with("python");
        return object({{"ZipFile", base64Encode(zip({{python ? "index.py" : "index.js", scalarText(*text), false}}))}});
    }
    if (find(*code, "S3Bucket")) return pick(*code, {"S3Bucket", "S3Key", "S3ObjectVersion"});
    if (const auto image = optionalText(*code, "ImageUri")) return object({{"ImageUri", *image}});
    const auto folder = optionalText(*code, "LocalFolder");
    if (!folder) throw std::runtime_error("the function's Code names neither ZipFile nor S3Bucket");
    const std::filesystem::path path = localFile(making, *folder);
    if (textOr(making.properties, "Runtime").starts_with("provided")) {
        // A folder with a bootstrap or a library of handlers; the Lambda service also looks beside Backlot's own
        // bootstrap. So the folder need not be there where the package for AWS has not been built: the template's
        // stands for it.
        const bool there = std::filesystem::is_directory(path);
        return object(
            {{"LocalFolder", std::filesystem::absolute(there ? path : making.folder).lexically_normal().string()}});
    }
    if (std::filesystem::is_regular_file(path)) {
        if (path.extension() == ".zip" || path.extension() == ".jar")
            return object({{"ZipFile", base64Encode(readPlainFile(path))}});
        return object({{"ZipFile", base64Encode(zip({{path.filename().string(), readPlainFile(path), false}}))}});
    }
    return object({{"ZipFile", base64Encode(zip(filesUnder(path)))}});
}

Json functionConfiguration(const Making& making, const std::string& name) {
    Json request = pick(making.properties,
                        {"Role", "Handler", "Runtime", "Description", "Timeout", "MemorySize", "VpcConfig",
                         "DeadLetterConfig", "TracingConfig", "KMSKeyArn", "EphemeralStorage", "LoggingConfig"});
    set(request, "FunctionName", name);
    if (const auto* layers = find(making.properties, "Layers"); layers && layers->IsArray() && !layers->Empty())
        making.warn("Backlot has no layers: put their files into the function's folder");
    if (const auto* environment = find(making.properties, "Environment")) {
        Json variables = object();  // names are the user's own: all values are text
        if (const auto* given = find(*environment, "Variables")) {
            for (const auto& variable : given->GetObject())
                set(variables, view(variable.name), scalarText(variable.value));
        }
        set(request, "Environment", object({{"Variables", std::move(variables)}}));
    }
    return request;
}

Actions makeFunction(Making& making) {
    const std::string name = making.nameFrom("FunctionName", 64);
    const auto keep = [&making](const Json& answer) {
        making.result.ref = textOr(answer, "FunctionName");
        making.result.attributes["Arn"] = textOr(answer, "FunctionArn");
        return Actions{};
    };
    Json request = functionConfiguration(making, name);
    const auto configuration = std::make_shared<Json>(copy(request));
    const auto code = std::make_shared<Json>(lambdaCode(making));
    set(request, "Code", copy(*code));
    if (const auto* architectures = find(making.properties, "Architectures"))
        set(request, "Architectures", typed(*architectures));
    if (const auto* package = find(making.properties, "PackageType")) set(request, "PackageType", copy(*package));
    if (const auto* tags = find(making.properties, "Tags")) set(request, "Tags", tagMap(*tags));
    Actions actions;
    actions.push_back({"lambda", "CreateFunction", std::move(request), keep, on({"ResourceConflictException"}, [=] {
                           Json update = copy(*code);
                           set(update, "FunctionName", name);
                           return Actions{{"lambda", "UpdateFunctionCode", std::move(update), keep},
                                          {"lambda", "UpdateFunctionConfiguration", copy(*configuration), keep}};
                       })});
    if (const auto* reserved = find(making.properties, "ReservedConcurrentExecutions")) {
        actions.push_back(
            {"lambda", "PutFunctionConcurrency",
             object({{"FunctionName", name},
                     {"ReservedConcurrentExecutions", wholeNumber(*reserved, "ReservedConcurrentExecutions")}})});
    }
    return actions;
}

/// A version is made once: where the function has not changed, AWS answers with the one that is there.
Actions makeVersion(Making& making) {
    Json request = pick(making.properties, {"FunctionName", "Description", {"CodeSha256", "CodeSha256"}});
    return {
        {"lambda", "PublishVersion", std::move(request), [&making](const Json& answer) {
             making.result.ref = textOr(answer, "FunctionArn");
             making.result.attributes = {{"FunctionArn", making.result.ref}, {"Version", textOr(answer, "Version")}};
             return Actions{};
         }}};
}

Actions unmakeVersion(const Physical& physical) {
    return {{"lambda", "DeleteFunction", object({{"FunctionName", physical.ref}})}};
}

Actions makeEventSourceMapping(Making& making) {
    Json request = pick(making.properties,
                        {"EventSourceArn", "FunctionName", "Enabled", "BatchSize", "FilterCriteria",
                         "MaximumBatchingWindowInSeconds", "ParallelizationFactor", "StartingPosition",
                         "DestinationConfig", "MaximumRecordAgeInSeconds", "BisectBatchOnFunctionError",
                         "MaximumRetryAttempts", "TumblingWindowInSeconds", "FunctionResponseTypes", "ScalingConfig"});
    const auto keep = [&making](const Json& answer) {
        making.result.ref = textOr(answer, "UUID");
        making.result.attributes = {{"Id", making.result.ref}};
        return Actions{};
    };
    const auto again = std::make_shared<Json>(copy(request));
    const auto update = [keep, again] {
        return Actions{{"lambda", "ListEventSourceMappings",
                        object({{"FunctionName", textOr(*again, "FunctionName")},
                                {"EventSourceArn", textOr(*again, "EventSourceArn")}}),
                        [keep, again](const Json& answer) -> Actions {
                            const auto found = Fields(answer).items("EventSourceMappings");
                            if (found.empty())
                                throw std::runtime_error("the event source mapping is there and cannot be found");
                            Json change = copy(*again);
                            erase(change, "EventSourceArn");
                            erase(change, "StartingPosition");
                            set(change, "UUID", textOr(*found.front(), "UUID"));
                            return {{"lambda", "UpdateEventSourceMapping", std::move(change), keep}};
                        }}};
    };
    return {
        {"lambda", "CreateEventSourceMapping", std::move(request), keep, on({"ResourceConflictException"}, update)}};
}

Actions makePermission(Making& making) {
    Json request = pick(making.properties, {"FunctionName", "Action", "Principal", "SourceArn", "SourceAccount",
                                            "EventSourceToken", "FunctionUrlAuthType", "PrincipalOrgID"});
    const std::string statement = making.generatedName(100);
    set(request, "StatementId", statement);
    making.result.ref = statement;
    making.result.attributes = {{"Id", statement}, {"FunctionName", textOr(request, "FunctionName")}};
    return {{"lambda", "AddPermission", std::move(request), {}, on({"ResourceConflictException"}, [] {
                 return Actions{};
             })}};
}

Actions unmakePermission(const Physical& physical) {
    return {{"lambda", "RemovePermission",
             object({{"FunctionName", physical.attributes.at("FunctionName")}, {"StatementId", physical.ref}})}};
}

Actions makeInvokeConfig(Making& making) {
    making.result.ref = making.generatedName();
    Json request = pick(making.properties, {"FunctionName", "Qualifier", "MaximumEventAgeInSeconds",
                                            "MaximumRetryAttempts", "DestinationConfig"});
    if (const auto* destinations =
            find(request, "DestinationConfig")) {  // SAM names a kind of target; the API does not
        Json plain = object();
        for (const auto& one : destinations->GetObject())
            set(plain, view(one.name), object({{"Destination", textOr(one.value, "Destination")}}));
        set(request, "DestinationConfig", std::move(plain));
    }
    making.result.attributes["FunctionName"] = textOr(request, "FunctionName");
    return {{"lambda", "PutFunctionEventInvokeConfig", std::move(request)}};
}

// --- Step Functions -----------------------------------------------------------------------------------------------

/// CloudFormation writes IncludeExecutionData, the API includeExecutionData.
Json lowerFirst(const Json& value) {
    if (value.IsArray()) return array(value.GetArray(), lowerFirst);
    if (!value.IsObject()) return copy(value);
    Json result = object();
    for (const auto& member : value.GetObject()) {
        std::string name = text(member.name);
        name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
        set(result, name, lowerFirst(member.value));
    }
    return result;
}

/// `${Name}` becomes the substitution's text, everywhere in the definition.
std::string substituted(std::string definition, const Json* substitutions) {
    if (!substitutions) return definition;
    for (const auto& one : substitutions->GetObject()) {
        const std::string mark = "${" + text(one.name) + "}", value = scalarText(one.value);
        for (auto at = definition.find(mark); at != std::string::npos; at = definition.find(mark, at + value.size()))
            definition.replace(at, mark.size(), value);
    }
    return definition;
}

std::string machineDefinition(const Making& making) {
    const auto* substitutions = find(making.properties, "DefinitionSubstitutions");
    if (const auto* definition = find(making.properties, "Definition"))
        return substituted(writeJson(*definition), substitutions);
    if (const auto text = optionalText(making.properties, "DefinitionString")) return substituted(*text, substitutions);
    if (const auto local = optionalText(making.properties, "DefinitionLocalFile")) {
        const auto path = localFile(making, *local);
        std::string content = readPlainFile(path);
        if (path.extension() == ".yaml" || path.extension() == ".yml")
            content = writeJson(toJson(readTemplate(content, path.filename().string())));
        return substituted(std::move(content), substitutions);
    }
    throw std::runtime_error(
        "the state machine has no definition: Definition, DefinitionString or DefinitionUri (a local file)");
}

Actions makeStateMachine(Making& making) {
    Json request = object({{"name", making.nameFrom("StateMachineName", 80)},
                           {"definition", machineDefinition(making)},
                           {"roleArn", require(making, "RoleArn")}});
    if (const auto type = optionalText(making.properties, "StateMachineType")) set(request, "type", *type);
    if (const auto* logging = find(making.properties, "LoggingConfiguration"))
        set(request, "loggingConfiguration", lowerFirst(typed(*logging)));
    if (const auto* tracing = find(making.properties, "TracingConfiguration")) {
        const auto* enabled = find(*tracing, "Enabled");
        set(request, "tracingConfiguration", object({{"enabled", enabled && scalarText(*enabled) == "true"}}));
    }
    if (const auto* tags = find(making.properties, "Tags")) set(request, "tags", lowerFirst(typed(*tags)));
    const std::string name = textOr(request, "name");
    const auto keep = [&making, name](const std::string& machine) {
        making.result.ref = machine;
        making.result.attributes = {{"Arn", machine}, {"Name", name}};
        return Actions{};
    };
    const std::string machine =
        "arn:aws:states:" + making.environment.region + ":" + making.environment.account + ":stateMachine:" + name;
    const auto again = std::make_shared<Json>(copy(request));
    const auto update = [=] {
        Json change = object({{"stateMachineArn", machine},
                              {"definition", textOr(*again, "definition")},
                              {"roleArn", textOr(*again, "roleArn")}});
        for (const char* part : {"loggingConfiguration", "tracingConfiguration"}) {
            if (const auto* value = find(*again, part)) set(change, part, copy(*value));
        }
        return Actions{{"states", "UpdateStateMachine", std::move(change), [=](const Json&) { return keep(machine); }}};
    };
    return {{"states", "CreateStateMachine", std::move(request),
             [keep](const Json& answer) { return keep(textOr(answer, "stateMachineArn")); },
             on({"StateMachineAlreadyExists"}, update)}};
}

Actions makeActivity(Making& making) {
    const std::string name = making.nameFrom("Name", 80);
    return {{"states", "CreateActivity", object({{"name", name}}), [&making, name](const Json& answer) {
                 making.result.ref = textOr(answer, "activityArn");
                 making.result.attributes = {{"Arn", making.result.ref}, {"Name", name}};
                 return Actions{};
             }}};
}

std::function<Actions(const Physical&)> removal(const char* service, const char* operation, const char* member) {
    return [=](const Physical& physical) { return Actions{{service, operation, object({{member, physical.ref}})}}; };
}

}  // namespace

void addComputeTypes(ResourceTypes& types) {
    types["AWS::Lambda::Function"] = {makeFunction, removal("lambda", "DeleteFunction", "FunctionName")};
    types["AWS::Lambda::Version"] = {makeVersion, unmakeVersion};
    types["AWS::Lambda::EventSourceMapping"] = {makeEventSourceMapping,
                                                removal("lambda", "DeleteEventSourceMapping", "UUID")};
    types["AWS::Lambda::Permission"] = {makePermission, unmakePermission};
    types["AWS::Lambda::EventInvokeConfig"] = {
        makeInvokeConfig, [](const Physical& physical) {
            return Actions{{"lambda", "DeleteFunctionEventInvokeConfig",
                            object({{"FunctionName", physical.attributes.at("FunctionName")}})}};
        }};
    types["AWS::StepFunctions::StateMachine"] = {makeStateMachine,
                                                 removal("states", "DeleteStateMachine", "stateMachineArn")};
    types["AWS::StepFunctions::Activity"] = {makeActivity, removal("states", "DeleteActivity", "activityArn")};
}

}  // namespace backlot::templates
