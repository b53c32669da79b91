// Query: a form with Action and Version in, XML out.  Source: Smithy, "AWS query protocol".

#include <algorithm>
#include <charconv>
#include <map>

#include "emulator/base/arn.h"
#include "emulator/wire/detect.h"
#include "emulator/wire/error_names.h"
#include "emulator/wire/protocols/xml_values.h"
#include "emulator/wire/recognition.h"
#include "emulator/wire/refuse.h"
#include "emulator/wire/values.h"

namespace backlot::wire {
namespace {

/// The service whose link a request is, which a person or a program opens as it is: no version, no signature.
/// Account and region are then those of the ARN in it. Null where it is none.
const Api* serviceOfLink(const Apis& apis, Target& target, const Request& request) {
    const auto action = request.method == "GET" ? queryParameter(request, "Action") : std::nullopt;
    if (!action) return nullptr;
    for (const auto& api : apis)
        for (const auto& operation : api.description().unsignedOperations) {
            if (operation.name != *action || operation.linkArn.empty()) continue;
            const auto arn = parseArn(percentDecode(queryParameter(request, operation.linkArn).value_or(""), true));
            if (!arn) return nullptr;
            target.account = arn->account;
            target.region = arn->region;
            return &api;
        }
    return nullptr;
}

/// In the words of the service, if there is one. Both texts are percent-encoded.
Refusal unknownAction(const Target& target, std::string_view action, std::optional<std::string_view> version) {
    std::string message(target.description->query.unknownAction);
    const auto fill = [&](std::string_view mark, std::string_view text) {
        if (const auto at = message.find(mark); at != std::string::npos)
            message.replace(at, mark.size(), percentDecode(text, true));
    };
    fill("{version}", version.value_or("NO_VERSION_SPECIFIED"));
    fill("{action}", action);
    return {target, AwsError("InvalidAction", std::move(message), 400)};
}

/// The operation of a request to a service that is found.
void readAction(Recognition& recognition) {
    Target& target = recognition.target;
    const auto action = queryParameter(recognition.request, "Action");
    const bool known = action && recognition.setOperation(target.model->operation(percentDecode(*action, true)));
    if (!needsNoSignature(target)) recognition.requireSigned();
    if (!action) throw recognition.refusal("MissingAction", "The request must contain the parameter Action.");
    if (!known) throw unknownAction(target, *action, queryParameter(recognition.request, "Version"));
}

/// By the signature's name, else by the Version; what is signed for a service that speaks REST too must look like
/// Query.
const Api* serviceOfQuery(const Recognition& recognition, std::string_view version) {
    if (recognition.scope) {
        const Api* api = recognition.signedFor(kQuery);
        const bool mayBeRest =
            api && !recognition.looksLikeQuery && (recognition.signedFor(kRestJson) || recognition.signedFor(kRestXml));
        return mayBeRest ? nullptr : api;
    }
    if (!recognition.looksLikeQuery) return nullptr;
    return recognition.find(
        [&](const Api& api) { return api.speaks(kQuery) && api.description().apiVersion == version; });
}

bool recogniseQuery(Recognition& recognition) {
    const Request& request = recognition.request;
    const auto version = queryParameter(request, "Version");
    const bool mayBeLink = !recognition.scope && recognition.looksLikeQuery && version.value_or("").empty();
    const Api* api = mayBeLink ? serviceOfLink(recognition.apis, recognition.target, request) : nullptr;
    if (!api) api = serviceOfQuery(recognition, version.value_or("-"));
    if (api) {
        recognition.address(*api, kQuery);
        readAction(recognition);
        return true;
    }
    if (!recognition.looksLikeQuery) return false;
    recognition.target.protocol = &kQuery;
    recognition.requireSigned();
    throw unknownAction(recognition.target, queryParameter(request, "Action").value_or(""), version);
}

rapidjson::CrtAllocator crt;

constexpr int kDepthLimit = 40;  // names of more parts are left out: no model nests so deep

/// Parameters as the tree that the dots in their names make.
struct Node {
    const std::string* value = nullptr;
    std::map<std::string_view, Node> children;

