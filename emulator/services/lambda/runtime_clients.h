#pragma once

#include <string_view>

namespace backlot::lambda {

/// Our clients of the Runtime API for the machine's interpreters: runtimes/python.py and runtimes/node.mjs, built in.
std::string_view pythonRuntime();
std::string_view nodeRuntime();

}  // namespace backlot::lambda
