#include "emulator/services/sts/credentials.h"
#include "emulator/services/sts/service.h"

namespace backlot::sts {

Service stsService() {
    return {.name = "sts",
            .operations = {
                {"AssumeRole", assumeRole},
                {"AssumeRoleWithWebIdentity", assumeRoleWithWebIdentity},
                {"FindSecret", findSecret, readOnly | internal},
                {"GetAccessKeyInfo", getAccessKeyInfo, readOnly},
                {"GetCallerIdentity", getCallerIdentity, readOnly},
                {"GetFederationToken", getFederationToken},
                {"GetSessionToken", getSessionToken},
            }};
}

}  // namespace backlot::sts
