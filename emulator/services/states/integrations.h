#pragma once
// What a Task's Resource calls here, and how AWS names its errors: TaskManners of the services' descriptions.

#include <string>
#include <string_view>

#include "asl/language/resource.h"
#include "emulator/base/service_description.h"

namespace backlot::states {

/// The service of an optimised integration ("dynamodb:putItem"); null where Backlot has no such integration.
const ServiceDescription* findOptimised(const ServiceDirectory& services, const asl::Resource& resource);
/// The same by our own names ("dynamodb", "PutItem").
const ServiceDescription* findOptimised(const ServiceDirectory& services, std::string_view service,
                                        std::string_view operation);

/// The service that `aws-sdk:` names; null where Backlot has not heard of it.
const ServiceDescription* findSdk(const ServiceDirectory& services, const asl::Resource& resource);

/// "putItem" → "PutItem".
std::string operationName(std::string_view action);

}  // namespace backlot::states
