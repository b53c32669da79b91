#include "emulator/base/service_description.h"

#include <algorithm>

namespace backlot {

std::string lastPart(std::string_view, std::string_view resource) {
    return std::string(resource.substr(resource.find_last_of(":/") + 1));
}

void asTextMember(Json& json, const char* name) {
    if (Json* member = find(json, name); member && !member->IsString()) *member = str(writeJson(*member));
}

ServiceDirectory::ServiceDirectory(std::vector<const ServiceDescription*> services) : services_(std::move(services)) {
    std::sort(services_.begin(), services_.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
}

const ServiceDescription* ServiceDirectory::find(std::string_view name) const {
    const auto at = std::lower_bound(services_.begin(), services_.end(), name,
                                     [](const auto* service, std::string_view n) { return service->name < n; });
    return at == services_.end() || (*at)->name != name ? nullptr : *at;
}

}  // namespace backlot
