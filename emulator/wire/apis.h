#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "emulator/base/service_description.h"
#include "emulator/wire/model.h"

namespace backlot::wire {

/// A service's API: its description, and its model, which is read at the first call. Belongs to one thread.
class Api {
public:
    explicit Api(const ServiceDescription& description) : description_(description) {}
    const ServiceDescription& description() const { return description_; }
    std::string_view name() const { return description_.name; }
    const Model& model() const;

private:
    const ServiceDescription& description_;
    mutable std::unique_ptr<const Model> model_;
};

/// The APIs of all services that Backlot has heard of, sorted by name.
class Apis {
public:
    explicit Apis(const ServiceDirectory& services);
    /// Null where the service is unknown.
    const Api* find(std::string_view service) const;
    const Model* findModel(std::string_view service) const;
    auto begin() const { return apis_.begin(); }
    auto end() const { return apis_.end(); }

private:
    std::vector<Api> apis_;
};

}  // namespace backlot::wire
