#include "emulator/wire/apis.h"

#include <algorithm>

namespace backlot::wire {

const Model& Api::model() const {
    if (!model_) model_ = std::make_unique<const Model>(description_.name, description_.model);
    return *model_;
}

Apis::Apis(const ServiceDirectory& services) {
    for (const auto* service : services) apis_.emplace_back(*service);
}

const Api* Apis::find(std::string_view service) const {
    const auto at = std::lower_bound(apis_.begin(), apis_.end(), service, [](const Api& api, std::string_view name) { return api.name() < name; });
    return at == apis_.end() || at->name() != service ? nullptr : &*at;
}

const Model* Apis::findModel(std::string_view service) const {
    const Api* api = find(service);
    return api ? &api->model() : nullptr;
}

}  // namespace backlot::wire
