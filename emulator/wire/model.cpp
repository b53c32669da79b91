#include "emulator/wire/model.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include "emulator/wire/route.h"

namespace backlot::wire {
namespace {

constexpr std::size_t kSmall = 4;  // members up to which a plain search is quicker than a table

std::size_t hashOf(std::string_view name) {
    const auto c = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
    return name.empty() ? 0 : name.size() * 7 + c(0) * 31 + c(name.size() / 2) * 131 + c(name.size() - 1) * 17;
}

std::string_view textOf(const Json& json, std::string_view name) {
    const Json* value = find(json, name);
    return value && value->IsString() ? view(*value) : std::string_view();
}

bool flagOf(const Json& json, std::string_view name) {
    const Json* value = find(json, name);
    return value && value->IsTrue();
}

[[noreturn]] void broken(std::string_view what) { throw std::runtime_error("API model: " + std::string(what)); }

Type typeOf(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, Type>, 13> kTypes{{{"structure", Type::structure},
                                                                               {"list", Type::list},
                                                                               {"map", Type::map},
                                                                               {"string", Type::string},
                                                                               {"character", Type::string},
                                                                               {"integer", Type::integer},
                                                                               {"long", Type::longInteger},
                                                                               {"float", Type::floating},
                                                                               {"double", Type::doubleFloating},
                                                                               {"boolean", Type::boolean},
                                                                               {"timestamp", Type::timestamp},
                                                                               {"blob", Type::blob},
                                                                               {"short", Type::integer}}};
    for (const auto& [text, type] : kTypes)
        if (text == name) return type;
    broken("no such type: " + std::string(name));
}

Location locationOf(std::string_view name) {
    if (name == "uri") return Location::uri;
    if (name == "querystring") return Location::querystring;
    if (name == "header") return Location::header;
    if (name == "headers") return Location::headers;
    if (name == "statusCode") return Location::statusCode;
    return Location::body;
}

TimeFormat timeFormatOf(std::string_view name) {
    if (name == "unixTimestamp") return TimeFormat::unixTimestamp;
    if (name == "iso8601") return TimeFormat::iso8601;
    if (name == "rfc822") return TimeFormat::httpDate;
    return TimeFormat::byProtocol;
}

bool isText(TimeFormat format) { return format == TimeFormat::iso8601 || format == TimeFormat::httpDate; }

void readNamespace(const Json& json, std::string_view& uri, std::string_view& prefix) {
    const Json* value = find(json, "xmlNamespace");
    if (!value) return;
    if (value->IsString()) {
        uri = view(*value);
    } else {
        uri = textOf(*value, "uri");
        prefix = textOf(*value, "prefix");
    }
}

}  // namespace

const Member* Shape::member(std::string_view name) const {
    if (slots_.empty()) {
        for (const auto& member : members)
            if (member.name == name) return &member;
        return nullptr;
    }
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hashOf(name) & mask; slots_[at]; at = (at + 1) & mask)
        if (members[slots_[at] - 1u].name == name) return &members[slots_[at] - 1u];
    return nullptr;
}

const Member* Shape::memberOnWire(std::string_view wireName) const {
    if (!renamed_) return member(wireName);
    for (const auto& member : members)
        if (member.wireName == wireName) return &member;
    return nullptr;
}

void Shape::index() {
    for (const auto& member : members) renamed_ = renamed_ || member.wireName != member.name;
    if (members.size() <= kSmall || members.size() > 250) return;
    std::size_t size = 8;
    while (size < members.size() * 2) size *= 2;
    slots_.assign(size, 0);
    for (std::size_t i = 0; i < members.size(); ++i) {
        std::size_t at = hashOf(members[i].name) & (size - 1);
        while (slots_[at]) at = (at + 1) & (size - 1);
        slots_[at] = static_cast<std::uint8_t>(i + 1);
    }
}

/// The operations of a REST service by method, most literal template first.
struct Model::Routes {
    struct Route {
        UriTemplate uri;
        const OperationShape* operation;
        std::vector<std::string_view> headers,
            parameters;  // required ones, which tell it from another of the same template

        std::size_t required() const { return headers.size() + parameters.size(); }
        bool matches(const std::vector<std::string_view>& path, std::string_view query, const Headers& given) const {
            return uri.matchesPath(path) && uri.matchesQuery(query) &&
                   std::all_of(headers.begin(), headers.end(),
                               [&](std::string_view name) { return given.has(name); }) &&
                   std::all_of(parameters.begin(), parameters.end(),
                               [&](std::string_view name) { return hasParameter(query, name); });
        }
    };
    std::map<std::string_view, std::vector<Route>, std::less<>> byMethod;

