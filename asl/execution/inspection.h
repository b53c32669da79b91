#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/language/state.h"
#include "asl/payload.h"

namespace backlot::asl {

/// Watches one state for TestState: its data on the way through ("input", "afterInputPath", "result" …), and how it
/// was left. With it tasks, branches and iterations are not started: their answer is a mock.
struct Inspection {
    std::vector<std::pair<std::string, Payload>> notes;
    struct Exit {
        StateId next;
        Payload output;
    };
    std::optional<Exit> exit;
    std::optional<std::size_t> retrier, catcher;  ///< which ones match the error
    bool backsOff = false;                        ///< the retrier has an attempt left
    double backoffSeconds = 0;
    std::optional<std::string> error, cause;  ///< what Retry and Catch saw
    std::vector<std::uint32_t> attempts;      ///< already made, by retrier

    /// A second note of the same name replaces the first.
    void note(std::string_view what, const Payload& value) {
        for (auto& [name, old] : notes)
            if (name == what) return void(old = value);
        notes.emplace_back(what, value);
    }
};

}  // namespace backlot::asl
