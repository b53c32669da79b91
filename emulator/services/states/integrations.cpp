#include "emulator/services/states/integrations.h"

#include <algorithm>
#include <cctype>

namespace backlot::states {
namespace {

template <typename Wanted>
const ServiceDescription* findService(const ServiceDirectory& services, Wanted wanted) {
    const auto found =
        std::find_if(services.begin(), services.end(), [&](const auto* service) { return wanted(service->tasks); });
    return found == services.end() ? nullptr : *found;
}

}  // namespace

const ServiceDescription* findOptimised(const ServiceDirectory& services, const asl::Resource& resource) {
    return findService(services, [&](const TaskManners& tasks) {
        return !tasks.optimised.empty() && tasks.optimised == resource.service &&
               std::find(tasks.actions.begin(), tasks.actions.end(), resource.action) != tasks.actions.end();
    });
}

const ServiceDescription* findOptimised(const ServiceDirectory& services, std::string_view service,
                                        std::string_view operation) {
    const ServiceDescription* found = services.find(service);
    if (!found) return nullptr;
    const auto& actions = found->tasks.actions;
    const bool has = std::any_of(actions.begin(), actions.end(),
                                 [&](std::string_view action) { return operationName(action) == operation; });
    return has ? found : nullptr;
}

const ServiceDescription* findSdk(const ServiceDirectory& services, const asl::Resource& resource) {
    if (!resource.isSdk()) return nullptr;
    const auto name = std::string_view(resource.service).substr(std::string_view("aws-sdk:").size());
    return findService(services, [&](const TaskManners& tasks) { return !tasks.sdk.empty() && tasks.sdk == name; });
}

std::string operationName(std::string_view action) {
    std::string result(action);
    if (!result.empty()) result[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(result[0])));
    return result;
}

}  // namespace backlot::states
