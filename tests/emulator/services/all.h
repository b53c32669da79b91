#pragma once
// The descriptions of all services: those that stand in the folders of emulator/services, found by CMakeLists.txt.

#include <vector>

#include "all_descriptions.h"
#include "emulator/base/service_description.h"

namespace backlot {

inline const ServiceDirectory& allServices() {
    static const ServiceDirectory directory(allDescriptions);
    return directory;
}

}  // namespace backlot
