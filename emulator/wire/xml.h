#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace backlot::wire {

/// Writes XML into one string. Text is escaped; characters that XML 1.0 does not know become U+FFFD.
class XmlWriter {
public:
    void open(std::string_view name, std::string_view xmlNamespace = {}, std::string_view prefix = {});
    /// An attribute of the element just opened.
    void attribute(std::string_view name, std::string_view value);
    void text(std::string_view value);
    void close(std::string_view name);
    void element(std::string_view name, std::string_view value) { open(name), text(value), close(name); }
    /// Ready-made text, as it is.
    void raw(std::string_view text) { finishTag(), out_ += text; }
    std::string take() { return finishTag(), std::move(out_); }

private:
    void finishTag() {
        if (inTag_) out_ += '>';
        inTag_ = false;
    }
    void escaped(std::string_view value, bool inAttribute);
    std::string out_;
    bool inTag_ = false;
};

struct XmlElement {
    std::string name;  // without prefix
    std::string text;
    std::vector<std::pair<std::string, std::string>> attributes;  // names with prefix
    std::vector<XmlElement> children;

    const XmlElement* child(std::string_view childName) const;
};

/// Reads one small document. Nothing where it is not well formed, nests deeper than 64, or holds a DOCTYPE (so no
/// entities but XML's five and numeric ones).
std::optional<XmlElement> parseXml(std::string_view text);

}  // namespace backlot::wire
