// The templates' language: a subset of Handlebars.
#include <vector>

#include "emulator/base/text.h"
#include "emulator/services/ses/templates.h"

namespace backlot::ses {
namespace {

constexpr int kNestingLimit = 32;

class Renderer {
public:
    Renderer(Api api, std::string_view source) : api_(api), rest_(source) {}

    std::string run(const Json& data) {
        std::string result = block(data, true, 0);
        if (!closing_.empty()) throw broken("{{/" + closing_ + "}} closes nothing");
        return result;
    }

private:
    AwsError broken(const std::string& why) const {
        return api_ == Api::v1 ? invalidTemplate("Template is invalid: " + why)
                               : badRequest("Template is invalid: " + why);
    }

    /// Text up to the tag that ends the block ({{else}} or {{/…}}, left in closing_) or to the end. Not `shown`: only
    /// read over.
    std::string block(const Json& data, bool shown, int depth) {
        if (depth > kNestingLimit) throw broken("blocks are nested too deep");
        std::string result;
        closing_.clear();
        while (!rest_.empty()) {
            const std::size_t open = rest_.find("{{");
            if (shown) result += rest_.substr(0, open);
            if (open == std::string_view::npos) break;
            const bool raw = rest_.substr(open).starts_with("{{{");
            const std::string_view end = raw ? "}}}" : "}}";  // both mean the value as it is
            const std::size_t close = rest_.find(end, open);
            if (close == std::string_view::npos) throw broken("a tag is not closed");
            std::string_view tag = trimmed(rest_.substr(open + end.size(), close - open - end.size()));
            rest_.remove_prefix(close + end.size());
            if (tag.starts_with("!")) continue;
            if (tag == "else" || tag.starts_with("/")) {
                closing_ = tag == "else" ? "else" : std::string(trimmed(tag.substr(1)));
                return result;
            }
            if (tag.starts_with("#")) {
                result += helper(tag.substr(1), data, shown, depth);
                closing_.clear();
            } else if (shown) {
                result += valueText(tag, data);  // AWS escapes nothing, not in the HTML part either
            }
        }
        rest_ = {};
        return result;
    }

    std::string helper(std::string_view tag, const Json& data, bool shown, int depth) {
        const std::size_t space = tag.find(' ');
        const std::string name(trimmed(tag.substr(0, space)));
        const std::string_view path = space == std::string_view::npos ? std::string_view() : trimmed(tag.substr(space));
        const Json* value = lookup(path, data);
        const bool filled = value && !value->IsNull() && !value->IsFalse() &&
                            !(value->IsString() && value->GetStringLength() == 0) &&
                            !(value->IsArray() && value->Empty());
        std::string result;
        if (name == "each") {
            const std::string_view begin = rest_;
            if (!filled || !value->IsArray()) {
                block(data, false, depth + 1);
            } else {
                for (const Json& element : value->GetArray()) {
                    rest_ = begin;
                    result += block(element, shown, depth + 1);
                }
            }
            if (closing_ == "else") result += block(data, shown && !filled, depth + 1);
        } else if (name == "if" || name == "unless" || name == "with") {
            const bool first = (name == "unless") != filled;
            result += block(name == "with" && filled ? *value : data, shown && first, depth + 1);
            if (closing_ == "else") result += block(data, shown && !first, depth + 1);
        } else {
            throw broken("there is no helper {{#" + name + "}}");
        }
        if (closing_ != name) throw broken("{{#" + name + "}} is not closed");
        return result;
    }

    static const Json* lookup(std::string_view path, const Json& data) {
        if (path == "this" || path == ".") return &data;
        if (path.starts_with("this.")) path.remove_prefix(5);
        const Json* value = &data;
        while (value && !path.empty()) {
            const std::size_t dot = path.find('.');
            value = find(*value, path.substr(0, dot));
            path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
        }
        return value;
    }

    std::string valueText(std::string_view path, const Json& data) const {
        const Json* value = lookup(path, data);
        if (!value) throw missingAttribute(api_, std::string(path));
        if (value->IsNull()) return {};
        return value->IsString() ? text(*value) : writeJson(*value);
    }

    Api api_;
    std::string_view rest_;
    std::string closing_;
};

}  // namespace

std::string render(Api api, std::string_view source, const Json& data) { return Renderer(api, source).run(data); }

Template rendered(Api api, const Template& stored, const std::string& templateData) {
    const auto data = tryParseJson(templateData);
    if (!data || !data->IsObject()) throw invalidRenderingParameter(api);
    return {.name = stored.name,
            .subject = render(api, stored.subject, *data),
            .text = render(api, stored.text, *data),
            .html = render(api, stored.html, *data)};
}

}  // namespace backlot::ses
