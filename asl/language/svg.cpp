#include <cmath>

#include "asl/language/drawing.h"
#include "asl/language/layout.h"

namespace backlot::asl {
namespace {

constexpr std::size_t kLabelCharacters = 42;

constexpr const char* kStyle =
    "text{font:13px "
    "system-ui,sans-serif;fill:#1b2733}.name{font-weight:600;text-anchor:middle}.type{font-size:11px;fill:#5b6b7b;text-"
    "anchor:middle}"
    ".label{font-size:11px;fill:#5b6b7b;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}"
    ".state{fill:#f5f8fb;stroke:#7c8fa3}.group{fill:none;stroke:#7c8fa3;stroke-dasharray:6 "
    "4}.task{fill:#fff3e0;stroke:#d9822b}.choice{fill:#eef3ff;stroke:#4c6fd9}"
    ".succeed{fill:#e6f6ec;stroke:#2e9e5b}.fail{fill:#fdeaea;stroke:#cc3d3d}.wait{fill:#f3eefb;stroke:#8158c4}.dot{"
    "fill:#1b2733}.ring{fill:none;stroke:#1b2733}"
    ".way{fill:none;stroke:#5b6b7b;stroke-width:1.4}.caught{stroke:#cc3d3d;stroke-dasharray:5 4}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.type,.label{fill:#9fb0c0}.label{stroke:#10161c}.state{fill:#"
    "1c2630}.task{fill:#33260f}.choice{fill:#1a2340}"
    ".succeed{fill:#12301f}.fail{fill:#381616}.wait{fill:#261c38}.dot{fill:#e6edf3}.ring{stroke:#e6edf3}}";

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;  // XML has no other control characters
        }
    }
    return out;
}

/// The first `most` characters, never half of one.
std::string shortened(std::string_view text, std::size_t most) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        if ((text[i] & 0xc0) != 0x80 && count++ == most) return std::string(text.substr(0, i)) + "…";
    return std::string(text);
}

std::string number(double value) { return std::to_string(std::lround(value)); }
std::string at(Point point) { return number(point.x) + " " + number(point.y); }

const char* classOf(const State& state) {
    switch (state.type) {
        case StateType::task: return "state task";
        case StateType::choice: return "state choice";
        case StateType::wait: return "state wait";
        case StateType::succeed: return "state succeed";
        case StateType::fail: return "state fail";
        case StateType::parallel:
        case StateType::map: return "group";
        case StateType::pass: break;
    }
    return "state";
}

class Picture {
public:
    explicit Picture(const Machine& machine) : machine_(machine) {}

    std::string draw() {
        const Layout layout = layOut(machine_);
        const std::string width = number(layout.width), height = number(layout.height);
        out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + width + "\" height=\"" + height +
               "\" viewBox=\"0 0 " + width + " " + height + "\" role=\"img\">\n";
        if (!machine_.comment.empty()) out_ += "<title>" + escaped(machine_.comment) + "</title>\n";
        out_.append("<style>").append(kStyle).append(
            "</style>\n"
            "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
            "orient=\"auto\">"
            "<path d=\"M0 0L8 4L0 8z\" fill=\"#5b6b7b\"/></marker></defs>\n");
        scope(layout);
        return out_ + "</svg>\n";
    }

private:
    void scope(const Layout& layout) {
        out_ += "<g transform=\"translate(" + number(layout.x) + " " + number(layout.y) + ")\">\n";
        for (const auto& way : layout.ways) draw(way);
        for (const auto& node : layout.nodes) draw(node);
        for (const auto& way : layout.ways) label(way);  // over what it crosses
        out_ += "</g>\n";
    }

    void draw(const Layout::Node& node) {
        const Point centre{node.x + node.width / 2, node.y + node.height / 2};
        if (node.kind != Layout::Kind::state) {
            const std::string place = "<circle cx=\"" + number(centre.x) + "\" cy=\"" + number(centre.y) + "\"";
            out_ += place + " r=\"" + number(node.width / 2 - (node.kind == Layout::Kind::end ? 4 : 2)) +
                    "\" class=\"dot\"/>\n";
            if (node.kind == Layout::Kind::end)
                out_ += place + " r=\"" + number(node.width / 2) + "\" class=\"ring\"/>\n";
            return;
        }
        const State& state = machine_.state(node.state);
        out_ += "<g transform=\"translate(" + number(node.x) + " " + number(node.y) + ")\"><title>" +
                escaped(state.name) + "</title>\n<rect width=\"" + number(node.width) + "\" height=\"" +
                number(node.height) + "\" rx=\"" + (state.type == StateType::choice ? "20" : "6") + "\" class=\"" +
                classOf(state) + "\"/>\n";
        text("name", node.width / 2, 20, shortened(state.name, 36));
        text("type", node.width / 2, 36, shortened(node.caption, 44));
        for (const auto& inner : node.inner) scope(inner);
        out_ += "</g>\n";
    }

    void draw(const Layout::Way& way) {
        std::string path = "M" + at(way.points.front());
        for (std::size_t i = 1; i < way.points.size(); ++i) {
            const Point from = way.points[i - 1], to = way.points[i];
            const double middle = (from.y + to.y) / 2;
            path +=
                from.x == to.x ? "L" + at(to) : "C" + at({from.x, middle}) + " " + at({to.x, middle}) + " " + at(to);
        }
        out_ +=
            "<path d=\"" + path + "\" class=\"way" + (way.caught ? " caught" : "") + "\" marker-end=\"url(#tip)\"/>\n";
    }

    void label(const Layout::Way& way) {
        if (way.label.empty()) return;
        const Point from = way.points.front(), to = way.points[1];
        out_ += "<g><title>" + escaped(way.label) + "</title>";
        text("label", (from.x + to.x) / 2, (from.y + to.y) / 2 + 4, shortened(way.label, kLabelCharacters));
        out_ += "</g>\n";
    }

    void text(const char* kind, double x, double y, const std::string& words) {
        out_ += std::string("<text class=\"") + kind + "\" x=\"" + number(x) + "\" y=\"" + number(y) + "\">" +
                escaped(words) + "</text>\n";
    }

    const Machine& machine_;
    std::string out_;
};

}  // namespace

std::string svg(const Machine& machine) { return Picture(machine).draw(); }

}  // namespace backlot::asl
