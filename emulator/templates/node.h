#pragma once
// A template as it was written: values with the line they stand on.

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/json.h"

namespace backlot::templates {

/// The template is wrong. what() is for people: "template.yaml:12: …" (without the line where it is not known).
struct TemplateError : std::runtime_error {
    TemplateError(const std::string& file, int atLine, const std::string& problem)
        : std::runtime_error(atLine > 0 ? file + ":" + std::to_string(atLine) + ": " + problem : file + ": " + problem),
          line(atLine) {}
    int line;  // counted from 1; 0: the template as a whole
};

struct Member;

/// One value of a template. CloudFormation's short forms (`!Ref X`) are already in their long form ({"Ref": "X"}).
struct Node {
    enum class Kind { null, scalar, sequence, mapping, none };  // none: Ref of AWS::NoValue, the member is left out
    Kind kind = Kind::null;
    std::string text;             // of a scalar
    bool quoted = false;          // of a scalar: it is text whatever it looks like
    int line = 0;                 // counted from 1; 0: made, not written
    std::vector<Node> items;      // of a sequence
    std::vector<Member> members;  // of a mapping, in the order they were written

    bool isScalar() const { return kind == Kind::scalar; }
    bool isSequence() const { return kind == Kind::sequence; }
    bool isMapping() const { return kind == Kind::mapping; }
    /// The member, or null where this is no mapping or has none of that name.
    const Node* find(std::string_view name) const;
    Node* find(std::string_view name);
    /// The scalar member's text; empty where it is missing.
    std::string_view textOf(std::string_view name) const;
    /// Adds or replaces a member.
    void set(std::string_view name, Node value);
    bool erase(std::string_view name);
};

struct Member {
    std::string name;
    int line = 0;  // of the key
    Node value;
};

Node scalar(std::string_view text, int line = 0);
/// Plain scalars become what they look like (true, 12, 1.5, null), quoted ones stay text; `none` members are left out.
/// Numbers that would not come back as they were written ("000000000000", "1e400") stay text.
Json toJson(const Node& node);
Node fromJson(const Json& json, int line = 0);
/// {"Ref": "X"} or {"Fn::…": …}: a mapping with one member that is a function's name. That name, else empty.
std::string_view functionOf(const Node& node);

}  // namespace backlot::templates
