#include "emulator/cli/trace_tree.h"

#include <algorithm>
#include <map>
#include <set>

namespace backlot::cli {
namespace {

struct Node {
    const Json* entry = nullptr;
    std::vector<Node*> children;
};

std::string operationOf(const Json& entry) { return textOr(entry, "service") + ":" + textOr(entry, "operation"); }

bool isPoll(const Json& entry) {
    const auto operation = operationOf(entry);
    return operation == "lambda:PollQueue" || operation == "lambda:PollStream";
}

/// How an event source mapping gets at its messages and is rid of them.
bool isFetching(const Json& caller, const Json& entry) {
    if (textOr(caller, "service") != "lambda" || !boolOr(caller, "internal", false)) return false;
    static const std::set<std::string, std::less<>> operations = {"ReceiveMessage",
                                                                  "DeleteMessageBatch",
                                                                  "ChangeMessageVisibility",
                                                                  "ChangeMessageVisibilityBatch",
                                                                  "DescribeStream",
                                                                  "GetShardIterator",
                                                                  "GetRecords"};
    return textOr(entry, "kind") == "call" && operations.contains(textOr(entry, "operation"));
}

/// The part of an ARN that people use: "analytics-queue", "Orders", "checkout-orchestrator/ORDER-1001".
std::string shortName(const std::string& resource) {
    if (!resource.starts_with("arn:")) return resource;
    std::size_t colon = 0;
    for (int i = 0; i < 5 && colon != std::string::npos; ++i) colon = resource.find(':', colon + 1);
    if (colon == std::string::npos) return resource;
    std::string name = resource.substr(colon + 1);
    for (const std::string_view kind :
         {"table/", "function:", "stateMachine:", "execution:", "express:", "event-bus/", "rule/", "log-group:"})
        if (name.starts_with(kind)) name.erase(0, kind.size());
    if (const auto stream = name.find("/stream/"); stream != std::string::npos) name.erase(stream);
    if (resource.find(":states:") != std::string::npos) std::replace(name.begin(), name.end(), ':', '/');
    return name;
}

bool entered(const Json& entry) {
    return textOr(entry, "kind") == "transition" && textOr(entry, "operation").ends_with("StateEntered");
}

constexpr std::string_view kStatusChange = "Step Functions Execution Status Change";

/// What EventBridge found for the events that were put: "OrderCreated → 1 of 5 rules".
std::string matchNote(const Node& node) {
    std::string note;
    for (const Node* child : node.children) {
        const Json* detail = find(*child->entry, "detail");
        if (operationOf(*child->entry) != "events:Match" || !detail) continue;
        const Json *matched = find(*detail, "matched"), *mismatched = find(*detail, "mismatched");
        const std::size_t hits = matched && matched->IsArray() ? matched->Size() : 0;
        const std::size_t all = hits + (mismatched && mismatched->IsObject() ? mismatched->MemberCount() : 0);
        note += (note.empty() ? "" : ", ") + textOr(*detail, "detail-type") + " → " +
                (hits  ? std::to_string(hits) + " of " + std::to_string(all) + (all == 1 ? " rule" : " rules")
                 : all ? "no rule of " + std::to_string(all)
                       : "no rule");
    }
    return note;
}

/// Plumbing: it happens, but nobody asked for it.
bool hidden(const Node& node) {
    const Json& entry = *node.entry;
    const auto kind = textOr(entry, "kind"), operation = operationOf(entry);
    if (kind == "invocation" || kind == "fault") return false;
    if (kind == "transition") return textOr(entry, "operation") == "ExecutionStarted";
    if (kind == "delivery") return textOr(entry, "operation") == "Match" || textOr(entry, "error").empty();
    if (operation == "events:PutEvents" && kind == "job")  // put by nobody, wanted by nobody
        return matchNote(node).starts_with(kStatusChange) && matchNote(node).find("→ no rule") != std::string::npos;
    if (operation == "lambda:Invoke" && textOr(entry, "error").empty()) {  // its invocation stands for it
        const auto holds = [](const auto& self, const Node& under) -> bool {
            return std::any_of(under.children.begin(), under.children.end(), [&](const Node* child) {
                return textOr(*child->entry, "kind") == "invocation" ||
                       (operationOf(*child->entry) == "lambda:RunEvent" && self(self, *child));
            });
        };
        return holds(holds, node);
    }
    if (operation == "apigateway:HandleRequest" || operation == "standin:Handle" || isPoll(entry)) return false;
    return boolOr(entry, "internal", false);
}

class Tree {
public:
    Tree(const Json& events, bool everything) : everything_(everything) {
        for (const auto& entry : events.GetArray()) nodes_[number(entry, "sequence")].entry = &entry;
        for (auto& [sequence, node] : nodes_) {
            const auto parent = nodes_.find(number(*node.entry, "parent"));
            (parent == nodes_.end() || parent->first >= sequence ? roots_ : parent->second.children).push_back(&node);
        }
        if (!roots_.empty()) begin_ = timeOf(*roots_.front()->entry, "start");
    }

    std::vector<Hop> hops() const {
        std::vector<Hop> result;
        for (const Node* root : roots_) append(*root, result);
        return result;
    }

private:
    static std::uint64_t number(const Json& entry, std::string_view name) {
        return static_cast<std::uint64_t>(intOr(entry, name, 0));
    }
    static Time timeOf(const Json& entry, std::string_view name) {
        return parseIso8601(textOr(entry, name)).value_or(Time{});
    }

