#include "emulator/wire/protocols/rest.h"

#include <algorithm>

#include "emulator/wire/event_stream.h"
#include "emulator/wire/recognition.h"
#include "emulator/wire/refuse.h"
#include "emulator/wire/route.h"
#include "emulator/wire/values.h"

namespace backlot::wire {
namespace {

rapidjson::CrtAllocator crt;

using Pairs = std::vector<std::pair<std::string, std::string>>;

bool startsWithIgnoringCase(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && equalIgnoringCase(text.substr(0, prefix.size()), prefix);
}

/// The values of a list in one header field: commas part them, but not inside quotes nor inside an HTTP date.
std::vector<std::string> headerValues(std::string_view text, bool httpDates) {
    std::vector<std::string> values;
    std::size_t commas = 0;
    std::string current;
    bool quoted = false, wasQuoted = false;
    const auto finish = [&] {
        while (!wasQuoted && !current.empty() && current.front() == ' ') current.erase(0, 1);
        while (!wasQuoted && !current.empty() && current.back() == ' ') current.pop_back();
        values.push_back(std::move(current));
        current.clear();
        wasQuoted = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\' && i + 1 < text.size()) {
                current += text[++i];
            } else if (c == '"') {
                quoted = false;
            } else {
                current += c;
            }
        } else if (c == '"' && current.find_first_not_of(' ') == std::string::npos) {
            quoted = wasQuoted = true;
            current.clear();
        } else if (c == ',' && !(httpDates && ++commas % 2 == 1)) {
            finish();
        } else if (!wasQuoted || c != ' ') {
            current += c;
        }
    }
    finish();
    return values;
}

class RestReader {
public:
    RestReader(const Target& target, const Request& request, std::string_view body, BodyReader readBody)
        : target_(target),
          readBody_(readBody),
          model_(*target.model),
          request_(request),
          body_(body),
          uri_(target.modelled->uri),
          query_(parseQuery(request.query())) {}

    Json read(const Shape& shape) {
        Json input(rapidjson::kObjectType);
        if (shape.payload)
            payload(input, *shape.payload);
        else if (shape.hasBodyMembers && !body_.empty())
            input = readBody_(target_, *target_.modelled->input, body_);
        for (const auto& member : shape.members) {
            if (member.location == Location::body) continue;
            erase(input, member.name);  // a body must not say what belongs elsewhere
            if (auto value = located(member)) input.AddMember(str(member.name), std::move(*value), crt);
        }
        return input;
    }

private:
    void payload(Json& input, const Member& member) {
        const Shape& shape = model_.shape(member.shape);
        if (shape.type == Type::blob || shape.type == Type::string) {
            if (!body_.empty() || member.streaming) input.AddMember(str(member.name), str(body_), crt);
        } else if (!body_.empty()) {
            input.AddMember(str(member.name), readBody_(target_, member.shape, body_), crt);
        }
    }

    std::optional<Json> located(const Member& member) const {
        switch (member.location) {
            case Location::uri:
                return scalar(member, TimeFormat::iso8601,
                              percentDecode(uri_.label(member.wireName, target_.resource)));
            case Location::querystring: return fromQuery(member);
            case Location::header: return fromHeader(member);
            case Location::headers: return fromHeaders(member);
            default: return std::nullopt;
        }
    }

    Json scalar(const Reference& reference, TimeFormat usual, std::string_view text) const {
        const Shape& shape = model_.shape(reference.shape);
        if (!isUtf8(text)) refuseSerialization(target_, "");
        auto value = scalarFromText(
            shape.type, reference.timeFormat == TimeFormat::byProtocol ? usual : reference.timeFormat, text);
        if (!value) {
            const std::string_view wanted = shape.type == Type::boolean       ? "a Boolean"
                                            : shape.type == Type::integer     ? "an Integer"
                                            : shape.type == Type::longInteger ? "a Long"
                                            : shape.type == Type::timestamp   ? "a Date"
                                                                              : "a Double";
            refuseSerialization(target_, "STRING_VALUE can not be converted to " + std::string(wanted));
        }
        return std::move(*value);
    }