    explicit Routes(const Model& model) {
        for (const auto& operation : model.operations())
            byMethod[operation.method].push_back({UriTemplate(operation.uri), &operation, {}, {}});
        for (auto& [method, routes] : byMethod) {
            for (auto& route : routes) {
                const auto twins = std::count_if(routes.begin(), routes.end(), [&](const Route& other) {
                    return other.operation->uri == route.operation->uri;
                });
                if (twins < 2 || !route.operation->input) continue;
                for (const auto& member : model.shape(*route.operation->input).members) {
                    if (member.required && member.location == Location::header)
                        route.headers.push_back(member.wireName);
                    if (member.required && member.location == Location::querystring)
                        route.parameters.push_back(member.wireName);
                }
            }
            std::stable_sort(routes.begin(), routes.end(), [](const Route& a, const Route& b) {
                return a.uri.before(b.uri) || (!b.uri.before(a.uri) && a.required() > b.required());
            });
        }
    }
};

Model::Model(std::string_view serviceName, std::string_view text)
    : source_(std::make_unique<Json>(parseJson(text))), service_(serviceName) {
    service = service_;
    const Json* metadata = find(*source_, "metadata");
    const Json* shapes = find(*source_, "shapes");
    if (!metadata || !shapes || !shapes->IsObject() || shapes->MemberCount() > 0xFFFF) broken("no metadata or shapes");
    protocolName = textOf(*metadata, "protocol");
    apiVersion = textOf(*metadata, "apiVersion");
    jsonVersion = textOf(*metadata, "jsonVersion");
    targetPrefix = textOf(*metadata, "targetPrefix");
    endpointPrefix = textOf(*metadata, "endpointPrefix");
    signingName = find(*metadata, "signingName") ? textOf(*metadata, "signingName") : endpointPrefix;
    xmlNamespace = textOf(*metadata, "xmlNamespace");
    queryCompatible = find(*metadata, "awsQueryCompatible") != nullptr;

    shapes_.reserve(shapes->MemberCount());
    for (const auto& entry : shapes->GetObject()) shapes_.emplace_back().name = view(entry.name);
    std::sort(shapes_.begin(), shapes_.end(), [](const Shape& a, const Shape& b) { return a.name < b.name; });
    for (const auto& entry : shapes->GetObject()) readShape(shapes_[shapeIndex(view(entry.name))], entry.value);
    for (auto& shape : shapes_) {
        for (auto& member : shape.members) settle(member, member.name);
        settle(shape.element, {});
        settle(shape.key, {});
        settle(shape.value, {});
        shape.index();
        shape.constrained = shape.min || shape.max || shape.pattern || !shape.enumeration.empty() || shape.holdsNoNull;
        for (const auto& member : shape.members) {
            shape.constrained = shape.constrained || member.required;
            shape.translated = shape.translated || member.wireName != member.name || isText(member.timeFormat);
        }
        shape.translated = shape.translated || isText(shape.element.timeFormat) || isText(shape.value.timeFormat);
    }
    mark(&Shape::constrained);
    mark(&Shape::translated);
    if (const Json* operations = find(*source_, "operations")) readOperations(*operations);
    routes_ = std::make_unique<Routes>(*this);
}

Model::~Model() = default;

std::uint16_t Model::shapeIndex(std::string_view name) const {
    const auto at = std::lower_bound(shapes_.begin(), shapes_.end(), name,
                                     [](const Shape& shape, std::string_view n) { return shape.name < n; });
    if (at == shapes_.end() || at->name != name) broken("no shape " + std::string(name));
    return static_cast<std::uint16_t>(at - shapes_.begin());
}

const Shape* Model::findShape(std::string_view name) const {
    const auto at = std::lower_bound(shapes_.begin(), shapes_.end(), name,
                                     [](const Shape& shape, std::string_view n) { return shape.name < n; });
    return at == shapes_.end() || at->name != name ? nullptr : &*at;
}

void Model::readReference(Reference& reference, const Json& json) const {
    reference.shape = shapeIndex(textOf(json, "shape"));
    reference.wireName = textOf(json, "locationName");
    reference.queryName = textOf(json, "queryName");
    reference.location = locationOf(textOf(json, "location"));
    reference.timeFormat = timeFormatOf(textOf(json, "timestampFormat"));
    reference.flattened = flagOf(json, "flattened");
    reference.xmlAttribute = flagOf(json, "xmlAttribute");
    reference.streaming = flagOf(json, "streaming");
    reference.eventPayload = flagOf(json, "eventpayload");
    readNamespace(json, reference.xmlNamespace, reference.xmlPrefix);
}

/// What a reference leaves out it has from the shape it refers to.
void Model::settle(Reference& reference, std::string_view name) const {
    const Shape& target = shapes_[reference.shape];
    if (reference.wireName.empty() && target.type != Type::structure) reference.wireName = target.xmlName;
    if (reference.wireName.empty()) reference.wireName = name;
    if (reference.queryName.empty()) reference.queryName = reference.wireName;
    if (reference.timeFormat == TimeFormat::byProtocol) reference.timeFormat = target.timeFormat;
    reference.flattened = reference.flattened || target.flattened;
    if (reference.xmlNamespace.empty() && !target.xmlPrefix.empty()) {
        reference.xmlNamespace = target.xmlNamespace;
        reference.xmlPrefix = target.xmlPrefix;
    }
}

