#include "emulator/base/service_description.h"

#include <algorithm>

namespace backlot {

bool ServiceDescription::speaks(std::string_view protocol) const {
    return std::find(protocols.begin(), protocols.end(), protocol) != protocols.end();
}

ServiceDirectory::ServiceDirectory(std::vector<const ServiceDescription*> services) : services_(std::move(services)) {
    std::sort(services_.begin(), services_.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
}

const ServiceDescription* ServiceDirectory::find(std::string_view name) const {
    const auto at =
        std::lower_bound(services_.begin(), services_.end(), name, [](const auto* service, std::string_view n) { return service->name < n; });
    return at == services_.end() || (*at)->name != name ? nullptr : *at;
}

}  // namespace backlot
