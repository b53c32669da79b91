#include <cmath>

#include "asl/language/reader.h"
#include "emulator/base/time.h"

namespace backlot::asl {

namespace {

constexpr int kTemplateDepth = 100;

Template literalOf(const Json& value) {
    Template out;
    out.literal = Payload(copy(value));
    out.literal.text();  // both forms now: a Machine does not change later
    return out;
}

bool isLiteral(const Template& part) { return part.kind == Template::Kind::literal; }

Template expressionOf(Expression expression) {
    Template out;
    out.kind = Template::Kind::expression;
    out.expression = std::make_shared<const Expression>(std::move(expression));
    return out;
}

}  // namespace

Template FieldReader::payload(const Json& value, QueryLanguage language, const std::string& at) {
    if (++depth_ > kTemplateDepth) {
        findings_.error(at, "The payload template is nested too deep");
        --depth_;
        return {};
    }
    Template out;
    if (value.IsObject()) {
        out.kind = Template::Kind::object;
        bool computed = false;
        for (const auto& member : value.GetObject()) {
            const auto name = view(member.name);
            const bool dynamic = language == QueryLanguage::jsonPath && name.ends_with(".$");
            auto part = dynamic ? jsonPathMember(name, member.value, at)
                                : payload(member.value, language,
                                          language == QueryLanguage::jsonata ? at + "/" + std::string(name) : at);
            computed = computed || !isLiteral(part);
            out.members.push_back({std::string(dynamic ? name.substr(0, name.size() - 2) : name), std::move(part)});
        }
        if (!computed) out = literalOf(value);
    } else if (value.IsArray()) {
        out.kind = Template::Kind::array;
        bool computed = false;
        for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
            out.elements.push_back(
                payload(value[i], language, language == QueryLanguage::jsonata ? at + "/" + std::to_string(i) : at));
            computed = computed || !isLiteral(out.elements.back());
        }
        if (!computed) out = literalOf(value);
    } else if (value.IsString() && language == QueryLanguage::jsonata) {
        auto computed = jsonata(view(value), at);
        out = computed ? std::move(*computed) : literalOf(value);
    } else {
        out = literalOf(value);
    }
    --depth_;
    return out;
}

Template FieldReader::jsonPathMember(std::string_view name, const Json& value, const std::string& at) {
    try {
        if (value.IsString()) {
            auto expression = Expression::parseJsonPath(view(value));
            if (!expression.intrinsic() || !expression.intrinsic()->hasBadEscape())
                return expressionOf(std::move(expression));
        }
    } catch (const PathSyntaxError&) {
    }
    findings_.error(at, "The value for the field '" + std::string(name) +
                            "' must be a valid JSONPath or a valid intrinsic function call");
    return {};
}

/// Nothing where the text is plain.
std::optional<Template> FieldReader::jsonata(std::string_view text, const std::string& at) {
    const auto source = Expression::jsonataOf(text);
    if (!source) return std::nullopt;
    auto compiled = Jsonata::compile(*source);
    if (const auto* error = std::get_if<JsonataError>(&compiled)) {
        findings_.error(at, "Value is not a valid JSONata expression: " + error->text());
        return Template{};
    }
    auto& program = std::get<Jsonata>(compiled);
    if (program.evalUse()) findings_.error(at, "The function '$eval' is not supported in JSONata expressions");
    if (program.contextUse())
        findings_.error(at, "The JSONata expression refers to an input that is not there: use '$states' or a variable");
    return expressionOf(Expression(std::move(program)));
}

std::optional<JsonPath> FieldReader::path(const Json& value, const std::string& at, bool reference) {
    if (!value.IsString()) {
        findings_.error(at, "Expected value of type String");
        return std::nullopt;
    }
    try {
        auto path = JsonPath::parse(view(value));
        if (!reference || path.isReference()) return path;
        findings_.error(at, "Value is not a Reference Path");
    } catch (const PathSyntaxError&) {
        findings_.error(at, reference ? "Value is not a Reference Path" : "Value is not a valid JSONPath");
    }
    return std::nullopt;
}

PathField FieldReader::pathOrNull(const Json& value, const std::string& at, bool reference) {
    PathField field;
    if (value.IsNull()) {
        field.discards = true;
    } else {
        field.path = path(value, at, reference);
        if (field.path && field.path->isWhole() && field.path->root() == JsonPath::Root::input) field.path.reset();
    }
    return field;
}

