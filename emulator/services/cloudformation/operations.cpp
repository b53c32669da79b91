#include "emulator/services/cloudformation/changes.h"

namespace backlot::cloudformation {

Service cloudformationService(Templates given) {
    const auto templates = std::make_shared<const Templates>(std::move(given));
    const auto with = [templates](Json (*operation)(Call&, const Fields&, const Templates&)) {
        return [templates, operation](Call& call, const Fields& request) -> Reply {
            return operation(call, request, *templates);
        };
    };
    const auto waiting = [templates](Reply (*operation)(Call&, const Fields&, const Templates&)) {
        return [templates, operation](Call& call, const Fields& request) -> Reply {
            return operation(call, request, *templates);
        };
    };
    return {.name = "cloudformation",
            .operations = {
                {"CreateChangeSet", with(createChangeSet)},
                {"CreateStack", waiting(createStack), mayWait},
                {"DeleteChangeSet", deleteChangeSet},
                {"DeleteStack", deleteStack, mayWait},
                {"DescribeChangeSet", describeChangeSet, readOnly},
                {"DescribeStackEvents", describeStackEvents, readOnly},
                {"DescribeStackResource", describeStackResource, readOnly},
                {"DescribeStackResources", describeStackResources, readOnly},
                {"DescribeStacks", describeStacks, readOnly},
                {"ExecuteChangeSet", executeChangeSet, mayWait},
                {"GetTemplate", getTemplate, readOnly},
                {"GetTemplateSummary", with(getTemplateSummary), readOnly},
                {"ListChangeSets", listChangeSets, readOnly},
                {"ListExports", listExports, readOnly},
                {"ListStackResources", listStackResources, readOnly},
                {"ListStacks", listStacks, readOnly},
                {"UpdateStack", waiting(updateStack), mayWait},
                {"ValidateTemplate", with(validateTemplate), readOnly},
                // deployments' own
                {"ForgetStack", forgetStack, internal},
                {"LoadStack", loadStack, internal | readOnly},
                {"RunStack", waiting(runStack), mayWait | internal},
                {"SaveStack", saveDeployment, internal},
            }};
}

}  // namespace backlot::cloudformation
