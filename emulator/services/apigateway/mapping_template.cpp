#include "emulator/services/apigateway/mapping_template.h"

#include <cctype>
#include <charconv>
#include <optional>
#include <vector>

#include "emulator/base/base64.h"
#include "emulator/base/http_message.h"

namespace backlot::apigateway {

namespace {

constexpr int kDepthLimit = 20;

/// A reference's value: null is "nothing there".
std::string shown(const Json& value) { return value.IsNull() ? "" : value.IsString() ? text(value) : writeJson(value); }

/// As Java's StringEscapeUtils.escapeJavaScript writes it: also the single quote and the slash.
std::string escapeJavaScript(std::string_view text) {
    std::string result;
    static constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : text) {
        switch (c) {
            case '"': result += "\\\""; break;
            case '\'': result += "\\'"; break;
            case '\\': result += "\\\\"; break;
            case '/': result += "\\/"; break;
            case '\n': result += "\\n"; break;
            case '\r': result += "\\r"; break;
            case '\t': result += "\\t"; break;
            case '\b': result += "\\b"; break;
            case '\f': result += "\\f"; break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    result += std::string("\\u00") + digits[(c >> 4) & 15] + digits[c & 15];
                } else {
                    result += c;
                }
        }
    }
    return result;
}

class Renderer {
public:
    Renderer(std::string_view text, const TemplateInput& input) : text_(text), input_(input) {}

    std::string run() {
        std::string out;
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (c == '$' && startsReference()) {
                out += shown(reference(0));
            } else if (c == '#' && startsDirective()) {
                throw TemplateFailure("mapping templates with directives (" + directive() + ") are not supported");
            } else {
                out += c;
                ++at_;
            }
        }
        return out;
    }

