#include "asl/language/layout.h"

#include <algorithm>
#include <map>
#include <utility>

#include "asl/language/edges.h"

namespace backlot::asl {
namespace {

constexpr double kCharacter = 7.6, kSmallCharacter = 6.2, kStateHeight = 46, kDot = 16, kGap = 28, kLayerGap = 52,
                 kHeader = 44, kPadding = 16, kBend = 10;
constexpr double kLeast = 110, kMost = 300;
constexpr std::size_t kMostBends =
    20'000;  // of a machine whose thousand states all catch into one: no picture helps, but it must end
constexpr int kSweeps = 6;

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

/// A Task says what it calls.
std::string captionOf(const State& state) {
    if (state.type != StateType::task)
        return state.map && state.map->distributed ? "Distributed Map" : std::string(nameOf(state.type));
    const std::string& arn = state.resource.arn;
    const auto mark = arn.rfind(":::");
    return mark != std::string::npos ? arn.substr(mark + 3) : arn.substr(arn.rfind(':') + 1);
}

/// The values nearest to `wanted` that keep their order and `distance[i]` between i and i + 1.
/// Taking the distances off makes it a monotone regression: neighbours that violate the order share their mean.
std::vector<double> nearest(std::vector<double> wanted, const std::vector<double>& distance) {
    struct Block {
        double sum;
        std::size_t count;
        double mean() const { return sum / static_cast<double>(count); }
    };
    std::vector<Block> blocks;
    double offset = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (i) offset += distance[i - 1];
        blocks.push_back({wanted[i] - offset, 1});
        while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() > blocks.back().mean()) {
            blocks[blocks.size() - 2].sum += blocks.back().sum;
            blocks[blocks.size() - 2].count += blocks.back().count;
            blocks.pop_back();
        }
    }
    std::size_t at = 0;
    offset = 0;
    for (const auto& block : blocks)
        for (std::size_t i = 0; i < block.count; ++i, ++at) {
            if (at) offset += distance[at - 1];
            wanted[at] = block.mean() + offset;
        }
    return wanted;
}

class Layers {
public:
    Layers(const Machine& machine, ScopeId scope) : machine_(machine) {
        collect(scope);
        turnBack();
        rank();
        bend();
        order();
        placeAcross();
        placeDown();
    }

    Layout take() {
        for (const auto& link : links_) layout_.ways.push_back(way(link));
        layout_.nodes.resize(real_);
        return std::move(layout_);
    }

private:
    /// A transition as the layers see it: from a higher one to a lower one, through the bends between.
    struct Link {
        std::size_t from, to;
        std::string label;
        bool caught = false, back = false;
        std::vector<std::size_t> bends = {};
    };

    void collect(ScopeId scopeId) {
        const Scope& scope = machine_.scope(scopeId);
        std::map<StateId, std::size_t> place;
        layout_.nodes.push_back({.kind = Layout::Kind::start, .width = kDot, .height = kDot});
        for (const auto& [name, id] : scope.states) place[id] = 0;
        for (auto& [id, at] : place) {  // in the order of the text
            at = layout_.nodes.size();
            layout_.nodes.push_back(node(id));
        }
        place[kEnd] = layout_.nodes.size();
        layout_.nodes.push_back({.kind = Layout::Kind::end, .width = kDot, .height = kDot});
        real_ = layout_.nodes.size();
        links_.push_back({0, place[scope.startAt], ""});
        bool ends = false;
        std::map<std::pair<std::size_t, std::size_t>, std::size_t> known;  // what leads the same way shares it
        for (const auto& [id, from] : place) {
            if (id == kEnd) continue;
            for (auto& edge : edgesOf(machine_.state(id))) {
                ends |= edge.to == kEnd;
                const auto [found, isNew] = known.emplace(std::pair(from, place[edge.to]), links_.size());
                if (isNew)
                    links_.push_back({from, place[edge.to], std::move(edge.label), edge.caught});
                else if (!edge.label.empty())
                    links_[found->second].label += (links_[found->second].label.empty() ? "" : "; ") + edge.label;
            }
        }
        if (!ends) {  // it goes round for ever
            layout_.nodes.pop_back();
            --real_;
        }
    }