    const Node* child(std::string_view name) const {
        const auto found = children.find(name);
        return found == children.end() ? nullptr : &found->second;
    }
};

void insert(Node& root, std::string_view name, const std::string& value) {
    if (std::count(name.begin(), name.end(), '.') > kDepthLimit) return;
    Node* node = &root;
    for (;;) {
        const auto dot = name.find('.');
        node = &node->children[name.substr(0, dot)];
        if (dot == std::string_view::npos) break;
        name.remove_prefix(dot + 1);
    }
    if (!node->value) node->value = &value;  // of equal names the first one counts
}

class QueryReader {
public:
    explicit QueryReader(const Target& target) : target_(target), model_(*target.model) {}

    Json structure(const Shape& shape, const Node& node) const {
        Json result(rapidjson::kObjectType);
        for (const auto& member : shape.members)
            if (auto value = read(member, node)) result.AddMember(str(member.name), std::move(*value), crt);
        return result;
    }

private:
    /// The value of a member of `parent`; nothing where no parameter speaks of it.
    std::optional<Json> read(const Member& member, const Node& parent) const {
        const Shape& shape = model_.shape(member.shape);
        const bool flattened = member.flattened;
        const Node* node = parent.child(member.queryName);
        if (!node && member.queryName != member.wireName) node = parent.child(member.wireName);
        // A flattened list may be named after its element: AttributeName.1 for AttributeNames.
        if (!node && shape.type == Type::list && flattened && !shape.element.queryName.empty())
            node = parent.child(shape.element.queryName);
        if (!node) return std::nullopt;
        return value(shape, *node, member, flattened);
    }

    Json value(const Shape& shape, const Node& node, const Reference& reference, bool flattened) const {
        switch (shape.type) {
            case Type::structure: return structure(shape, node);
            case Type::list: return list(shape, node, flattened);
            case Type::map: return map(shape, node, flattened);
            default: break;
        }
        if (!node.value) refuseSerialization(target_, "Start of structure or map found where not expected.");
        auto scalar = scalarFromText(shape.type, reference.timeFormat, *node.value);
        if (!scalar)
            refuseSerialization(target_, "STRING_VALUE can not be converted to " + std::string(javaType(shape.type)));
        return std::move(*scalar);
    }

    static std::string_view javaType(Type type) {
        switch (type) {
            case Type::integer: return "an Integer";
            case Type::longInteger: return "a Long";
            case Type::boolean: return "a Boolean";
            case Type::timestamp: return "a Date";
            default: return "a Double";
        }
    }

    /// The entries of a list or map in the order of their numbers, which need not follow one another.
    std::vector<const Node*> numbered(const Node& node) const {
        std::vector<std::pair<unsigned long long, const Node*>> entries;
        for (const auto& [name, child] : node.children) {
            unsigned long long index = 0;
            const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), index);
            if (error != std::errc() || end != name.data() + name.size())
                refuseSerialization(target_,
                                    name.empty() ? "Key token is empty" : std::string(name) + " is not a valid index");
            entries.emplace_back(index, &child);
        }
        std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<const Node*> nodes;
        for (const auto& [index, child] : entries) nodes.push_back(child);
        return nodes;
    }

    Json list(const Shape& shape, const Node& node, bool flattened) const {
        Json result(rapidjson::kArrayType);
        const Node* entries = &node;
        if (!flattened) {
            entries = shape.element.queryName.empty() ? nullptr : node.child(shape.element.queryName);
            if (!entries) entries = node.child("member");
        }
        if (entries)  // "Names=" is an empty list
            for (const Node* entry : numbered(*entries))
                result.PushBack(
                    value(model_.shape(shape.element.shape), *entry, shape.element, shape.element.flattened), crt);
        return result;
    }

    Json map(const Shape& shape, const Node& node, bool flattened) const {
        Json result(rapidjson::kObjectType);
        const Node* entries = flattened ? &node : node.child("entry");
        if (!entries) return result;
        for (const Node* entry : numbered(*entries)) {
            const Node* key = entry->child(shape.key.queryName.empty() ? "key" : shape.key.queryName);
            const Node* mapped = entry->child(shape.value.queryName.empty() ? "value" : shape.value.queryName);
            if (!key || !key->value) refuseSerialization(target_, "Map entry has no key");
            set(result, *key->value,
                mapped ? value(model_.shape(shape.value.shape), *mapped, shape.value, shape.value.flattened) : Json());
        }
        return result;
    }

