#pragma once
// The parts of a template, and the values of its functions.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/templates/node.h"
#include "emulator/templates/reader.h"

namespace backlot::templates {

struct ResourceDeclaration {
    std::string logicalId, type;
    int line = 0;
    Node properties;
    std::set<std::string> dependsOn;
    std::string condition;  // empty: always
    bool retain = false;    // DeletionPolicy: Retain
    std::string madeFrom;   // logical id of the AWS::Serverless resource that it comes of; empty: written
};

struct OutputDeclaration {
    std::string name, description, condition;
    int line = 0;
    Node value;
    Node exportName = {};  // null where it is not exported
};

/// Sections of a template that has been read; throws TemplateError where one is malformed.
struct Template {
    std::string file;  // as it is named in errors
    std::string text;  // as it was given
    std::string description;
    bool serverless = false;  // Transform: AWS::Serverless-2016-10-31
    Node parameters, mappings, conditions, globals;
    std::vector<ResourceDeclaration> resources;  // in the order they were written
    std::vector<OutputDeclaration> outputs;
    std::vector<ReadNote> notes;
    /// SAM's names that stand for a made resource: "Api.Stage" → "ApiProdStage".
    std::map<std::string, std::string> aliases;

    [[noreturn]] void fail(int line, const std::string& problem) const { throw TemplateError(file, line, problem); }
    const ResourceDeclaration* find(std::string_view logicalId) const;
};

Template parseTemplate(std::string_view text, const std::string& file);

/// What Ref and Fn::GetAtt give for a resource that exists.
struct Physical {
    std::string ref;
    std::map<std::string, std::string> attributes;
    std::string placeholderOf = {};  // the type that Backlot does not make; empty: it is there
};

/// The stack that a template becomes.
struct Environment {
    std::string stackName = "backlot", account = "000000000000", region = "us-east-1";
    std::map<std::string, std::string> parameters;  // values given from outside
    /// Reads what AWS::Include names: a local file. Nothing where there is none. Empty: nothing can be included.
    std::function<std::optional<Node>(const std::string& location)> include = {};
};

/// Evaluates functions. What depends on a resource that does not exist yet is left as it is: evaluating again later,
/// when `resources` knows more, goes on from there.
class Scope {
public:
    /// Settles the parameters: overrides, defaults, allowed values, ranges, lengths.
    /// Differs: AllowedPattern is not checked.
    Scope(const Template& source, const Environment& environment);

    Node evaluate(const Node& node) const;
    bool condition(const std::string& name, int line) const;
    const Environment& environment() const { return environment_; }

    /// Logical ids that may be referred to; a Ref of another name is an error. Nothing: not known yet, left as it is.
    std::optional<std::set<std::string>> known;
    std::map<std::string, Physical> resources;
    /// What other stacks export, by name. Nothing: not known yet, Fn::ImportValue is left as it is.
    std::optional<std::map<std::string, std::string>> imports;
    /// Told of what is not there (an attribute that Backlot does not know, an export, a file to include); a placeholder
    /// stands for it. Empty: an error.
    std::function<void(int line, const std::string& subject, const std::string& problem)> onGap;

private:
    Node evaluateRef(const Node& node) const;
    Node evaluateGetAtt(const Node& node) const;
    Node evaluateSub(const Node& node) const;
    Node evaluateFunction(std::string_view name, const Node& node) const;
    bool conditionValue(const Node& expression) const;
    std::optional<Node> valueOf(const std::string& name, int line) const;
    std::optional<Node> attributeOf(const std::string& resource, const std::string& attribute, int line) const;
    std::string aliased(const std::string& name) const;
    Node included(const Node& transform) const;
    void gap(int line, const std::string& subject, const std::string& problem) const;

    const Template& source_;
    const Environment& environment_;
    std::map<std::string, Node> values_;              // parameters and pseudo parameters
    mutable std::map<std::string, bool> conditions_;  // already decided
    mutable std::set<std::string> deciding_;          // against conditions that stand on themselves
};

/// True where no function is left in it.
bool settled(const Node& node);
/// Logical ids that `node` refers to by Ref, Fn::GetAtt and Fn::Sub (and names of parameters, where not evaluated yet).
std::set<std::string> references(const Node& node);

}  // namespace backlot::templates
