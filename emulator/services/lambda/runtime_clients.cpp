#include "emulator/services/lambda/runtime_clients.h"

// Defined in runtimes/embedded.S.
extern "C" const char backlot_lambda_python[], backlot_lambda_python_end[], backlot_lambda_node[],
    backlot_lambda_node_end[];

namespace backlot::lambda {

std::string_view pythonRuntime() { return {backlot_lambda_python, backlot_lambda_python_end}; }
std::string_view nodeRuntime() { return {backlot_lambda_node, backlot_lambda_node_end}; }

}  // namespace backlot::lambda