    Layout::Node node(StateId id) {
        const State& state = machine_.state(id);
        Layout::Node result{.state = id, .height = kStateHeight, .caption = captionOf(state)};
        const double name = static_cast<double>(characters(state.name)) * kCharacter,
                     caption = static_cast<double>(characters(result.caption)) * kSmallCharacter;
        result.width = std::clamp(std::max(name, caption) + 2 * kPadding, kLeast, kMost);
        for (const ScopeId branch : state.branches) result.inner.push_back(layOut(machine_, branch));
        if (state.map) result.inner.push_back(layOut(machine_, state.map->processor));
        if (result.inner.empty()) return result;
        double across = kPadding, height = 0;
        for (auto& inner : result.inner) {
            inner.x = across;
            inner.y = kHeader;
            across += inner.width + kPadding;
            height = std::max(height, inner.height);
        }
        const double spare = std::max(0.0, result.width - across) / 2;
        for (auto& inner : result.inner) inner.x += spare;
        result.width = std::max(result.width, across);
        result.height = kHeader + height + kPadding;
        return result;
    }

    /// Transitions into a state that is on the way from StartAt to where they begin are turned round, so that layers
    /// exist.
    void turnBack() {
        std::vector<std::vector<std::size_t>> out(real_);
        for (std::size_t i = 0; i < links_.size(); ++i) out[links_[i].from].push_back(i);
        enum { unseen, open, done };
        std::vector<int> seen(real_, unseen);
        std::vector<std::pair<std::size_t, std::size_t>> path;
        for (std::size_t root = 0; root < real_; ++root) {
            if (seen[root] != unseen) continue;
            path.emplace_back(root, 0);
            seen[root] = open;
            while (!path.empty()) {
                auto& [at, next] = path.back();
                if (next == out[at].size()) {
                    seen[at] = done;
                    path.pop_back();
                    continue;
                }
                Link& link = links_[out[at][next++]];
                if (seen[link.to] == open)
                    link.back = true;
                else if (seen[link.to] == unseen) {
                    seen[link.to] = open;
                    path.emplace_back(link.to, 0);
                }
            }
        }
        for (auto& link : links_)
            if (link.back) std::swap(link.from, link.to);
    }

    static bool isLoop(const Link& link) { return link.from == link.to; }

    void rank() {
        rank_.assign(real_, 0);
        std::vector<std::vector<std::size_t>> out(real_);
        std::vector<std::size_t> waits(real_, 0), ready;
        for (const auto& link : links_)
            if (!isLoop(link)) {
                out[link.from].push_back(link.to);
                ++waits[link.to];
            }
        for (std::size_t i = 0; i < real_; ++i)
            if (!waits[i]) ready.push_back(i);
        while (!ready.empty()) {
            const std::size_t at = ready.back();
            ready.pop_back();
            for (const std::size_t to : out[at]) {
                rank_[to] = std::max(rank_[to], rank_[at] + 1);
                if (!--waits[to]) ready.push_back(to);
            }
        }
        if (layout_.nodes.back().kind == Layout::Kind::end)
            rank_.back() = *std::max_element(rank_.begin(), rank_.end());
    }

    /// A node without extent in each layer that a link passes.
    void bend() {
        for (auto& link : links_)
            for (std::size_t layer = rank_[link.from] + 1;
                 layer < rank_[link.to] && layout_.nodes.size() < real_ + kMostBends; ++layer) {
                link.bends.push_back(layout_.nodes.size());
                layout_.nodes.push_back({.width = kBend});
                rank_.push_back(layer);
            }
        above_.resize(layout_.nodes.size());
        below_.resize(layout_.nodes.size());
        for (const auto& link : links_) {
            if (isLoop(link)) continue;
            std::size_t last = link.from;
            for (const std::size_t bend : link.bends) join(last, bend), last = bend;
            join(last, link.to);
        }
    }
    void join(std::size_t upper, std::size_t lower) {
        below_[upper].push_back(lower);
        above_[lower].push_back(upper);
    }

    void order() {
        layers_.resize(*std::max_element(rank_.begin(), rank_.end()) + 1);
        for (std::size_t i = 0; i < rank_.size(); ++i) layers_[rank_[i]].push_back(i);
        place_.resize(rank_.size());
        for (auto& layer : layers_) number(layer);
        for (int sweep = 0; sweep < kSweeps; ++sweep) {
            const bool down = sweep % 2 == 0;
            for (std::size_t i = 0; i < layers_.size(); ++i) {
                auto& layer = layers_[down ? i : layers_.size() - 1 - i];
                std::map<std::size_t, double> wanted;
                for (const std::size_t at : layer)
                    wanted[at] = mean(down ? above_[at] : below_[at], place_, place_[at]);
                std::stable_sort(layer.begin(), layer.end(),
                                 [&](std::size_t a, std::size_t b) { return wanted[a] < wanted[b]; });
                number(layer);
            }
        }
    }
    void number(const std::vector<std::size_t>& layer) {
        for (std::size_t i = 0; i < layer.size(); ++i) place_[layer[i]] = static_cast<double>(i);
    }
    static double mean(const std::vector<std::size_t>& neighbours, const std::vector<double>& values,
                       double otherwise) {
        if (neighbours.empty()) return otherwise;
        double sum = 0;
        for (const std::size_t neighbour : neighbours) sum += values[neighbour];
        return sum / static_cast<double>(neighbours.size());
    }