    std::optional<Json> fromQuery(const Member& member) const {
        const Shape& shape = model_.shape(member.shape);
        if (shape.type == Type::map) return restOfQuery(shape);
        Json values(rapidjson::kArrayType);
        for (const auto& [name, value] : query_) {
            if (name != member.wireName) continue;
            if (shape.type != Type::list) return scalar(member, TimeFormat::iso8601, value);
            values.PushBack(scalar(shape.element, TimeFormat::iso8601, value), crt);
        }
        if (values.Empty()) return std::nullopt;
        return values;
    }

    /// A map bound to the query string takes the parameters that no other member is named for.
    std::optional<Json> restOfQuery(const Shape& map) const {
        Json result(rapidjson::kObjectType);
        const Shape& input = model_.shape(*target_.modelled->input);
        const bool lists = model_.shape(map.value.shape).type == Type::list;
        for (const auto& [name, value] : query_) {
            if (!isUtf8(name) || !isUtf8(value)) refuseSerialization(target_, "");
            const auto taken = std::any_of(
                input.members.begin(), input.members.end(), [&, key = std::string_view(name)](const Member& member) {
                    return member.location == Location::querystring && member.wireName == key &&
                           model_.shape(member.shape).type != Type::map;
                });
            const auto literal =
                std::any_of(uri_.query.begin(), uri_.query.end(),
                            [&, key = std::string_view(name)](const auto& q) { return q.first == key; });
            if (taken || literal) continue;
            if (!lists) {
                if (!find(result, name)) set(result, name, value);
            } else if (Json* known = find(result, name)) {
                push(*known, value);
            } else {
                set(result, name, list({value}));
            }
        }
        return result.ObjectEmpty() ? std::nullopt : std::optional(std::move(result));
    }

    std::optional<Json> fromHeader(const Member& member) const {
        if (!request_.headers.has(member.wireName)) return std::nullopt;
        const auto text = request_.headers.get(member.wireName);
        const Shape& shape = model_.shape(member.shape);
        if (shape.type != Type::list) return scalar(member, TimeFormat::httpDate, text);
        const Shape& element = model_.shape(shape.element.shape);
        if (text.empty()) return list();
        const bool httpDates = element.type == Type::timestamp && (shape.element.timeFormat == TimeFormat::byProtocol ||
                                                                   shape.element.timeFormat == TimeFormat::httpDate);
        return array(headerValues(text, httpDates),
                     [&](const std::string& value) { return scalar(shape.element, TimeFormat::httpDate, value); });
    }

    std::optional<Json> fromHeaders(const Member& member) const {
        Json result(rapidjson::kObjectType);
        for (const auto& field : request_.headers)
            if (startsWithIgnoringCase(field.name, member.wireName)) {
                if (!isUtf8(field.value)) refuseSerialization(target_, "");
                set(result, std::string_view(field.name).substr(member.wireName.size()), field.value);
            }
        return result.ObjectEmpty() ? std::nullopt : std::optional(std::move(result));
    }

    const Target& target_;
    const BodyReader readBody_;
    const Model& model_;
    const Request& request_;
    std::string_view body_;
    UriTemplate uri_;
    Pairs query_;
};

/// A list in one header field: texts that hold a comma or a quote are quoted.
std::string headerList(const Model& model, const Shape& shape, const Json& value) {
    std::string joined;
    for (const auto& element : value.GetArray()) {
        const Type type = model.shape(shape.element.shape).type;
        const TimeFormat format =
            shape.element.timeFormat == TimeFormat::byProtocol ? TimeFormat::httpDate : shape.element.timeFormat;
        const std::string text = scalarToText(type, format, element);
        if (!joined.empty()) joined += ", ";
        if (type != Type::string || text.find_first_of(",\"") == std::string::npos) {
            joined += text;
            continue;
        }
        joined += '"';
        for (const char c : text) {
            if (c == '"' || c == '\\') joined += '\\';
            joined += c;
        }
        joined += '"';
    }
    return joined;
}

bool isBytes(const Shape& shape) { return shape.type == Type::blob || shape.type == Type::string; }

