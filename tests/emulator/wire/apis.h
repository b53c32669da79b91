#pragma once
// The wire with the APIs of all services.

#include <string_view>

#include "emulator/wire/sdk.h"
#include "emulator/wire/wire.h"
#include "tests/emulator/services/all.h"

namespace backlot::wire {

inline const Apis& apis() {
    static const Apis all(allServices());
    return all;
}

inline const Model& modelOf(std::string_view service) { return *apis().findModel(service); }
inline Target detect(const Request& request, const DetectOptions& options = {}) {
    return detect(apis(), request, options);
}
inline void checkInput(std::string_view service, std::string_view operation, const Json& input) {
    checkInput(apis(), service, operation, input);
}

}  // namespace backlot::wire