    const Target& target_;
    const Model& model_;
};

Json decodeQuery(const Target& target, const Request& request, std::string_view body) {
    if (!target.modelled || !target.modelled->input) return object();
    auto pairs = parseQuery(body);
    if (pairs.empty() || request.method == "GET") {
        auto fromUrl = parseQuery(request.query());
        std::move(fromUrl.begin(), fromUrl.end(), std::back_inserter(pairs));
    }
    Node root;
    for (const auto& [name, value] : pairs) {
        if (!isUtf8(name) || !isUtf8(value)) refuseSerialization(target, "Invalid UTF-8 in a parameter");
        insert(root, name, value);
    }
    Json input = QueryReader(target).structure(target.model->shape(*target.modelled->input), root);
    const auto member = target.description->query.pathMember;
    if (!member.empty() && request.path().size() > 1 && !find(input, member) &&
        target.model->shape(*target.modelled->input).member(member))
        set(input, member, "http://" + std::string(request.headers.get("Host")) + std::string(request.path()));
    return input;
}

Response encodeQuery(const Target& target, const Json& result, std::string_view requestId) {
    XmlWriter xml;
    if (target.description->query.declaration) xml.raw("<?xml version=\"1.0\"?>");
    const std::string root = std::string(target.operation) + "Response";
    xml.open(root, target.model->xmlNamespace);
    if (target.modelled && target.modelled->output) {
        const std::string wrapper = target.modelled->resultWrapper.empty()
                                        ? std::string(target.operation) + "Result"
                                        : std::string(target.modelled->resultWrapper);
        xml.open(wrapper);
        writeXml(xml, *target.model, target.model->shape(*target.modelled->output), result, XmlNames::query);
        xml.close(wrapper);
    }
    xml.open("ResponseMetadata");
    xml.element("RequestId", requestId);
    xml.close("ResponseMetadata");
    xml.close(root);
    Response response;
    response.headers.add("x-amzn-RequestId", requestId);
    response.headers.add("Content-Type", "text/xml");
    response.body = xml.take();
    return response;
}

Response encodeQueryError(const Target& target, const AwsError& error, std::string_view requestId) {
    const Named name = named(target, error);
    Response response{.status = statusOf(name, error, true)};
    const QueryManners& manners = target.description->query;
    std::string message = error.message();
    for (const auto& wording : manners.wordings)
        if (name.type == wording.exception && message == wording.message) message = wording.inQuery;
    XmlWriter xml;
    if (manners.declaration) xml.raw("<?xml version=\"1.0\"?>");
    xml.open("ErrorResponse", target.model && !target.model->xmlNamespace.empty()
                                  ? target.model->xmlNamespace
                                  : "http://webservices.amazon.com/AWSFault/2005-15-09");
    xml.open("Error");
    xml.element("Type", response.status >= 500 ? "Receiver" : "Sender");
    xml.element("Code", name.queryCode);
    if (!message.empty()) xml.element("Message", message);
    if (name.shape && error.extra()) writeXml(xml, *target.model, *name.shape, *error.extra(), XmlNames::query);
    if (manners.errorDetail && name.type.find("Batch") == std::string::npos) xml.raw("<Detail/>");
    xml.close("Error");
    xml.element("RequestId", requestId);
    xml.close("ErrorResponse");
    response.headers.add("x-amzn-RequestId", requestId);
    response.headers.add("Content-Type", "text/xml");
    response.body = xml.take();
    return response;
}

AwsError signatureFaultInQuery(const Request&, std::string_view code, const std::string& message) {
    return {std::string(code), message, code == "MissingAuthenticationToken" ? 403 : 400};
}

}  // namespace

const Protocol kQuery{
    .name = "query",
    .recognise = recogniseQuery,
    .decode = decodeQuery,
    .encode = encodeQuery,
    .encodeError = encodeQueryError,
    .signatureFault = signatureFaultInQuery,
    .malformed = {"MalformedInput", 400},
    .unknownOperation = {"InvalidAction", 400},
    .wrongSignature = {"SignatureDoesNotMatch", 403},
    .unknownAccessKey = {"InvalidClientTokenId", 403, "The security token included in the request is invalid."}};

}  // namespace backlot::wire
