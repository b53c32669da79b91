#include "emulator/wire/xml.h"

#include <algorithm>
#include <charconv>

#include "emulator/base/json.h"
#include "emulator/base/text.h"

namespace backlot::wire {
namespace {

constexpr std::size_t kDepthLimit = 64;

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool isNameChar(char c) { return !isSpace(c) && c != '>' && c != '/' && c != '=' && c != '<' && c != '"' && c != '\''; }

std::string_view withoutPrefix(std::string_view name) {
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// Reads without recursion: a stack of open elements.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::optional<XmlElement> read() {
        if (!isUtf8(rest_)) return std::nullopt;
        if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
        std::vector<XmlElement> stack;
        std::optional<XmlElement> root;
        while (!rest_.empty()) {
            if (rest_.front() != '<') {
                const auto text = rest_.substr(0, rest_.find('<'));
                rest_.remove_prefix(text.size());
                if (stack.empty()) {
                    if (!std::all_of(text.begin(), text.end(), isSpace)) return std::nullopt;
                } else if (!unescape(text, stack.back().text)) {
                    return std::nullopt;
                }
            } else if (rest_.starts_with("<!--")) {
                if (!skipPast("-->")) return std::nullopt;
            } else if (rest_.starts_with("<![CDATA[")) {
                rest_.remove_prefix(9);
                const auto end = rest_.find("]]>");
                if (end == std::string_view::npos || stack.empty()) return std::nullopt;
                stack.back().text += rest_.substr(0, end);
                rest_.remove_prefix(end + 3);
            } else if (rest_.starts_with("<?")) {
                if (!skipPast("?>")) return std::nullopt;
            } else if (rest_.starts_with("<!")) {
                return std::nullopt;
            } else if (rest_.starts_with("</")) {
                rest_.remove_prefix(2);
                const auto name = takeName();
                skipSpace();
                if (!take('>') || stack.empty() || withoutPrefix(name) != stack.back().name) return std::nullopt;
                XmlElement done = std::move(stack.back());
                stack.pop_back();
                if (!done.children.empty() && std::all_of(done.text.begin(), done.text.end(), isSpace))
                    done.text.clear();
                if (stack.empty()) {
                    root = std::move(done);
                } else {
                    stack.back().children.push_back(std::move(done));
                }
            } else {
                if (root || stack.size() >= kDepthLimit) return std::nullopt;
                auto element = openTag();
                if (!element) return std::nullopt;
                stack.push_back(std::move(*element));
                if (selfClosed_) {
                    XmlElement done = std::move(stack.back());
                    stack.pop_back();
                    if (stack.empty())
                        root = std::move(done);
                    else
                        stack.back().children.push_back(std::move(done));
                }
            }
        }
        return stack.empty() ? std::move(root) : std::nullopt;
    }

private:
    std::optional<XmlElement> openTag() {
        rest_.remove_prefix(1);
        XmlElement element;
        element.name = withoutPrefix(takeName());
        if (element.name.empty() || element.name.find(':') != std::string::npos) return std::nullopt;
        selfClosed_ = false;
        for (;;) {
            skipSpace();
            if (take('>')) return element;
            if (take('/')) {
                selfClosed_ = true;
                return take('>') ? std::optional(std::move(element)) : std::nullopt;
            }
            const std::string name(takeName());
            skipSpace();
            if (name.empty() || !take('=')) return std::nullopt;
            skipSpace();
            if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\'')) return std::nullopt;
            const auto end = rest_.find(rest_.front(), 1);
            if (end == std::string_view::npos) return std::nullopt;
            std::string value;
            if (!unescape(rest_.substr(1, end - 1), value)) return std::nullopt;
            rest_.remove_prefix(end + 1);
            element.attributes.emplace_back(name, std::move(value));
        }
    }

    static bool unescape(std::string_view text, std::string& out) {
        while (!text.empty()) {
            const auto plain = text.substr(0, text.find('&'));
            out += plain;
            text.remove_prefix(plain.size());
            if (text.empty()) return true;
            const auto end = text.find(';');
            if (end == std::string_view::npos || end > 10) return false;
            const auto entity = text.substr(1, end - 1);
            text.remove_prefix(end + 1);
            if (entity == "lt")
                out += '<';
            else if (entity == "gt")
                out += '>';
            else if (entity == "amp")
                out += '&';
            else if (entity == "quot")
                out += '"';
            else if (entity == "apos")
                out += '\'';
            else if (entity.size() > 1 && entity.front() == '#') {
                const bool hex = entity[1] == 'x';
                const auto digits = entity.substr(hex ? 2 : 1);
                unsigned long point = 0;
                const auto [stop, error] =
                    std::from_chars(digits.data(), digits.data() + digits.size(), point, hex ? 16 : 10);
                if (error != std::errc() || stop != digits.data() + digits.size() || digits.empty() || point == 0 ||
                    point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF))
                    return false;
                appendUtf8(out, static_cast<char32_t>(point));
            } else {
                return false;
            }
        }
        return true;
    }

    std::string_view takeName() {
        std::size_t n = 0;
        while (n < rest_.size() && isNameChar(rest_[n])) ++n;
        const auto name = rest_.substr(0, n);
        rest_.remove_prefix(n);
        return name;
    }
    void skipSpace() {
        while (!rest_.empty() && isSpace(rest_.front())) rest_.remove_prefix(1);
    }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    bool skipPast(std::string_view end) {
        const auto at = rest_.find(end);
        if (at == std::string_view::npos) return false;
        rest_.remove_prefix(at + end.size());
        return true;
    }

    std::string_view rest_;
    bool selfClosed_ = false;
};

}  // namespace

void XmlWriter::open(std::string_view name, std::string_view xmlNamespace, std::string_view prefix) {
    finishTag();
    out_ += '<';
    out_ += name;
    inTag_ = true;
    if (!xmlNamespace.empty()) attribute(prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix), xmlNamespace);
}

void XmlWriter::attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    escaped(value, true);
    out_ += '"';
}

void XmlWriter::text(std::string_view value) {
    finishTag();
    escaped(value, false);
}

void XmlWriter::close(std::string_view name) {
    finishTag();
    out_ += "</";
    out_ += name;
    out_ += '>';
}

void XmlWriter::escaped(std::string_view value, bool inAttribute) {
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        switch (c) {
            case '<': out_ += "&lt;"; break;
            case '>': out_ += "&gt;"; break;
            case '&': out_ += "&amp;"; break;
            case '"': out_ += "&quot;"; break;
            case '\r': out_ += "&#xD;"; break;  // a parser would make a line feed of it
            case '\n': out_ += inAttribute ? "&#xA;" : "\n"; break;
            case '\t': out_ += inAttribute ? "&#x9;" : "\t"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20)
                    out_ += "\xEF\xBF\xBD";
                else
                    out_ += c;
        }
    }
}

const XmlElement* XmlElement::child(std::string_view childName) const {
    for (const auto& element : children)
        if (element.name == childName) return &element;
    return nullptr;
}

std::optional<XmlElement> parseXml(std::string_view text) { return Reader(text).read(); }

}  // namespace backlot::wire
