#include "emulator/services/apigateway/patch.h"

#include <algorithm>
#include <charconv>

#include "emulator/services/apigateway/errors.h"

namespace backlot::apigateway {

namespace {

std::string unescaped(std::string_view part) {
    std::string result;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1')) {
            result += part[++i] == '1' ? '/' : '~';
        } else {
            result += part[i];
        }
    }
    return result;
}

/// The member at "a/b", made where it is missing.
Json& memberAt(Json& noun, std::string_view path) {
    Json* at = &noun;
    while (!path.empty()) {
        const auto slash = path.find('/');
        const std::string_view name = path.substr(0, slash);
        if (!find(*at, name)) set(*at, name, object());
        at = find(*at, name);
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    }
    return *at;
}

AwsError wrongPath(const std::string& path, const std::string& op, const std::vector<PatchField>& fields) {
    std::string known;
    for (const auto& field : fields) known += (known.empty() ? "" : ", ") + field.path;
    return badRequest("Invalid patch path  '" + path + "' specified for op '" + op + "'. Must be one of: [" + known +
                      "]");
}

AwsError wrongOp(const std::string& path, const std::string& op) {
    return badRequest("Invalid patch path  '" + path + "' specified for op '" + op +
                      "'. Please choose supported operations");
}

void replaceValue(Json& noun, const PatchField& field, const std::string& value) {
    const std::string path = field.member.empty() ? field.path.substr(1) : field.member;
    const auto slash = path.rfind('/');
    Json& holder = slash == std::string::npos ? noun : memberAt(noun, path.substr(0, slash));
    const std::string name = path.substr(slash + 1);
    if (field.kind == PatchField::boolean) {
        set(holder, name, value == "true");
    } else if (field.kind == PatchField::integer) {
        std::int64_t number = 0;
        std::from_chars(value.data(), value.data() + value.size(), number);
        set(holder, name, number);
    } else {
        set(holder, name, value);
    }
}

void changeList(Json& noun, const PatchField& field, const std::string& op, const std::string& entry,
                const std::string& value) {
    Json& holder = memberAt(noun, field.member.empty() ? field.path.substr(1) : field.member);
    if (!holder.IsArray()) holder.SetArray();
    const std::string wanted = entry.empty() ? value : entry;
    const auto found = std::find_if(holder.Begin(), holder.End(),
                                    [&](const Json& one) { return one.IsString() && view(one) == wanted; });
    if (op == "remove") {
        if (found != holder.End()) holder.Erase(found);
    } else if (found == holder.End()) {
        push(holder, wanted);
    }
}

}  // namespace

void patch(Json& noun, const Fields& request, const std::vector<PatchField>& fields) {
    for (const auto* operation : request.items("patchOperations")) {
        const std::string op = textOr(*operation, "op"), path = textOr(*operation, "path"),
                          value = textOr(*operation, "value");
        const auto field = std::find_if(fields.begin(), fields.end(), [&](const PatchField& one) {
            const bool holds = one.kind == PatchField::list || one.kind == PatchField::map;
            return path == one.path || (holds && path.starts_with(one.path + "/"));
        });
        if (field == fields.end()) throw wrongPath(path, op, fields);
        const std::string entry =
            path.size() > field->path.size() ? unescaped(path.substr(field->path.size() + 1)) : std::string();
        if (field->kind == PatchField::list) {
            changeList(noun, *field, op, entry, value);
        } else if (field->kind == PatchField::map) {
            Json& holder = memberAt(noun, field->member.empty() ? field->path.substr(1) : field->member);
            if (op == "remove") {
                erase(holder, entry);
            } else {
                set(holder, entry, value);
            }
        } else {
            if (op != "replace") throw wrongOp(path, op);
            replaceValue(noun, *field, value);
        }
    }
}

}  // namespace backlot::apigateway
