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
    std::call_once(read_, [this] { model_ = std::make_unique<const Model>(description_.name, description_.model); });
    return *model_;
}

Apis::Apis(const ServiceDirectory& services) {
    for (const auto* service : services) apis_.emplace_back(*service);
    for (const auto& api : apis_) {
        const ServiceDescription& service = api.description();
        bySigningName_[service.signingName].push_back(&api);
        if (!service.targetPrefix.empty()) byTarget_.emplace(service.targetPrefix, &api);
        for (const auto other : service.otherTargetPrefixes) byTarget_.emplace(other, &api);
    }
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
    const auto found = byTarget_.find(prefix);
    return found == byTarget_.end() ? nullptr : found->second;
}

std::span<const Api* const> Apis::signedAs(std::string_view signingName) const {
    const auto found = bySigningName_.find(signingName);
    return found == bySigningName_.end() ? std::span<const Api* const>() : found->second;
}

}  // namespace backlot::wire
