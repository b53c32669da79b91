#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace backlot::wire {

/// The services whose API models are built in, by our names: those of the model files, "states" for stepfunctions.
std::span<const std::string_view> services();
bool known(std::string_view service);
/// All operations of the model, whether Backlot serves them or not, sorted.
std::vector<std::string_view> operations(std::string_view service);
bool knownOperation(std::string_view service, std::string_view operation);

}  // namespace backlot::wire