std::optional<std::string> FieldReader::string(const Json& value, const std::string& at) {
    if (value.IsString()) return text(value);
    findings_.error(at, "Expected value of type String");
    return std::nullopt;
}

std::optional<std::int64_t> FieldReader::integer(const Json& value, const std::string& at, std::int64_t least,
                                                 std::int64_t most) {
    if (!value.IsInt64()) {
        findings_.error(at, "Expected value of type Integer");
        return std::nullopt;
    }
    const auto number = value.GetInt64();
    if (number < least)
        findings_.error(at, "Value must be greater than or equal to " + std::to_string(least));
    else if (number > most)
        findings_.error(at, "Value must be less than or equal to " + std::to_string(most));
    else
        return number;
    return std::nullopt;
}

std::optional<double> FieldReader::number(const Json& value, const std::string& at, double least, double most) {
    if (!value.IsNumber()) {
        findings_.error(at, "Expected value of type Number");
        return std::nullopt;
    }
    const double number = value.GetDouble();
    const auto limit = [](double value) {
        return writeJson(value == std::floor(value) ? Json(static_cast<std::int64_t>(value)) : Json(value));
    };
    if (number < least)
        findings_.error(at, "Value must be greater than or equal to " + limit(least));
    else if (number > most)
        findings_.error(at, "Value must be less than or equal to " + limit(most));
    else
        return number;
    return std::nullopt;
}

std::optional<bool> FieldReader::boolean(const Json& value, const std::string& at) {
    if (value.IsBool()) return value.GetBool();
    findings_.error(at, "Expected value of type Boolean");
    return std::nullopt;
}

bool FieldReader::onlyOne(const Json& owner, std::string_view name, const std::string& at) {
    const std::string path = std::string(name) + "Path";
    if (!find(owner, name) || !find(owner, path)) return true;
    findings_.error(at, "Only one of these fields may be used: [" + std::string(name) + ", " + path + "]");
    return false;
}

std::optional<Field> FieldReader::numberOrPath(const Json& owner, std::string_view name, QueryLanguage language,
                                               const std::string& at, Range range) {
    if (!onlyOne(owner, name, at)) return std::nullopt;
    const std::string own = at == "/" ? "/" : at + "/";
    if (const Json* value = find(owner, name)) {
        const auto where = own + std::string(name);
        if (value->IsString() && language == QueryLanguage::jsonata) {
            if (auto computed = jsonata(view(*value), where)) return Field{std::string(name), std::move(*computed)};
        }
        const bool good = range.integer ? integer(*value, where, static_cast<std::int64_t>(range.least),
                                                  static_cast<std::int64_t>(range.most))
                                              .has_value()
                                        : number(*value, where, range.least, range.most).has_value();
        return good ? std::optional(Field{std::string(name), literalOf(*value)}) : std::nullopt;
    }
    const std::string pathName = std::string(name) + "Path";
    if (const Json* value = find(owner, pathName); value && language == QueryLanguage::jsonPath) {
        if (auto path = this->path(*value, own + pathName))
            return Field{pathName, expressionOf(Expression(std::move(*path)))};
    }
    return std::nullopt;
}

std::optional<Field> FieldReader::textOrPath(const Json& owner, std::string_view name, QueryLanguage language,
                                             const std::string& at, bool calls) {
    if (!onlyOne(owner, name, at)) return std::nullopt;
    if (const Json* value = find(owner, name)) {
        const auto where = at + "/" + std::string(name);
        const auto plain = string(*value, where);
        if (!plain) return std::nullopt;
        if (language == QueryLanguage::jsonata)
            if (auto computed = jsonata(*plain, where)) return Field{std::string(name), std::move(*computed)};
        return Field{std::string(name), literalOf(*value)};
    }
    const std::string pathName = std::string(name) + "Path";
    const Json* value = find(owner, pathName);
    if (!value || language != QueryLanguage::jsonPath) return std::nullopt;
    const auto where = at + "/" + pathName;
    if (calls && value->IsString() && Intrinsic::isCall(view(*value))) {
        try {
            return Field{pathName, expressionOf(Expression::parseJsonPath(view(*value)))};
        } catch (const PathSyntaxError&) {
            findings_.error(where, "The value for the field '" + pathName +
                                       "' must be a valid JSONPath or a valid intrinsic function call");
            return std::nullopt;
        }
    }
    if (auto path = this->path(*value, where)) return Field{pathName, expressionOf(Expression(std::move(*path)))};
    return std::nullopt;
}

}  // namespace backlot::asl