private:
    bool startsReference() const {
        std::size_t next = at_ + 1;
        if (next < text_.size() && text_[next] == '!') ++next;
        if (next < text_.size() && text_[next] == '{') ++next;
        return next < text_.size() && std::isalpha(static_cast<unsigned char>(text_[next]));
    }
    bool startsDirective() const {
        for (const std::string_view name :
             {"#set", "#if", "#foreach", "#else", "#end", "#elseif", "#define", "#macro"}) {
            if (text_.substr(at_).starts_with(name)) return true;
        }
        return false;
    }
    std::string directive() const {
        std::size_t end = at_ + 1;
        while (end < text_.size() && std::isalpha(static_cast<unsigned char>(text_[end]))) ++end;
        return std::string(text_.substr(at_, end - at_));
    }
    std::string word() {
        const std::size_t begin = at_;
        while (at_ < text_.size() &&
               (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_' || text_[at_] == '-'))
            ++at_;
        return std::string(text_.substr(begin, at_ - begin));
    }
    void skipBlanks() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    }

    /// At '$': a name with members and calls, `$input.json('$.a').b`.
    Json reference(int depth) {
        if (depth > kDepthLimit) throw TemplateFailure("references are nested too deeply");
        ++at_;
        if (at_ < text_.size() && text_[at_] == '!') ++at_;
        const bool braced = at_ < text_.size() && text_[at_] == '{';
        if (braced) ++at_;
        const std::string root = word();
        std::string member;
        if (at_ < text_.size() && text_[at_] == '.') {
            ++at_;
            member = word();
        }
        std::optional<std::vector<Json>> arguments;
        if (at_ < text_.size() && text_[at_] == '(') arguments = argumentList(depth);
        Json value = rootValue(root, member, arguments);
        while (at_ + 1 < text_.size() && text_[at_] == '.' &&
               std::isalpha(static_cast<unsigned char>(text_[at_ + 1]))) {
            ++at_;
            const std::string name = word();
            if (at_ < text_.size() && text_[at_] == '(')
                throw TemplateFailure("the method " + name + " is not supported in mapping templates");
            const auto* next = find(value, name);
            value = next ? copy(*next) : Json();
        }
        if (braced) {
            if (at_ >= text_.size() || text_[at_] != '}') throw TemplateFailure("a ${ without its }");
            ++at_;
        }
        return value;
    }

    std::vector<Json> argumentList(int depth) {
        std::vector<Json> arguments;
        ++at_;
        for (;;) {
            skipBlanks();
            if (at_ >= text_.size()) throw TemplateFailure("a ( without its )");
            const char c = text_[at_];
            if (c == ')') {
                ++at_;
                return arguments;
            }
            if (c == ',') {
                ++at_;
            } else if (c == '\'' || c == '"') {
                const auto end = text_.find(c, at_ + 1);
                if (end == std::string_view::npos) throw TemplateFailure("a text without its closing quote");
                arguments.push_back(str(text_.substr(at_ + 1, end - at_ - 1)));
                at_ = end + 1;
            } else if (c == '$') {
                arguments.push_back(reference(depth + 1));
            } else {
                throw TemplateFailure("an argument is neither a text nor a reference");
            }
        }
    }

    Json body() const { return tryParseJson(input_.body).value_or(Json()); }

    Json rootValue(const std::string& root, const std::string& member,
                   const std::optional<std::vector<Json>>& arguments) {
        const auto argument = [&](std::size_t i) {
            return arguments && i < arguments->size() ? shown((*arguments)[i]) : std::string();
        };
        if (root == "input") {
            if (member == "body") return str(input_.body);
            if (member == "json" || member == "path") {
                const Json whole = body();
                const auto* found = atPath(whole, argument(0));
                if (member == "json") return str(found ? writeJson(*found) : "\"\"");
                return found ? copy(*found) : Json();
            }
            if (member == "params") {
                if (!arguments || arguments->empty()) return copy(input_.parameters);
                for (const char* place : {"path", "querystring", "header"}) {
                    if (const auto* found = at(input_.parameters, {place, argument(0)})) return copy(*found);
                }
                return Json();
            }
        }
        if (root == "context" || root == "stageVariables") {
            const Json& values = root == "context" ? input_.context : input_.stageVariables;
            const auto* found = find(values, member);
            return found ? copy(*found) : Json();
        }
        if (root == "util") {
            if (member == "escapeJavaScript") return str(escapeJavaScript(argument(0)));
            if (member == "urlEncode") return str(percentEncode(argument(0)));
            if (member == "urlDecode") return str(percentDecode(argument(0), true));
            if (member == "base64Encode") return str(base64Encode(argument(0)));
            if (member == "base64Decode") return str(base64Decode(argument(0)).value_or(""));
            if (member == "parseJson") return tryParseJson(argument(0)).value_or(Json());
        }
        throw TemplateFailure("$" + root + (member.empty() ? "" : "." + member) +
                              " is not supported in mapping templates");
    }

    std::string_view text_;
    const TemplateInput& input_;
    std::size_t at_ = 0;
};

}  // namespace

const Json* atPath(const Json& root, std::string_view path) {
    if (!path.starts_with('$')) return nullptr;
    path.remove_prefix(1);
    const Json* value = &root;
    while (!path.empty() && value) {
        if (path.front() == '.') {
            path.remove_prefix(1);
            const auto end = path.find_first_of(".[");
            value = find(*value, path.substr(0, end));
            path = end == std::string_view::npos ? std::string_view() : path.substr(end);
        } else if (path.front() == '[') {
            const auto end = path.find(']');
            if (end == std::string_view::npos) return nullptr;
            const std::string_view inside = path.substr(1, end - 1);
            std::size_t index = 0;
            if (inside.size() >= 2 && inside.front() == '\'') {
                value = find(*value, inside.substr(1, inside.size() - 2));
            } else if (std::from_chars(inside.data(), inside.data() + inside.size(), index).ec == std::errc() &&
                       value->IsArray() && index < value->Size()) {
                value = &(*value)[static_cast<rapidjson::SizeType>(index)];
            } else {
                return nullptr;
            }
            path.remove_prefix(end + 1);
        } else {
            return nullptr;
        }
    }
    return value;
}

std::string render(const std::string& text, const TemplateInput& input) { return Renderer(text, input).run(); }

}  // namespace backlot::apigateway
