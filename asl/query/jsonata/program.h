#pragma once
// A compiled expression: a tree of nodes that is only read after compiling.

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "asl/query/jsonata.h"

namespace backlot::asl::jsonata {

class Regex;
class Signature;
struct Builtin;
struct Node;

/// Variables are numbers while an expression runs. 0 stands for `$`.
using NameId = std::uint32_t;
inline constexpr NameId kNoName = ~NameId{0};
inline constexpr NameId kContextName = 0;

enum class Kind : std::uint8_t {
    // leaves
    name,
    variable,
    root,
    string,
    number,
    literal,
    regex,
    wildcard,
    descendant,
    parent,
    placeholder,
    // made of others
    path,
    sort,
    block,
    condition,
    bind,
    lambda,
    call,
    partial,
    apply,
    transform,
    arrayConstructor,
    objectConstructor,
    negate,
    binary,
    // only between parser and rewriting: what the brackets and marks of a path look like before it is a path
    dot,
    predicate,
    groupBy,
    orderBy,
    focus,
    index,
    operatorName,
    end,
};

enum class Operator : std::uint8_t {
    add,
    subtract,
    multiply,
    divide,
    modulo,
    equal,
    notEqual,
    less,
    lessOrEqual,
    greater,
    greaterOrEqual,
    concatenate,
    range,
    in,
    both,
    either,
};

/// What `%` refers to: the row of the path that the step this many levels up came from.
struct Slot {
    NameId label;
    int level = 1;
    std::size_t index;  ///< of the `%` among all of the expression
};

struct Stage {
    enum class What : std::uint8_t { filter, index } what;
    Node* predicate = nullptr;  // filter
    NameId index = kNoName;     // index: the variable that gets the position
};

/// `{…}` behind an expression, or an object constructor's members: key and value of each.
struct Group {
    std::vector<std::pair<Node*, Node*>> pairs;
    int position = 0;
};

struct SortTerm {
    Node* expression;
    bool descending;
};

/// What each kind uses: `text` the name, the string, or the operator as it is written; `first`, `second`, `third` the
/// operands in the order of the text (condition, then, else; pattern, update, delete; procedure of a call; body of a
/// lambda); `items` steps, arguments, elements or statements.
struct Node {
    Kind kind;
    Operator op = Operator::add;
    bool boolean = false;  // literal: null unless isBoolean
    bool isBoolean = false;
    bool keepArray = false;        // `[]` follows
    bool keepSingleton = false;    // path: `[]` follows one of its steps
    bool tuple = false;            // the step makes rows (tuples)
    bool constructsArray = false;  // `[…]` at an end of a path: kept as it is
    bool tailCall = false;
    int position = 0;
    int depth = 1;
    NameId id = kNoName;  // variable, bind, slot label of a parent
    NameId focus = kNoName, index = kNoName, ancestor = kNoName;
    double number = 0;
    std::string text;
    Node* first = nullptr;
    Node* second = nullptr;
    Node* third = nullptr;
    std::vector<Node*> items;
    std::vector<Stage> stages;       // of a step: filters and indexes in their order
    std::vector<Stage> predicates;   // of an expression that is no step
    std::unique_ptr<Group> group;    // `{…}` behind the expression
    std::unique_ptr<Group> members;  // objectConstructor
    std::vector<SortTerm> terms;
    std::vector<NameId> parameters;
    std::shared_ptr<const Signature> signature;
    std::shared_ptr<const Regex> regex;
    const Builtin* builtin = nullptr;  // what a variable means when nothing is bound to it
    // rewriting only
    Slot* slot = nullptr;  // parent: its slot; name, wildcard: the slot that found its step here
    std::vector<Slot*> seekingParent;
};

struct Program {
    std::string text;
    std::deque<Node> nodes;
    std::deque<Slot> slots;
    Node* root = nullptr;
    std::vector<std::string> names{""};  ///< by NameId
    std::unordered_map<std::string, NameId> nameIds{{"", kContextName}};
    std::vector<JsonataReference> references;
    std::optional<int> contextUse, evalUse;

    NameId intern(const std::string& name) {
        const auto [entry, added] = nameIds.emplace(name, static_cast<NameId>(names.size()));
        if (added) names.push_back(name);
        return entry->second;
    }
    Node* make(Kind kind, int position) {
        Node& node = nodes.emplace_back();
        node.kind = kind;
        node.position = position;
        return &node;
    }
};

/// Deeper trees are refused, so that whatever walks one may recurse.
inline constexpr int kNestingLimit = 500;

/// Text to tree; the brackets of paths are still as they are written. Throws Failure.
void parse(Program& program);
/// Makes paths of dots, predicates and marks, finds what `%` refers to, and marks tail calls. Throws Failure.
void rewrite(Program& program);
/// Fills references, contextUse and evalUse.
void inspect(Program& program);

}  // namespace backlot::asl::jsonata
