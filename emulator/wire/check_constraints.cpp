#include "emulator/wire/check_constraints.h"

#include <algorithm>
#include <cmath>

#include "emulator/wire/java_text.h"
#include "emulator/wire/values.h"

namespace backlot::wire {
namespace {

std::size_t characters(std::string_view utf8) {
    return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// What `min` and `max` measure: characters, bytes, entries, or the number itself.
double measure(const Shape& shape, const Json& value) {
    switch (shape.type) {
        case Type::string: return value.IsString() ? static_cast<double>(characters(view(value))) : 0;
        case Type::blob: {
            if (!value.IsString()) return 0;
            const auto text = view(value);
            return static_cast<double>(text.size() / 4 * 3 - (text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0));
        }
        case Type::list: return value.IsArray() ? value.Size() : 0;
        case Type::map: return value.IsObject() ? value.MemberCount() : 0;
        default: return value.IsNumber() ? value.GetDouble() : 0;
    }
}

bool isNumber(Type type) {
    return type == Type::integer || type == Type::longInteger || type == Type::floating || type == Type::doubleFloating;
}

bool isScalar(const Shape& shape) {
    return shape.type != Type::structure && shape.type != Type::list && shape.type != Type::map;
}

bool hasOwnConstraints(const Shape& shape) {
    return shape.min || shape.max || shape.pattern || !shape.enumeration.empty();
}

bool inEnumeration(const Shape& shape, const Json& value) {
    const auto text = value.IsString() ? view(value) : std::string_view();
    return std::find(shape.enumeration.begin(), shape.enumeration.end(), text) != shape.enumeration.end();
}

/// The value itself, without what lies in it.
bool satisfiesOwn(const Shape& shape, const Json& value) {
    if (!shape.enumeration.empty() && !inEnumeration(shape, value)) return false;
    if (shape.min || shape.max) {
        const double size = measure(shape, value);
        if ((shape.min && size < *shape.min) || (shape.max && size > *shape.max)) return false;
    }
    return !shape.pattern || !value.IsString() || shape.pattern->matches(view(value));
}

bool satisfies(const Model& model, const Shape& shape, const Json& value, bool requiredOnly);

bool satisfiesMembers(const Model& model, const Shape& shape, const Json& value, bool requiredOnly) {
    if (!value.IsObject()) return true;
    // Two passes over few members: those that must be there, then those that are.
    for (const auto& member : shape.members) {
        if (!member.required) continue;
        const Json* found = find(value, member.name);
        if (!found || found->IsNull()) return false;
    }
    for (const auto& entry : value.GetObject()) {
        const Member* member = shape.member(view(entry.name));
        if (member && !entry.value.IsNull() && !satisfies(model, model.shape(member->shape), entry.value, requiredOnly))
            return false;
    }
    return true;
}

bool satisfies(const Model& model, const Shape& shape, const Json& value, bool requiredOnly) {
    if (!shape.constrained) return true;
    if (!requiredOnly && !satisfiesOwn(shape, value)) return false;
    if (shape.type == Type::structure) return satisfiesMembers(model, shape, value, requiredOnly);
    if (shape.type == Type::list && value.IsArray()) {
        const Shape& element = model.shape(shape.element.shape);
        for (const auto& entry : value.GetArray())
            if (entry.IsNull() ? shape.holdsNoNull
                               : element.constrained && !satisfies(model, element, entry, requiredOnly))
                return false;
    } else if (shape.type == Type::map && value.IsObject()) {
        const Shape& key = model.shape(shape.key.shape);
        const Shape& mapped = model.shape(shape.value.shape);
        for (const auto& entry : value.GetObject()) {
            if (!requiredOnly && key.constrained && !satisfiesOwn(key, entry.name)) return false;
            if (entry.value.IsNull() ? shape.holdsNoNull
                                     : mapped.constrained && !satisfies(model, mapped, entry.value, requiredOnly))
                return false;
        }
    }
    return true;
}

std::string bound(const Shape& shape, double limit) {
    const bool decimal = shape.type == Type::floating || shape.type == Type::doubleFloating;
    return javaNumber(decimal, limit);
}

std::string measured(const Shape& shape) {
    return std::string("Member must have ") + (isNumber(shape.type) ? "value" : "length");
}
std::string atMost(const Shape& shape) {
    return measured(shape) + " less than or equal to " + bound(shape, *shape.max);
}
std::string atLeast(const Shape& shape) {
    return measured(shape) + " greater than or equal to " + bound(shape, *shape.min);
}
std::string ofPattern(const Shape& shape) {
    return "Member must satisfy regular expression pattern: " + std::string(shape.pattern->source());
}
std::string ofEnumeration(const Shape& shape) {
    std::string text = "Member must satisfy enum value set: [";
    bool first = true;
    for (const auto value : javaOrder(shape.enumeration)) {
        if (!first) text += ", ";
        first = false;
        text += value;
    }
    return text + "]";
}

/// What an element, key or value must satisfy, said as one: "[Member must have length …, Member must …]".
std::string allOf(const Shape& shape, bool noNull) {
    std::string text;
    const auto add = [&](std::string part) { text += (text.empty() ? "" : ", ") + std::move(part); };
    if (!shape.enumeration.empty()) add(ofEnumeration(shape));
    if (shape.max) add(atMost(shape));
    if (shape.min) add(atLeast(shape));
    if (shape.pattern) add(ofPattern(shape));
    if (noNull) add("Member must not be null");
    return "[" + text + "]";
}

class Gatherer {
public:
    Gatherer(const Model& model, const ConstraintStyle& style, std::size_t limit)
        : model_(model), style_(style), limit_(limit) {}

    void members(const Shape& shape, const Json& value, const std::string& path, const std::string& parameter,
                 bool outermost) {
        if (!value.IsObject()) return;
        for (const auto& member : shape.members) {
            if (found_.size() >= limit_) return;
            const std::string prefix = outermost && member.location == Location::body ? style_.bodyPrefix : path;
            const std::string memberPath = prefix + lowerFirst(member.name);
            const std::string memberParameter = parameter + std::string(member.name);
            const Json* found = find(value, member.name);
            if (found && !found->IsNull()) {
                check(model_.shape(member.shape), *found, memberPath, memberParameter);
            } else if (member.required) {
                addMissing(model_.shape(member.shape), memberPath, memberParameter);
            }
        }
    }

    std::vector<Violation> take() {
        if (found_.size() > limit_) found_.resize(limit_);
        return std::move(found_);
    }

private:
    static std::string said(const std::string& value, const std::string& path, const std::string& constraint) {
        return "Value" + value + " at '" + path + "' failed to satisfy constraint: " + constraint;
    }

    void add(const Shape& shape, const Json& value, const std::string& path, const std::string& parameter,
             const std::string& constraint) {
        const std::string shown = shape.sensitive ? "" : " '" + javaText(model_, shape, value) + "'";
        found_.push_back({.path = path, .parameter = parameter, .text = said(shown, path, constraint)});
    }

    void addMissing(const Shape& shape, const std::string& path, const std::string& parameter) {
        found_.push_back({.path = path,
                          .parameter = parameter,
                          .missing = true,
                          .scalar = isScalar(shape),
                          .text = said(" null", path, "Member must not be null")});
    }

    void check(const Shape& shape, const Json& value, const std::string& path, const std::string& parameter) {
        if (!shape.constrained || found_.size() >= limit_) return;
        if (!style_.requiredOnly) own(shape, value, path, parameter);
        if (shape.type == Type::structure) members(shape, value, path + ".", parameter + ".", false);
        if (shape.type == Type::list && value.IsArray()) elements(shape, value, path, parameter);
        if (shape.type == Type::map && value.IsObject()) entries(shape, value, path, parameter);
    }

    void own(const Shape& shape, const Json& value, const std::string& path, const std::string& parameter) {
        if (!shape.enumeration.empty() && !inEnumeration(shape, value))
            add(shape, value, path, parameter, ofEnumeration(shape));
        if (shape.pattern && value.IsString() && !shape.pattern->matches(view(value)))
            add(shape, value, path, parameter, ofPattern(shape));
        if (!shape.min && !shape.max) return;
        const double size = measure(shape, value);
        if (shape.max && size > *shape.max) add(shape, value, path, parameter, atMost(shape));
        if (shape.min && size < *shape.min) add(shape, value, path, parameter, atLeast(shape));
    }

    void elements(const Shape& shape, const Json& value, const std::string& path, const std::string& parameter) {
        const Shape& element = model_.shape(shape.element.shape);
        if (isScalar(element) && !style_.requiredOnly) {
            const auto isNull = [](const Json& entry) { return entry.IsNull(); };
            const bool null = shape.holdsNoNull && std::any_of(value.Begin(), value.End(), isNull);
            const auto wrong = [&](const Json& entry) { return !entry.IsNull() && !satisfiesOwn(element, entry); };
            if (null || std::any_of(value.Begin(), value.End(), wrong))
                add(shape, value, path, parameter,
                    "Member must satisfy constraint: " + allOf(element, null || style_.namesNull));
            return;
        }
        for (rapidjson::SizeType i = 0; i < value.Size(); ++i) {
            const std::string number = std::to_string(i + 1), at = path + "." + number + ".member",
                              named = parameter + "." + number;
            if (!value[i].IsNull())
                check(element, value[i], at, named);
            else if (shape.holdsNoNull)
                addMissing(element, at, named);
        }
    }

    void entries(const Shape& shape, const Json& value, const std::string& path, const std::string& parameter) {
        const Shape& key = model_.shape(shape.key.shape);
        const Shape& mapped = model_.shape(shape.value.shape);
        const bool ofMap =
            !style_.requiredOnly && (isScalar(mapped) || hasOwnConstraints(mapped));  // said once, of the whole map
        if (!style_.requiredOnly) {
            const auto isNull = [](const auto& entry) { return entry.value.IsNull(); };
            const auto wrongKey = [&](const auto& entry) { return !satisfiesOwn(key, entry.name); };
            const auto wrongValue = [&](const auto& entry) {
                return !entry.value.IsNull() && !satisfiesOwn(mapped, entry.value);
            };
            const bool null = ofMap && shape.holdsNoNull && std::any_of(value.MemberBegin(), value.MemberEnd(), isNull);
            if (key.constrained && std::any_of(value.MemberBegin(), value.MemberEnd(), wrongKey))
                add(shape, value, path, parameter, "Map keys must satisfy constraint: " + allOf(key, style_.namesNull));
            if (null || (hasOwnConstraints(mapped) && std::any_of(value.MemberBegin(), value.MemberEnd(), wrongValue)))
                add(shape, value, path, parameter,
                    "Map value must satisfy constraint: " + allOf(mapped, null || style_.namesNull));
        }
        if (isScalar(mapped) && !style_.requiredOnly) return;
        for (const auto& entry : value.GetObject()) {
            const std::string at = path + "." + text(entry.name) + ".member",
                              named = parameter + "." + text(entry.name);
            if (entry.value.IsNull()) {
                if (shape.holdsNoNull && !ofMap) addMissing(mapped, at, named);
                continue;
            }
            // A list's own length was judged above, with the map.
            if (mapped.type == Type::structure)
                members(mapped, entry.value, at + ".", named + ".", false);
            else if (mapped.type == Type::list && entry.value.IsArray())
                elements(mapped, entry.value, at, named);
            else if (mapped.type == Type::map && entry.value.IsObject())
                entries(mapped, entry.value, at, named);
        }
    }

    const Model& model_;
    const ConstraintStyle& style_;
    std::size_t limit_;
    std::vector<Violation> found_;
};

}  // namespace

bool satisfied(const Model& model, const Shape& input, const Json& value, bool requiredOnly) {
    return satisfies(model, input, value, requiredOnly);
}

std::vector<Violation> violations(const Model& model, const Shape& input, const Json& value,
                                  const ConstraintStyle& style, std::size_t limit) {
    Gatherer gatherer(model, style, limit);
    gatherer.members(input, value, "", "", true);
    return gatherer.take();
}

}  // namespace backlot::wire
