#include "asl/language/machine.h"

#include <algorithm>

#include "asl/language/reader.h"

namespace backlot::asl {

namespace {

constexpr int kDefinitionDepth = 500;

/// The findings of a text that is no JSON object, worded as AWS's parser (Jackson) words them.
void noteSyntax(std::string_view text, std::size_t offset, Findings& findings) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return findings.error("", "Definition must be a valid JSON object");
    const auto isWord = [](char c) { return c == '_' || c == '$' || std::isalnum(static_cast<unsigned char>(c)); };
    std::size_t start = std::min(offset, text.size());
    while (start > 0 && isWord(text[start - 1])) --start;
    std::size_t end = start;
    while (end < text.size() && isWord(text[end])) ++end;
    std::size_t line = 1, column = 1;
    for (std::size_t i = 0; i < end; ++i) {
        column = text[i] == '\n' ? 1 : column + 1;
        line += text[i] == '\n' ? 1 : 0;
    }
    const std::string source = "[Source: (String)\"" + std::string(text) + "\"; line: " + std::to_string(line) +
                               ", column: " + std::to_string(column) + "]";
    std::string what = "Unexpected end-of-input";
    if (end > start)
        what = "Unrecognized token '" + std::string(text.substr(start, end - start)) +
               "': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    else if (start < text.size())
        what = "Unexpected character ('" + std::string(1, text[start]) + "' (code " +
               std::to_string(static_cast<unsigned char>(text[start])) + "))";
    findings.error(source, what + "\n at " + source, "INVALID_JSON_DESCRIPTION");
}

}  // namespace

bool hasErrors(const std::vector<Diagnostic>& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const auto& d) { return d.severity == Severity::error; });
}

std::string invalidDefinitionMessage(const std::vector<Diagnostic>& diagnostics, std::string_view definition) {
    std::string out;
    for (const auto& diagnostic : diagnostics) {
        if (diagnostic.severity != Severity::error) continue;
        if (diagnostic.code == kInvalidLabel) {
            const char quote = diagnostic.message.find('\'') == std::string::npos ? '\'' : '"';
            std::string message;
            const bool both = quote == '"' && diagnostic.message.find('"') != std::string::npos;
            for (const char c : diagnostic.message)
                message += c == '\\' ? "\\\\" : both && c == '\'' ? "\\'" : std::string(1, c);
            const std::string mark(1, both ? '\'' : quote);
            return "Error=ValueError Args=[" + mark + message + mark + "] in definition '" + std::string(definition) +
                   "'.";
        }
        out += (out.empty() ? "" : ", ") + diagnostic.code + ": " + diagnostic.message;
        if (!diagnostic.location.empty() && diagnostic.code != "INVALID_JSON_DESCRIPTION")
            out += " at " + diagnostic.location;
    }
    return "Invalid State Machine Definition: '" + out + "'";
}

Compiled compile(std::string_view definition, const CompileOptions& options) {
    Compiled out;
    Findings findings(out.diagnostics);
    Json json;
    try {
        json = parseJson(definition, kDefinitionDepth);
    } catch (const JsonError& error) {
        noteSyntax(definition, error.offset, findings);
        return out;
    }
    if (!json.IsObject()) {
        findings.error("", "Definition must be a valid JSON object");
        return out;
    }
    auto machine = std::make_shared<Machine>();
    Reader(options, *machine, out.diagnostics).machine(json);
    if (!hasErrors(out.diagnostics)) checkReachability(*machine, findings);
    for (auto& diagnostic : out.diagnostics)
        if (const auto position = positionOf(diagnostic.location, definition)) {
            diagnostic.line = position->line;
            diagnostic.column = position->column;
        }
    if (!hasErrors(out.diagnostics)) out.machine = std::move(machine);
    return out;
}

}  // namespace backlot::asl
