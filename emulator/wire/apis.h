#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "emulator/base/service_description.h"
#include "emulator/wire/model.h"

namespace backlot::wire {

struct Protocol;

/// A service's API: its description, and its model, which is read at the first call. Safe from any thread.
class Api {
public:
    /// Throws std::runtime_error where the description names a protocol that is none.
    explicit Api(const ServiceDescription& description);
    const ServiceDescription& description() const { return description_; }
    std::string_view name() const { return description_.name; }
    const Model& model() const;
    bool speaks(const Protocol& protocol) const {
        return std::find(protocols_.begin(), protocols_.end(), &protocol) != protocols_.end();
    }

private:
    const ServiceDescription& description_;
    std::vector<const Protocol*> protocols_;
    mutable std::once_flag read_;
    mutable std::unique_ptr<const Model> model_;
};

/// The APIs of all services that Backlot has heard of, sorted by name.
class Apis {
public:
    explicit Apis(const ServiceDirectory& services);
    Apis(const Apis&) = delete;
    Apis& operator=(const Apis&) = delete;
    /// Null where the service is unknown.
    const Api* find(std::string_view service) const;
    const Model* findModel(std::string_view service) const;
    /// By the part of X-Amz-Target before its last dot.
    const Api* findTarget(std::string_view prefix) const;
    /// Those that a name in a credential scope may mean; empty where it means none.
    std::span<const Api* const> signedAs(std::string_view signingName) const;
    auto begin() const { return apis_.begin(); }
    auto end() const { return apis_.end(); }

private:
    std::deque<Api> apis_;
    std::map<std::string_view, const Api*> byTarget_;
    std::map<std::string_view, std::vector<const Api*>> bySigningName_;
};

}  // namespace backlot::wire
