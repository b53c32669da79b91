#include "emulator/services/sts/credentials.h"
#include "emulator/services/sts/service.h"

namespace backlot::sts {

Service stsService() {
    // Not readOnly though nothing is stored: dice are thrown, and IAM is asked, whose answers may come from this very batch.
    return {.name = "sts",
            .operations = {
                {"AssumeRole", assumeRole},
                {"AssumeRoleWithWebIdentity", assumeRoleWithWebIdentity},
                {"GetAccessKeyInfo", getAccessKeyInfo, readOnly},
                {"GetCallerIdentity", getCallerIdentity, readOnly},
                {"GetFederationToken", getFederationToken},
                {"GetSessionToken", getSessionToken},
            }};
}

}  // namespace backlot::sts
