#include "emulator/services/ssm/policies.h"
#include "emulator/services/ssm/put_parameter.h"
#include "emulator/services/ssm/reading.h"
#include "emulator/services/ssm/rows.h"
#include "emulator/services/ssm/service.h"
#include "emulator/services/ssm/tags.h"

namespace backlot::ssm {

Service ssmService() {
    return {.name = "ssm",
            .operations =
                {
                    {"AddTagsToResource", addTagsToResource},
                    {"DeleteParameter", deleteParameter},
                    {"DeleteParameters", deleteParameters},
                    {"DescribeParameters", describeParameters, readOnly},
                    {"GetParameter", getParameter},    // a secret that it stands for notes the day of the access
                    {"GetParameters", getParameters},  // the same
                    {"GetParameterHistory", getParameterHistory, readOnly},
                    {"GetParametersByPath", getParametersByPath, readOnly},
                    {"LabelParameterVersion", labelParameterVersion},
                    {"ListTagsForResource", listTagsForResource, readOnly},
                    {"PutParameter", putParameter},
                    {"RemoveTagsFromResource", removeTagsFromResource},
                    {"UnlabelParameterVersion", unlabelParameterVersion},
                    {"ApplyPolicy", applyPolicy, internal},
                },
            .kinds = kRowKinds};
}

}  // namespace backlot::ssm
