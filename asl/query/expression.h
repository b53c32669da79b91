#pragma once
// A computed value in either query language: a JSONPath, an intrinsic call, or `{% JSONata %}`.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "asl/query/intrinsics.h"
#include "asl/query/jsonata.h"
#include "asl/query/jsonpath.h"
#include "asl/query/scene.h"

namespace backlot::asl {

class Expression {
public:
    explicit Expression(JsonPath path) : code_(std::move(path)) {}
    explicit Expression(Intrinsic call) : code_(std::move(call)) {}
    explicit Expression(Jsonata program) : code_(std::move(program)) {}

    /// A path or a call, as members that end in ".$" hold them. Throws PathSyntaxError.
    static Expression parseJsonPath(std::string_view text);
    /// What stands between "{%" and "%}" of a string, or nothing where the string is a plain one.
    static std::optional<std::string_view> jsonataOf(std::string_view text);

    /// `field` is cited by error texts ("Output/result", "value.$").
    /// Throws StateFailure; its texts are those recorded on AWS.
    Json evaluate(const Scene& scene, std::string_view field) const;

    const JsonPath* path() const { return std::get_if<JsonPath>(&code_); }
    const Intrinsic* intrinsic() const { return std::get_if<Intrinsic>(&code_); }
    const Jsonata* jsonata() const { return std::get_if<Jsonata>(&code_); }
    const std::string& text() const;
    void collectVariables(std::set<std::string>& names) const;

private:
    std::variant<JsonPath, Intrinsic, Jsonata> code_;
};

/// InputPath, OutputPath and …Path fields: "Invalid path '$.x' : No results for path: $['x']". Throws StateFailure.
Json readPathOrFail(const JsonPath& path, const Scene& scene);

}  // namespace backlot::asl
