#include "emulator/services/cloudformation/changes.h"
#include "emulator/services/kit/bind.h"

namespace backlot::cloudformation {
namespace {

constexpr std::string_view kRole = "what a stack may do is not asked";
constexpr std::string_view kOnce = "operations are not repeated";
constexpr std::string_view kAlarms = "there are no alarms to watch";
constexpr std::string_view kPolicy = "updates are not held back by policies";
constexpr std::string_view kResolved = "it is a member of answers";
constexpr std::string_view kWhole = "a stack is made and removed whole";

}  // namespace

Service cloudformationService(Templates given) {
    const auto templates = std::make_shared<const Templates>(std::move(given));
    const auto with = kit::bind(templates);
    return {
        .name = "cloudformation",
        .operations = {
            {"CreateChangeSet",
             with(createChangeSet),
             writes,
             {{"Parameters.ResolvedValue", kResolved},
              {"RoleARN", kRole},
              {"RollbackConfiguration", kAlarms},
              {"ClientToken", kOnce},
              {"IncludeNestedStacks", "nested stacks show no changes of their own"},
              {"DeploymentMode", "there is no drift to revert"},
              {"ImportExistingResources", "resources that are there already are taken over by their names"}}},
            {"CreateStack",
             with(createStack),
             mayWait,
             {{"Parameters.ResolvedValue", kResolved},
              {"RollbackConfiguration", kAlarms},
              {"TimeoutInMinutes", "a stack is made at once"},
              {"RoleARN", kRole},
              {"StackPolicyBody", kPolicy},
              {"StackPolicyURL", kPolicy},
              {"ClientRequestToken", kOnce},
              {"RetainExceptOnCreate", kWhole}}},
            {"DeleteChangeSet", deleteChangeSet},
            {"DeleteStack",
             deleteStack,
             mayWait,
             {{"RoleARN", kRole}, {"ClientRequestToken", kOnce}, {"DeletionMode", "a deletion does not fail halfway"}}},
            {"DescribeChangeSet",
             describeChangeSet,
             readOnly,
             {{"IncludePropertyValues", "values of properties are not shown"}}},
            {"DescribeStackEvents", describeStackEvents, readOnly},
            {"DescribeStackResource", describeStackResource, readOnly},
            {"DescribeStackResources", describeStackResources, readOnly},
            {"DescribeStacks", describeStacks, readOnly},
            {"ExecuteChangeSet",
             executeChangeSet,
             mayWait,
             {{"ClientRequestToken", kOnce}, {"RetainExceptOnCreate", kWhole}}},
            {"GetTemplate", getTemplate, readOnly, {{"TemplateStage", "a template is kept as it was given"}}},
            {"GetTemplateSummary",
             with(getTemplateSummary),
             readOnly,
             {{"StackSetName", "there are no stack sets"},
              {"CallAs", "there are no stack sets"},
              {"TemplateSummaryConfig", "a type that is not known is told as any other"}}},
            {"ListChangeSets", listChangeSets, readOnly},
            {"ListExports", listExports, readOnly},
            {"ListStackResources", listStackResources, readOnly},
            {"ListStacks", listStacks, readOnly},
            {"UpdateStack",
             with(updateStack),
             mayWait,
             {{"StackPolicyDuringUpdateBody", kPolicy},
              {"StackPolicyDuringUpdateURL", kPolicy},
              {"Parameters.ResolvedValue", kResolved},
              {"RoleARN", kRole},
              {"RollbackConfiguration", kAlarms},
              {"StackPolicyBody", kPolicy},
              {"StackPolicyURL", kPolicy},
              {"ClientRequestToken", kOnce},
              {"RetainExceptOnCreate", kWhole}}},
            {"ValidateTemplate", with(validateTemplate), readOnly},
            // deployments' own
            {"ForgetStack", forgetStack, internal},
            {"LoadStack", loadStack, internal | readOnly},
            {"RunStack", with(runStack), mayWait | internal},
            {"SaveStack", saveDeployment, internal},
        }};
}

}  // namespace backlot::cloudformation
