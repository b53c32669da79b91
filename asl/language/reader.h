#pragma once
// Turns a definition into a Machine, noting everything that is wrong on the way.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "asl/language/machine.h"

namespace backlot::asl {

/// Where diagnostics go. Locations are JSON pointers without escapes, as AWS writes them; "/" is the machine.
class Findings {
public:
    explicit Findings(std::vector<Diagnostic>& list) : list_(list) {}
    void error(std::string_view location, std::string message, std::string_view code = "SCHEMA_VALIDATION_FAILED");
    void warning(std::string_view location, std::string message, std::string_view code);

private:
    std::vector<Diagnostic>& list_;
};

/// Reads the values of fields. `at` is the field's own location.
class FieldReader {
public:
    explicit FieldReader(Findings& findings) : findings_(findings) {}

    /// A payload template of the given language.
    Template payload(const Json& value, QueryLanguage language, const std::string& at);
    /// A path, checked to be a Reference Path where it must be one.
    std::optional<JsonPath> path(const Json& value, const std::string& at, bool reference = false);
    PathField pathOrNull(const Json& value, const std::string& at, bool reference = false);
    std::optional<std::string> string(const Json& value, const std::string& at);
    std::optional<std::int64_t> integer(const Json& value, const std::string& at, std::int64_t least,
                                        std::int64_t most);
    std::optional<double> number(const Json& value, const std::string& at, double least, double most);
    std::optional<bool> boolean(const Json& value, const std::string& at);

    struct Range {
        double least = 0, most = 99'999'999;
        bool integer = true;
    };
    /// NAME, NAME that holds JSONata, or NAMEPath: whichever of them `owner` has. Both at once is an error.
    std::optional<Field> numberOrPath(const Json& owner, std::string_view name, QueryLanguage language,
                                      const std::string& at, Range range);
    /// The same for texts; `…Path` may hold intrinsic calls where `calls` says so.
    std::optional<Field> textOrPath(const Json& owner, std::string_view name, QueryLanguage language,
                                    const std::string& at, bool calls);

private:
    Template jsonPathMember(std::string_view name, const Json& value, const std::string& at);
    std::optional<Template> jsonata(std::string_view text, const std::string& at);
    bool onlyOne(const Json& owner, std::string_view name, const std::string& at);

    Findings& findings_;
    int depth_ = 0;
};

/// Reads a machine from parsed JSON.
class Reader {
public:
    Reader(const CompileOptions& options, Machine& machine, std::vector<Diagnostic>& diagnostics)
        : options_(options), machine_(machine), findings_(diagnostics), fields_(findings_) {}

    void machine(const Json& definition);

private:
    ScopeId scope(const Json& definition, const std::string& at, std::optional<StateId> owner);
    void state(const Json& definition, StateId id, const std::string& at);
    void allowedFields(const Json& definition, const State& state, const std::string& at);
    void transition(const Json& definition, State& state, const std::string& at);
    StateId target(const Json& value, const State& state, std::string_view field, const std::string& at);
    void dataFlow(const Json& definition, State& state, const std::string& at);
    void errors(const Json& definition, State& state, const std::string& at);
    Retrier retrier(const Json& definition, const std::string& at, bool last);
    Catcher catcher(const Json& definition, const State& state, const std::string& at, bool last);
    std::vector<std::string> errorEquals(const Json& definition, const std::string& at, bool last);
    void task(const Json& definition, State& state, const std::string& at);
    void pass(const Json& definition, State& state, const std::string& at);
    void choice(const Json& definition, State& state, const std::string& at);
    std::optional<Condition> condition(const Json& rule, const State& state, const std::string& at, int depth);
    void wait(const Json& definition, State& state, const std::string& at);
    void fail(const Json& definition, State& state, const std::string& at);
    void parallel(const Json& definition, State& state, StateId id, const std::string& at);
    void map(const Json& definition, State& state, StateId id, const std::string& at);
    void mapReader(const Json& definition, const State& state, MapFields& map, const std::string& at);
    void mapBatcher(const Json& definition, const State& state, MapFields& map, const std::string& at);
    void mapWriter(const Json& definition, const State& state, MapFields& map, const std::string& at);
    std::optional<Resource> resource(const Json& definition, const std::string& at);
    bool require(const Json& definition, std::initializer_list<const char*> names, const std::string& at);

    const CompileOptions& options_;
    Machine& machine_;
    Findings findings_;
    FieldReader fields_;
    ScopeId currentScope_ = 0;
    int depth_ = 0;
};

/// "/States/Outer/Branches[0]/States/Inner"
std::string locationOf(const Machine& machine, const State& state);

/// Notes the states that no way leads to.
void checkReachability(const Machine& machine, Findings& findings);

/// Line and column, from 1, of what a location names in the text; of its parent where it is missing; nothing where the
/// location is no pointer.
struct Position {
    std::size_t line = 0, column = 0;
};
std::optional<Position> positionOf(std::string_view location, std::string_view text);

}  // namespace backlot::asl
