#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace backlot::asl {

enum class Severity { error, warning };

/// One finding about a definition, as ValidateStateMachineDefinition reports it.
struct Diagnostic {
    Severity severity = Severity::error;
    std::string code;  ///< SCHEMA_VALIDATION_FAILED, INVALID_JSON_DESCRIPTION, MISSING_TRANSITION_TARGET …
    std::string message;
    std::string location;  ///< "/States/Pass/Next"; empty where AWS gives none
    std::size_t line = 0;  ///< from 1; 0 where not known. For people: AWS does not report it.
    std::size_t column = 0;
};

/// The code of a refused Label, which AWS's recorded answers report in a form of their own.
inline constexpr std::string_view kInvalidLabel = "INVALID_LABEL";

bool hasErrors(const std::vector<Diagnostic>& diagnostics);

/// The message of the InvalidDefinition error with which CreateStateMachine and UpdateStateMachine refuse:
/// "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: … at /States/…'".
std::string invalidDefinitionMessage(const std::vector<Diagnostic>& diagnostics, std::string_view definition);

}  // namespace backlot::asl
