#include "emulator/templates/stack_templates.h"

#include "emulator/base/aws_error.h"
#include "emulator/templates/physical.h"

namespace backlot::templates {

std::map<std::string, std::string> parametersOf(const Json& values) {
    std::map<std::string, std::string> result;
    for (const auto& value : values.GetObject())
        result[text(value.name)] = value.value.IsString() ? text(value.value) : writeJson(value.value);
    return result;
}

Json summarizeTemplate(const std::string& body, const Environment& environment, bool whole) {
    try {
        const Template source = parseTemplate(body, "template");
        Json parameters(rapidjson::kArrayType), resources(rapidjson::kArrayType), transforms(rapidjson::kArrayType);
        for (const auto& parameter : source.parameters.members) {
            const auto member = [&](const char* name) -> std::optional<std::string> {
                const auto* value = parameter.value.find(name);
                return value ? std::optional(value->text) : std::nullopt;
            };
            push(parameters, object({{"ParameterKey", parameter.name},
                                     {"ParameterType", member("Type")},
                                     {"DefaultValue", member("Default")},
                                     {"NoEcho", parameter.value.textOf("NoEcho") == "true"},
                                     {"Description", member("Description")}}));
        }
        if (source.serverless) push(transforms, "AWS::Serverless-2016-10-31");
        if (whole) {
            for (const auto& step : makePlan(parseTemplate(body, "template"), environment).steps) {
                push(resources, object({{"LogicalResourceId", step.logicalId}, {"ResourceType", step.type}}));
            }
        } else {
            for (const auto& resource : source.resources)
                push(resources, object({{"LogicalResourceId", resource.logicalId}, {"ResourceType", resource.type}}));
        }
        std::optional<std::string> description;
        if (!source.description.empty()) description = source.description;
        return object({{"Description", std::move(description)},
                       {"Parameters", std::move(parameters)},
                       {"Resources", std::move(resources)},
                       {"DeclaredTransforms", std::move(transforms)}});
    } catch (const TemplateError& error) {
        throw AwsError("ValidationError", std::string("Template error: ") + error.what(), 400);
    }
}

void deployStack(World& world, const std::string& body, const Environment& environment, const std::string& endpoint,
                 const std::filesystem::path& folder) {
    Plan plan;
    try {
        Environment including = environment;
        including.include = includeFrom(folder, true);
        plan = makePlan(parseTemplate(body, "template"), std::move(including));
    } catch (
        const TemplateError& error) {  // it was checked before: only a stored template of another version gets here
        Submission failed{
            .service = "cloudformation",
            .operation = "SaveStack",
            .request =
                object({{"StackName", environment.stackName}, {"Status", "FAILED"}, {"StatusReason", error.what()}}),
            .account = environment.account,
            .region = environment.region};
        failed.fromClient = false;
        return world.submit(std::move(failed));
    }
    deploy(world, std::move(plan),
           {.folder = folder, .confined = true, .endpoint = endpoint, .store = true, .progress = {}},
           [](DeployResult) {});
}

}  // namespace backlot::templates
