#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace backlot::wire {

/// What tells the services apart on the wire without reading their models; a test compares it with them.
struct Service {
    std::string_view name;           // ours: that of the model file
    std::string_view model;          // the model's text
    std::string_view signingName;    // in the credential scope
    std::string_view targetPrefix;   // of X-Amz-Target; empty outside the JSON protocol
    std::string_view queryVersion;   // of Query requests; empty where Query is not spoken
};

/// The services whose API models are built in, sorted by name.
std::span<const Service> services();
const Service* findService(std::string_view name);
inline bool known(std::string_view service) { return findService(service) != nullptr; }

/// All operations of the model, whether Backlot serves them or not, sorted. Empty for an unknown service.
std::vector<std::string_view> operations(std::string_view service);
bool knownOperation(std::string_view service, std::string_view operation);

}  // namespace backlot::wire