    void append(const Node& node, std::vector<Hop>& into) const {
        std::vector<Hop> below;
        for (const Node* child : node.children) {
            if (!everything_ && isFetching(*node.entry, *child->entry)) continue;
            append(*child, below);
        }
        const bool idlePoll = isPoll(*node.entry) && below.empty();
        if (!everything_ && (hidden(node) || idlePoll)) {
            std::move(below.begin(), below.end(), std::back_inserter(into));
            return;
        }
        Hop hop = hopOf(node);
        hop.hops = std::move(below);
        into.push_back(std::move(hop));
    }

    Hop hopOf(const Node& node) const {
        const Json& entry = *node.entry;
        const std::string operation = operationOf(entry), resource = textOr(entry, "resource");
        Hop hop{.service = textOr(entry, "service"),
                .error = textOr(entry, "error"),
                .sequence = number(entry, "sequence")};
        const Time start = timeOf(entry, "start");
        hop.at = start - begin_;
        hop.took = std::max(Duration(intOr(entry, "wallMicros", 0)), Duration(timeOf(entry, "end") - start));
        if (operation == "apigateway:HandleRequest") {  // "en3hmx9dkr/Prod POST /checkout"
            const auto space = resource.find(' ');
            hop.what = space == std::string::npos ? resource : resource.substr(space + 1);
            hop.note = space == std::string::npos ? "" : resource.substr(0, space);
        } else if (operation == "standin:Handle") {  // "stripe POST /v1/payment_intents"
            const auto space = std::min(resource.find(' '), resource.size());
            hop.service = resource.substr(0, space);
            hop.what = resource.substr(std::min(space + 1, resource.size()));
        } else if (textOr(entry, "kind") == "invocation") {
            hop.what = resource;
        } else if (isPoll(entry) && !everything_) {
            hop.service = operation == "lambda:PollQueue" ? "sqs" : "dynamodb";
            hop.what = (operation == "lambda:PollQueue" ? "queue " : "stream ") + shortName(resource);
        } else if (entered(entry)) {
            hop.service.clear();
            hop.what = resource.substr(std::min(resource.find('/'), resource.size() - 1) + 1);
            hop.note = textOr(entry, "operation");
            hop.note.resize(hop.note.size() - std::string_view("StateEntered").size());
        } else if (textOr(entry, "kind") == "transition") {
            hop.service.clear();
            hop.what = textOr(entry, "operation");  // ExecutionSucceeded: of the execution above
        } else {
            hop.what = textOr(entry, "operation") + (resource.empty() ? "" : " " + shortName(resource));
            hop.note = matchNote(node);
        }
        return hop;
    }

    bool everything_;
    std::map<std::uint64_t, Node> nodes_;  // by sequence
    std::vector<Node*> roots_;
    Time begin_{};
};

struct Drawn {
    std::string tree, at, took;
};

void draw(const std::vector<Hop>& hops, const std::string& indent, bool top, const Style& style,
          std::vector<Drawn>& out) {
    for (std::size_t i = 0; i < hops.size(); ++i) {
        const Hop& hop = hops[i];
        const bool last = i + 1 == hops.size();
        std::string line = top ? "" : style.dim(indent + (last ? "└─ " : "├─ "));
        if (!hop.service.empty()) line += style.cyan(hop.service) + " ";
        line += hop.service.empty() || top ? style.bold(hop.what) : hop.what;
        if (!hop.note.empty()) line += style.dim("  " + hop.note);
        if (!hop.error.empty()) line += "  " + style.red("✗ " + hop.error);
        char at[32];
        std::snprintf(at, sizeof at, "+%.3f", static_cast<double>(hop.at.count()) / 1e6);
        out.push_back({std::move(line), at, hop.took.count() ? durationText(hop.took) : ""});
        draw(hop.hops, top ? indent : indent + (last ? "   " : "│  "), false, style, out);
    }
}

}  // namespace

std::vector<Hop> hopsOf(const Json& events, bool everything) { return Tree(events, everything).hops(); }

std::vector<std::string> drawHops(const std::vector<Hop>& hops, const Style& style) {
    constexpr std::size_t kWidest = 90;  // a longer line pushes its own columns, not everybody's
    std::vector<Drawn> drawn;
    draw(hops, "", true, style, drawn);
    std::size_t width = 0, at = 0, took = 0;
    for (const auto& line : drawn) {
        if (widthOf(line.tree) <= kWidest) width = std::max(width, widthOf(line.tree));
        at = std::max(at, line.at.size());
        took = std::max(took, line.took.size());
    }
    std::vector<std::string> lines;
    for (const auto& line : drawn)
        lines.push_back(
            padded(line.tree, width + 2) +
            style.dim(std::string(at - line.at.size(), ' ') + line.at +
                      (line.took.empty() ? "" : "  " + std::string(took - line.took.size(), ' ') + line.took)));
    return lines;
}

Json describe(const Hop& hop) {
    const auto unlessEmpty = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
    return object({{"service", unlessEmpty(hop.service)},
                   {"what", hop.what},
                   {"note", unlessEmpty(hop.note)},
                   {"error", unlessEmpty(hop.error)},
                   {"atMicros", hop.at.count()},
                   {"tookMicros", hop.took.count()},
                   {"sequence", hop.sequence},
                   {"hops", array(hop.hops, [](const Hop& below) { return describe(below); })}});
}

}  // namespace backlot::cli
