#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "emulator/base/outside.h"

namespace backlot::lambda {

/// What the service needs of the machine.
struct Settings {
    Outside* outside = nullptr;       // outlives the world
    std::string endpoint;             // "http://127.0.0.1:4566", as functions are to call it
    std::filesystem::path bootstrap;  // Backlot's own runtime for handlers in C++; their libraries may lie beside it
    bool sandbox = true;              // functions are kept apart from the machine and from one another
    std::filesystem::path data = {};  // the store's folder: no function sees it, and none has its code there
    std::map<std::string, std::string> guard =
        {};  // variables that no function may change: what keeps it on this machine
    std::filesystem::path scratch =
        {};  // where code is unpacked; empty: a folder of its own below the system's for temporary files
};

class Runtime;  // runtime.h: what runs functions, joined to a world

}  // namespace backlot::lambda
