#include "emulator/services/sts/credentials.h"
#include "emulator/services/sts/service.h"

namespace backlot::sts {
namespace {

constexpr Ignored kTagValues{"Tags.Value", "session tags decide what policies permit, which nothing here asks"};
constexpr Ignored kPolicy{"Policy", "what a session may do is not asked"},
    kPolicies{"PolicyArns", "what a session may do is not asked"};
constexpr Ignored kDevice{"SerialNumber", "there are no MFA devices"}, kCode{"TokenCode", "there are no MFA devices"};

}  // namespace

Service stsService() {
    return {.name = "sts",
            .operations = {
                {"AssumeRole",
                 assumeRole,
                 writes,
                 {kTagValues,
                  kPolicy,
                  kPolicies,
                  kDevice,
                  kCode,
                  {"ExternalId", "trust policies are kept, not enforced"},
                  {"ProvidedContexts", "they decide what policies permit, which nothing here asks"}}},
                {"AssumeRoleWithWebIdentity", assumeRoleWithWebIdentity, writes, {kPolicy, kPolicies}},
                {"FindSecret", findSecret, readOnly | internal},
                {"GetAccessKeyInfo", getAccessKeyInfo, readOnly},
                {"GetCallerIdentity", getCallerIdentity, readOnly},
                {"GetFederationToken", getFederationToken, writes, {kTagValues, kPolicy, kPolicies}},
                {"GetSessionToken", getSessionToken, writes, {kDevice, kCode}},
            }};
}

}  // namespace backlot::sts