/// Line breaks would end the field: a value from a user must not add headers of its own.
std::string oneLine(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
    return text;
}

/// Whether one of the service's templates fits.
bool fits(Recognition& recognition, const Api& api, const Protocol& protocol) {
    Target& target = recognition.target;
    const Request& request = recognition.request;
    if (const auto hostLabel = api.description().rest.hostLabel)
        if (const auto label = hostLabel(request.headers.get("Host")); !label.empty())
            target.resource = "/" + std::string(label) + std::string(request.path());
    if (recognition.scope) recognition.address(api, protocol);  // who is meant, should none of its paths fit
    const OperationShape* operation =
        api.model().route(request.method, target.resource, request.query(), request.headers);
    if (!operation) return false;
    recognition.address(api, protocol);
    recognition.setOperation(operation);
    return true;
}

}  // namespace

bool recogniseRest(Recognition& recognition, const Protocol& protocol) {
    recognition.target.resource = recognition.request.path();
    bool found = false;
    if (recognition.scope) {
        for (const auto* api : recognition.candidates)
            found = found || (api->speaks(protocol) && fits(recognition, *api, protocol));
    } else {
        for (const auto& api : recognition.apis)  // any path fits the templates of an object store
            found = found ||
                    (api.speaks(protocol) && !api.description().rest.objectStore && fits(recognition, api, protocol));
    }
    if (found) recognition.requireSigned();
    return found;
}

Json decodeRest(const Target& target, const Request& request, std::string_view body, BodyReader readBody) {
    if (!target.modelled || !target.modelled->input) return object();
    return RestReader(target, request, body, readBody).read(target.model->shape(*target.modelled->input));
}

void writeHeaders(const Target& target, const Shape& shape, const Json& result, Response& response) {
    const Model& model = *target.model;
    for (const auto& member : shape.members) {
        const Json* value = member.location == Location::body ? nullptr : find(result, member.name);
        if (!value || value->IsNull()) continue;
        const Shape& target = model.shape(member.shape);
        if (member.location == Location::statusCode) {
            if (value->IsInt()) response.status = value->GetInt();
        } else if (member.location == Location::headers) {
            if (value->IsObject())
                for (const auto& entry : value->GetObject())
                    if (entry.value.IsString())
                        response.headers.add(oneLine(std::string(member.wireName) + text(entry.name)),
                                             oneLine(text(entry.value)));
        } else if (value->IsArray()) {
            if (!value->Empty()) response.headers.add(member.wireName, oneLine(headerList(model, target, *value)));
        } else {
            const TimeFormat format =
                member.timeFormat == TimeFormat::byProtocol ? TimeFormat::httpDate : member.timeFormat;
            response.headers.add(member.wireName, oneLine(scalarToText(target.type, format, *value)));
        }
    }
}

Response encodeRest(const Target& target, const Json& result, BodyWriter writeBody, std::string_view bodyType) {
    Response response{.status = target.modelled ? target.modelled->status : 200};
    if (!target.modelled || !target.modelled->output) return response;
    const Shape& output = target.model->shape(*target.modelled->output);
    writeHeaders(target, output, result, response);
    if (response.status == 200 && response.headers.has("Content-Range")) response.status = 206;
    std::string_view type;
    if (output.payload && isBytes(target.model->shape(output.payload->shape))) {
        const Json* bytes = find(result, output.payload->name);
        if (bytes && bytes->IsString()) response.body = text(*bytes);
        const bool isText = target.model->shape(output.payload->shape).type == Type::string;
        type = isText ? "text/plain" : target.description->rest.payloadType;
    } else if (output.payload && target.model->shape(output.payload->shape).eventStream) {
        if (const Json* events = find(result, output.payload->name))
            response.body = writeEventStream(*target.model, target.model->shape(output.payload->shape), *events);
        type = "application/vnd.amazon.eventstream";
    } else if (response.status != 204) {
        response.body = writeBody(target, output, result);
        if (!response.body.empty()) type = bodyType;
    }
    if (!type.empty() && !response.headers.has("Content-Type")) response.headers.add("Content-Type", type);
    return response;
}

}  // namespace backlot::wire
