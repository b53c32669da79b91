#include "emulator/wire/apis.h"

#include <stdexcept>
#include <string>

#include "emulator/wire/protocol.h"

namespace backlot::wire {

Api::Api(const ServiceDescription& description) : description_(description) {
    for (const auto name : description.protocols) {
        const Protocol* protocol = findProtocol(name);
        if (!protocol)
            throw std::runtime_error(std::string(description.name) + ": no such protocol: " + std::string(name));
        protocols_.push_back(protocol);
    }
}

const Model& Api::model() const {
    if (!model_) model_ = std::make_unique<const Model>(description_.name, description_.model);
    return *model_;
}

Apis::Apis(const ServiceDirectory& services) {
    for (const auto* service : services)
        apis_.emplace_back(*service);
}

const Api* Apis::find(std::string_view service) const {
    const auto at = std::lower_bound(apis_.begin(), apis_.end(), service,
                                     [](const Api& api, std::string_view name) { return api.name() < name; });
    return at == apis_.end() || at->name() != service ? nullptr : &*at;
}

const Model* Apis::findModel(std::string_view service) const {
    const Api* api = find(service);
    return api ? &api->model() : nullptr;
}

const Api* Apis::findTarget(std::string_view prefix) const {
    if (prefix.empty()) return nullptr;
    for (const auto& api : apis_)
        if (api.description().targetPrefix == prefix) return &api;
    for (const auto& api : apis_)
        for (const auto& other : api.description().otherTargetPrefixes)
            if (other == prefix) return &api;
    return nullptr;
}

}  // namespace backlot::wire
