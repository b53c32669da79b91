#pragma once

#include <string>
#include <vector>

#include "emulator/base/outside.h"

namespace backlot::http {

/// How processes are kept apart from us, from the machine and from one another: by the launcher (emulator/launcher),
/// with what this machine's kernel and policy let us have without being root. Says once, in one line, what is not in
/// force.
class Sandbox {
public:
    Sandbox() = default;
    ~Sandbox();
    Sandbox(const Sandbox&) = delete;
    Sandbox& operator=(const Sandbox&) = delete;

    /// The launcher, to be executed by a child that has it open. Throws std::system_error.
    int program();
    /// Its command line for that process.
    std::vector<std::string> command(const ProcessSpec& spec);
    bool namespaces() { return means().namespaces; }

private:
    struct Means {
        bool known = false;
        bool namespaces = false, proc = false, seccomp = false;
        int landlock = 0;      // its version
        std::string obstacle;  // why there are no namespaces
    };
    const Means& means();
    Means tryOut();

    int program_ = -1;
    Means means_;
};

}  // namespace backlot::http
