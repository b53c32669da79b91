#include "emulator/templates/reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <set>
#include <sstream>

namespace backlot::templates {

namespace {

/// "!Sub" → "Fn::Sub"; nothing where CloudFormation has no such tag.
std::optional<std::string> longForm(std::string_view tag) {
    static const std::set<std::string_view> functions = {
        "!Sub", "!GetAtt",    "!Join",   "!Select",      "!Split",  "!If",   "!Equals",    "!Not",    "!And",
        "!Or",  "!FindInMap", "!Base64", "!ImportValue", "!GetAZs", "!Cidr", "!Transform", "!Length", "!ToJsonString"};
    if (tag == "!Ref") return "Ref";
    if (tag == "!Condition") return "Condition";
    if (functions.contains(tag)) return "Fn::" + std::string(tag.substr(1));
    return std::nullopt;
}

/// yaml-cpp tells "?" for a plain scalar and "!" for a quoted one.
bool isStandardTag(std::string_view tag) {
    return tag.empty() || tag == "?" || tag == "!" || tag.starts_with("tag:yaml.org,2002:");
}

/// Builds the tree from the parser's events. Every value is counted as it comes, so that aliases cannot blow it up.
class Builder : public YAML::EventHandler {
public:
    Builder(std::string file, const ReadLimits& limits) : file_(std::move(file)), limits_(limits) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        Node node;
        node.line = lineOf(mark);
        finish(std::move(node), anchor, "");
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        Node node = scalar(value, lineOf(mark));
        node.quoted = tag != "?" && tag.rfind("!", 0) == 0;
        if (tag == "tag:yaml.org,2002:str") node.quoted = true;
        if (tag == "?" && (value == "~" || value == "null")) node = Node{.line = lineOf(mark)};
        finish(std::move(node), anchor, tag);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) fail(lineOf(mark), "the alias stands inside what it names");
        count(found->second, lineOf(mark));
        place(Node(found->second));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::sequence, mark, tag, anchor);
    }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::mapping, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapEnd() override { close(); }

    Node take() { return std::move(root_); }
    bool empty() const { return !done_; }
    std::vector<ReadNote> takeNotes() { return std::move(notes_); }

private:
    struct Open {
        Node node;
        std::string tag;
        YAML::anchor_t anchor;
        std::optional<Member> key;    // of a mapping: a key that waits for its value
        std::set<std::string> names;  // of a mapping
    };

    static int lineOf(const YAML::Mark& mark) { return mark.line + 1; }
    [[noreturn]] void fail(int line, const std::string& problem) const { throw TemplateError(file_, line, problem); }

    void countOne(int line) {
        if (++nodes_ > limits_.nodes)
            fail(line, "more than " + std::to_string(limits_.nodes) + " values (aliases counted each time)");
    }
    void count(const Node& node, int line) {
        countOne(line);
        for (const auto& item : node.items) count(item, line);
        for (const auto& member : node.members) count(member.value, line);
    }
    void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        const int line = lineOf(mark);
        countOne(line);
        if (static_cast<int>(open_.size()) >= limits_.depth)
            fail(line, "nested deeper than " + std::to_string(limits_.depth));
        Open next;
        next.node.kind = kind;
        next.node.line = line;
        next.tag = tag;
        next.anchor = anchor;
        open_.push_back(std::move(next));
    }
    void close() {
        Open ended = std::move(open_.back());
        open_.pop_back();
        finishCounted(std::move(ended.node), ended.anchor, ended.tag);
    }
    void finish(Node node, YAML::anchor_t anchor, const std::string& tag) {
        countOne(node.line);
        finishCounted(std::move(node), anchor, tag);
    }
    void finishCounted(Node node, YAML::anchor_t anchor, const std::string& tag) {
        if (!isStandardTag(tag)) node = tagged(std::move(node), tag);
        if (anchor) {
            count(node, node.line);  // the copy kept for aliases costs as much as the original
            anchors_.insert_or_assign(anchor, node);
        }
        place(std::move(node));
    }
    /// `!GetAtt Orders.Arn` has its argument split as its long form wants it: at the first dot.
    Node tagged(Node node, const std::string& tag) const {
        const int line = node.line;
        const auto function = longForm(tag);
        if (!function) fail(line, "unknown tag " + tag);
        if (*function == "Fn::GetAtt" && node.isScalar()) {
            const auto dot = node.text.find('.');
            if (dot == std::string::npos) fail(line, "!GetAtt wants Resource.Attribute, not \"" + node.text + "\"");
            Node parts;
            parts.kind = Node::Kind::sequence;
            parts.line = line;
            parts.items = {scalar(node.text.substr(0, dot), line), scalar(node.text.substr(dot + 1), line)};
            node = std::move(parts);
        }
        if (node.isScalar()) node.quoted = true;
        Node result;
        result.line = line;
        result.set(*function, std::move(node));
        return result;
    }
    void place(Node node) {
        if (open_.empty()) {
            if (done_) fail(node.line, "a second document");
            root_ = std::move(node);
            done_ = true;
            return;
        }
        Open& parent = open_.back();
        if (parent.node.isSequence()) {
            parent.node.items.push_back(std::move(node));
        } else if (parent.key) {
            parent.key->value = std::move(node);
            parent.node.members.push_back(std::move(*parent.key));
            parent.key.reset();
        } else {
            if (!node.isScalar()) fail(node.line, "a key must be text");
            if (node.text == "<<" && !node.quoted)
                fail(node.line, "merge keys (<<) are not supported by CloudFormation");
            if (!parent.names.insert(node.text).second) {
                notes_.push_back({node.line, "the key " + node.text + " stands twice: the last one counts"});
                parent.node.erase(node.text);
            }
            parent.key = Member{.name = node.text, .line = node.line, .value = {}};
        }
    }

    std::string file_;
    ReadLimits limits_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Node> anchors_;
    std::vector<ReadNote> notes_;
    Node root_;
    bool done_ = false;
    std::size_t nodes_ = 0;
};

}  // namespace

Node readTemplate(std::string_view text, const std::string& file, const ReadLimits& limits,
                  std::vector<ReadNote>* notes) {
    if (text.size() > limits.bytes)
        throw TemplateError(file, 0, "larger than " + std::to_string(limits.bytes) + " bytes");
    Builder builder(file, limits);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        throw TemplateError(file, error.mark.is_null() ? 0 : error.mark.line + 1, error.msg);
    }
    if (builder.empty()) throw TemplateError(file, 0, "the template is empty");
    if (notes) *notes = builder.takeNotes();
    return builder.take();
}

}  // namespace backlot::templates
