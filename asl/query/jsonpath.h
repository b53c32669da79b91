#pragma once
// JSONPath in Jayway's dialect, which is what AWS runs (its error texts say so).

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/json.h"

namespace backlot::asl {

/// The text is not a path. what() is for people: AWS words a refused path by the field that holds it.
struct PathSyntaxError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A path that names one node found none. what() is Jayway's text: "No results for path: $['x']",
/// "Missing property in path $['no']".
struct PathNotFound : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class PathFilter;

/// A compiled path. `$…` reads the input, `$$…` the context object, `$name…` a variable.
/// Source: States Language, "Paths"; Jayway JsonPath 2.x.
class JsonPath {
public:
    enum class Root : std::uint8_t { input, context, variable };

    /// Throws PathSyntaxError.
    static JsonPath parse(std::string_view text);

    const std::string& text() const { return text_; }
    Root root() const { return root_; }
    /// The name of the variable that it starts from; empty for the other roots.
    const std::string& variable() const { return variable_; }
    /// Whether it names one node at most, known when compiled: no wildcard, slice, filter, scan or list.
    bool isDefinite() const { return definite_; }
    /// Only `.name`, `['name']` and `[n]`: what ResultPath and the …Path fields may hold.
    bool isReference() const { return reference_; }
    bool isWhole() const { return steps_.empty(); }

    /// The one node of a definite path, inside `from`. Throws PathNotFound. Not for paths with functions.
    const Json& locate(const Json& from) const;
    /// A copy of what the path names: the node of a definite path (throws PathNotFound where there is none), the list
    /// of nodes of another, which may be empty. Throws StateFailure where those are millions.
    Json read(const Json& from) const;
    /// `document` with `value` at this reference path; members that are missing on the way are made.
    /// Throws PathNotFound where the document cannot hold it (an index beyond an array, a member of a number).
    Json place(Json document, Json value) const;
    /// "$['a'][0]", as Jayway writes it.
    std::string canonical() const;

    struct Step {
        enum class Kind : std::uint8_t {
            property,
            properties,
            wildcard,
            index,
            indexes,
            slice,
            filter,
            scan,
            function
        };
        Kind kind = Kind::property;
        std::vector<std::string> names;
        std::vector<std::int64_t> numbers;  ///< indexes; of a slice from and to, kAbsent where left out
        std::shared_ptr<const PathFilter> filter;
        std::vector<Json> arguments;  ///< of a function, literals
        std::vector<JsonPath> paths;  ///< of a function
        Step() = default;
        Step(Step&&) = default;
        Step& operator=(Step&&) = default;
        Step(const Step& other);
        Step& operator=(const Step& other) { return *this = Step(other); }
        std::string canonical() const;
    };
    static constexpr std::int64_t kAbsent = INT64_MIN;
    const std::vector<Step>& steps() const { return steps_; }

private:
    friend class PathReader;
    std::string text_, variable_;
    Root root_ = Root::input;
    bool definite_ = true, reference_ = true, hasFunction_ = false;
    std::vector<Step> steps_;
};

/// The path that begins at `at`, up to the first of `ends` outside of brackets and quotes; moves `at` past it.
std::string_view pathTextAt(std::string_view text, std::size_t& at, std::string_view ends);

}  // namespace backlot::asl
