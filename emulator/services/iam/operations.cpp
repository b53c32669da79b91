#include "emulator/services/iam/policies.h"
#include "emulator/services/iam/roles.h"
#include "emulator/services/iam/service.h"
#include "emulator/services/iam/users.h"

namespace backlot::iam {

Service iamService() {
    return {.name = "iam",
            .operations = {
                {"AttachRolePolicy", attachRolePolicy},
                {"CreateAccessKey", createAccessKey},
                {"CreatePolicy", createPolicy},
                {"CreatePolicyVersion", createPolicyVersion},
                {"CreateRole", createRole},
                {"CreateUser", createUser},
                {"DeleteAccessKey", deleteAccessKey},
                {"DeletePolicy", deletePolicy},
                {"DeletePolicyVersion", deletePolicyVersion},
                {"DeleteRole", deleteRole},
                {"DeleteRolePolicy", deleteRolePolicy},
                {"DeleteUser", deleteUser},
                {"DetachRolePolicy", detachRolePolicy},
                {"FindSecret", findSecret, readOnly | internal},
                {"GetPolicy", getPolicy, readOnly},
                {"GetPolicyVersion", getPolicyVersion, readOnly},
                {"GetRole", getRole, readOnly},
                {"GetRolePolicy", getRolePolicy, readOnly},
                {"GetUser", getUser, readOnly},
                {"ListAccessKeys", listAccessKeys, readOnly},
                {"ListAttachedRolePolicies", listAttachedRolePolicies, readOnly},
                {"ListPolicies",
                 listPolicies,
                 readOnly,
                 {{"PolicyUsageFilter", "policies are not told apart by their use"}}},
                {"ListPolicyVersions", listPolicyVersions, readOnly},
                {"ListRolePolicies", listRolePolicies, readOnly},
                {"ListRoleTags", listRoleTags, readOnly},
                {"ListRoles", listRoles, readOnly},
                {"ListUsers", listUsers, readOnly},
                {"PutRolePolicy", putRolePolicy},
                {"SetDefaultPolicyVersion", setDefaultPolicyVersion},
                {"TagRole", tagRole},
                {"UntagRole", untagRole},
                {"UpdateAssumeRolePolicy", updateAssumeRolePolicy},
                {"UpdateRole", updateRole},
            }};
}

}  // namespace backlot::iam