    /// centre_: each node as near to its neighbours as the others of its layer let it.
    void placeAcross() {
        centre_.assign(rank_.size(), 0);
        for (int sweep = 0; sweep < kSweeps * 2; ++sweep) {
            const bool down = sweep % 2 == 0;
            for (std::size_t i = 0; i < layers_.size(); ++i) {
                const auto& layer = layers_[down ? i : layers_.size() - 1 - i];
                std::vector<double> wanted, distance;
                for (std::size_t k = 0; k < layer.size(); ++k) {
                    wanted.push_back(mean(down ? above_[layer[k]] : below_[layer[k]], centre_, centre_[layer[k]]));
                    if (k)
                        distance.push_back((layout_.nodes[layer[k - 1]].width + layout_.nodes[layer[k]].width) / 2 +
                                           kGap);
                }
                const auto found = nearest(std::move(wanted), distance);
                for (std::size_t k = 0; k < layer.size(); ++k) centre_[layer[k]] = found[k];
            }
        }
        double left = 0, right = 0;
        for (std::size_t i = 0; i < centre_.size(); ++i) {
            left = std::min(left, centre_[i] - layout_.nodes[i].width / 2);
            right = std::max(right, centre_[i] + layout_.nodes[i].width / 2);
        }
        for (std::size_t i = 0; i < centre_.size(); ++i) {
            centre_[i] += kPadding - left;
            layout_.nodes[i].x = centre_[i] - layout_.nodes[i].width / 2;
        }
        layout_.width = right - left + 2 * kPadding;
    }

    void placeDown() {
        double top = kPadding;
        for (const auto& layer : layers_) {
            double height = 0;
            for (const std::size_t at : layer) height = std::max(height, layout_.nodes[at].height);
            for (const std::size_t at : layer) {
                Layout::Node& node = layout_.nodes[at];
                if (at >= real_) node.height = height;
                node.y = top + (height - node.height) / 2;
            }
            top += height + kLayerGap;
        }
        layout_.height = top - kLayerGap + kPadding;
    }

    /// Where a link to or from `other` meets the edge of `node`: spread out in the order of the other ends. Of two
    /// links between the same states `back` takes the right one.
    double port(std::size_t node, const std::vector<std::size_t>& others, std::size_t other, bool back) const {
        std::vector<std::size_t> sorted = others;
        std::stable_sort(sorted.begin(), sorted.end(),
                         [&](std::size_t a, std::size_t b) { return centre_[a] < centre_[b]; });
        auto place = std::find(sorted.begin(), sorted.end(), other);
        if (back && place + 1 != sorted.end() && place[1] == other) ++place;
        const auto index = static_cast<double>(place - sorted.begin());
        const double step = std::min(kGap, layout_.nodes[node].width * 0.7 / static_cast<double>(sorted.size()));
        return centre_[node] + (index - static_cast<double>(sorted.size() - 1) / 2) * step;
    }

    Layout::Way way(const Link& link) const {
        const auto& from = layout_.nodes[link.from];
        const auto& to = layout_.nodes[link.to];
        Layout::Way result{.points = {}, .label = link.label, .caught = link.caught};
        if (isLoop(link)) {
            const double right = from.x + from.width, middle = from.y + from.height / 2;
            result.points = {{right, middle - 8}, {right + kGap / 2, middle}, {right, middle + 8}};
            return result;
        }
        const std::size_t first = link.bends.empty() ? link.to : link.bends.front(),
                          last = link.bends.empty() ? link.from : link.bends.back();
        result.points.push_back({port(link.from, below_[link.from], first, link.back), from.y + from.height});
        for (const std::size_t bend : link.bends) {
            result.points.push_back({centre_[bend], layout_.nodes[bend].y});
            result.points.push_back({centre_[bend], layout_.nodes[bend].y + layout_.nodes[bend].height});
        }
        result.points.push_back({port(link.to, above_[link.to], last, link.back), to.y});
        if (link.back) std::reverse(result.points.begin(), result.points.end());
        return result;
    }

    const Machine& machine_;
    Layout layout_;  // its nodes: start, the states, end, then the bends
    std::size_t real_ = 0;
    std::vector<Link> links_;
    std::vector<std::size_t> rank_;
    std::vector<std::vector<std::size_t>> above_, below_, layers_;
    std::vector<double> place_, centre_;
};

}  // namespace

Layout layOut(const Machine& machine, ScopeId scope) { return Layers(machine, scope).take(); }

}  // namespace backlot::asl