void Model::readShape(Shape& shape, const Json& json) {
    shape.type = typeOf(textOf(json, "type"));
    if (const Json* min = find(json, "min")) shape.min = min->GetDouble();
    if (const Json* max = find(json, "max")) shape.max = max->GetDouble();
    if (const Json* values = find(json, "enum"))
        for (const auto& value : values->GetArray()) shape.enumeration.push_back(view(value));
    if (const auto pattern = textOf(json, "pattern"); !pattern.empty())
        shape.pattern = patterns_.emplace_back(std::make_unique<ModelPattern>(pattern)).get();
    shape.xmlName = textOf(json, "locationName");
    readNamespace(json, shape.xmlNamespace, shape.xmlPrefix);
    shape.timeFormat = timeFormatOf(textOf(json, "timestampFormat"));
    shape.flattened = flagOf(json, "flattened");
    shape.sensitive = flagOf(json, "sensitive");
    shape.isUnion = flagOf(json, "union");
    shape.holdsNoNull = (shape.type == Type::list || shape.type == Type::map) && !flagOf(json, "sparse");
    shape.streaming = flagOf(json, "streaming");
    shape.eventStream = flagOf(json, "eventstream");
    shape.exception = flagOf(json, "exception");
    shape.fault = flagOf(json, "fault");
    if (const Json* error = find(json, "error")) {
        shape.errorCode = textOf(*error, "code");
        shape.errorStatus = static_cast<int>(intOr(*error, "httpStatusCode", 0));
    }
    if (const Json* element = find(json, "member")) readReference(shape.element, *element);
    if (const Json* key = find(json, "key")) readReference(shape.key, *key);
    if (const Json* value = find(json, "value")) readReference(shape.value, *value);
    const Json* members = find(json, "members");
    if (!members) return;
    shape.members.reserve(members->MemberCount());
    for (const auto& entry : members->GetObject()) {
        Member member;
        member.name = view(entry.name);
        readReference(member, entry.value);
        shape.hasBodyMembers = shape.hasBodyMembers || member.location == Location::body;
        shape.members.push_back(member);
    }
    if (const Json* required = find(json, "required"))
        for (const auto& name : required->GetArray())
            for (auto& member : shape.members) member.required = member.required || member.name == view(name);
    if (const auto payload = textOf(json, "payload"); !payload.empty()) shape.payload = shape.member(payload);
}

void Model::readOperations(const Json& json) {
    for (const auto& entry : json.GetObject()) {
        OperationShape operation{.name = view(entry.name)};
        const Json& http = *find(entry.value, "http");
        operation.method = textOf(http, "method");
        operation.uri = textOf(http, "requestUri");
        operation.status = static_cast<int>(intOr(http, "responseCode", 200));
        if (const Json* input = find(entry.value, "input")) {
            operation.input = shapeIndex(textOf(*input, "shape"));
            operation.inputXmlName = textOf(*input, "locationName");
            std::string_view prefix;
            readNamespace(*input, operation.inputXmlNamespace, prefix);
        }
        if (const Json* output = find(entry.value, "output")) {
            operation.output = shapeIndex(textOf(*output, "shape"));
            operation.resultWrapper = textOf(*output, "resultWrapper");
        }
        if (const Json* errors = find(entry.value, "errors"))
            for (const auto& error : errors->GetArray())
                operation.errors.push_back(error.IsString() ? view(error) : textOf(error, "shape"));
        operations_.push_back(std::move(operation));
    }
    std::sort(operations_.begin(), operations_.end(),
              [](const OperationShape& a, const OperationShape& b) { return a.name < b.name; });
}

/// Carries a flag up from the shapes that have it to all that lead to them, until nothing changes (shapes may be
/// recursive).
void Model::mark(bool Shape::*flag) {
    for (bool changed = true; changed;) {
        changed = false;
        for (auto& shape : shapes_) {
            if (shape.*flag) continue;
            bool below = false;
            for (const auto& member : shape.members) below = below || shapes_[member.shape].*flag;
            if (shape.type == Type::list) below = shapes_[shape.element.shape].*flag;
            if (shape.type == Type::map) below = shapes_[shape.key.shape].*flag || shapes_[shape.value.shape].*flag;
            if (below) shape.*flag = changed = true;
        }
    }
}

const OperationShape* Model::operation(std::string_view name) const {
    const auto at = std::lower_bound(operations_.begin(), operations_.end(), name,
                                     [](const OperationShape& o, std::string_view n) { return o.name < n; });
    return at == operations_.end() || at->name != name ? nullptr : &*at;
}

const Shape* Model::exception(std::string_view code) const {
    if (const Shape* named = findShape(code); named && named->exception) return named;
    for (const auto& shape : shapes_)
        if (shape.exception && shape.errorCode == code) return &shape;
    return nullptr;
}

const OperationShape* Model::route(std::string_view method, std::string_view rawPath, std::string_view rawQuery,
                                   const Headers& headers) const {
    const auto routes = routes_->byMethod.find(method);
    if (routes == routes_->byMethod.end()) return nullptr;
    const auto path = pathSegments(rawPath);
    for (const auto& route : routes->second)
        if (route.matches(path, rawQuery, headers)) return route.operation;
    return nullptr;
}

}  // namespace backlot::wire
