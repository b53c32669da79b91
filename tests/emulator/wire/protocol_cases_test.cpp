// The protocol tests that AWS publishes with Smithy, as botocore carries them: requests read backwards, answers
// forwards.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "emulator/base/base64.h"
#include "emulator/wire/xml.h"
#include "tests/emulator/wire/conformance.h"

using namespace backlot;
using namespace backlot::wire;

namespace {

/// A value as a case states it (blobs as text) in the form it has inside the program.
Json inside(const Model& model, std::uint16_t index, const Json& value, bool payload = false) {
    const Shape& shape = model.shape(index);
    if (shape.type == Type::blob && value.IsString()) return str(payload ? text(value) : base64Encode(text(value)));
    if (value.IsArray() && shape.type == Type::list)
        return array(value.GetArray(),
                     [&](const Json& element) { return inside(model, shape.element.shape, element); });
    if (!value.IsObject()) return copy(value);
    Json result = object();
    for (const auto& entry : value.GetObject()) {
        const Member* member = shape.member(view(entry.name));
        const auto next = member ? member->shape : shape.value.shape;
        set(result, view(entry.name),
            member || shape.type == Type::map ? inside(model, next, entry.value, member && member == shape.payload)
                                              : copy(entry.value));
    }
    return result;
}

/// Members that are null, and empty where the other side has none, say nothing.
bool same(const Json& a, const Json& b) {
    if (a.IsNumber() && b.IsNumber())
        return std::abs(a.GetDouble() - b.GetDouble()) < 1e-4 * std::max(1.0, std::abs(a.GetDouble()));
    if (a.IsArray() && b.IsArray()) {
        if (a.Size() != b.Size()) return false;
        for (rapidjson::SizeType i = 0; i < a.Size(); ++i)
            if (!same(a[i], b[i])) return false;
        return true;
    }
    if (!a.IsObject() || !b.IsObject()) return equal(a, b);
    std::set<std::string> names;
    for (const auto& entry : a.GetObject()) names.insert(text(entry.name));
    for (const auto& entry : b.GetObject()) names.insert(text(entry.name));
    for (const auto& name : names) {
        const Json *x = find(a, name), *y = find(b, name);
        if ((!x || x->IsNull()) && (!y || y->IsNull())) continue;
        if (!x || !y || !same(*x, *y)) return false;
    }
    return true;
}

/// An element as text that does not depend on the order of its children.
std::string canonical(const XmlElement& element) {
    std::vector<std::string> children;
    for (const auto& child : element.children) children.push_back(canonical(child));
    std::sort(children.begin(), children.end());
    auto attributes = element.attributes;
    std::erase_if(attributes, [](const auto& attribute) { return attribute.first.starts_with("xmlns"); });
    std::string out = "<" + element.name;
    for (const auto& [name, value] : attributes) out += " " + name + "=" + value;
    std::string words;
    for (const char c : element.children.empty() ? element.text : std::string())  // no member is mixed text
        if (!std::isspace(static_cast<unsigned char>(c))) words += c;
    out += ">" + words;
    for (const auto& child : children) out += child;
    return out + "</>";
}

/// A CBOR body as the members of a shape.
Json fromCbor(const Target& target, std::uint16_t shape, const std::string& body) {
    Target read = target;
    OperationShape operation = *target.modelled;
    operation.input = shape;
    read.modelled = &operation;
    return decode(read, Request{.body = body});
}

void checkBody(const Target& target, const Json& expected, const Response& response, const std::string& id) {
    if (!find(expected, "body")) return;
    const std::string wanted = textOr(expected, "body");
    INFO(id << "\nwanted " << wanted << "\ngot    " << response.body);
    if (target.protocol == &kQuery || target.protocol == &kRestXml) {
        const auto wantedXml = parseXml(wanted), gotXml = parseXml(response.body);
        if (wantedXml && gotXml) {
            XmlElement got = *gotXml, want = *wantedXml;
            const auto withoutIds = [](XmlElement& root) {
                std::erase_if(root.children, [](const XmlElement& child) {
                    return child.name == "ResponseMetadata" || child.name == "RequestId";
                });
            };
            withoutIds(got), withoutIds(want);
            if (target.protocol == &kRestXml && want.name != "ErrorResponse")
                got.name = want.name;  // roots are the service's affair
            CHECK(canonical(got) == canonical(want));
        } else {
            CHECK(response.body == wanted);
        }
        return;
    }
    auto wantedJson = tryParseJson(wanted);
    const auto gotJson = tryParseJson(response.body);
    if (wantedJson && find(*wantedJson, "__type")) {  // the namespace is the test service's
        const std::string type = textOr(*wantedJson, "__type");
        set(*wantedJson, "__type", type.substr(type.find('#') + 1));
    }
    if (wantedJson && gotJson) {
        CHECK(same(*wantedJson, *gotJson));
    } else {
        CHECK(response.body == wanted);
    }
}

const std::vector<std::string> kFiles{
    "json.json",      "json_1_0.json", "json_1_0-query-compatible.json", "query.json",
    "rest-json.json", "rest-xml.json", "smithy-rpc-v2-cbor.json",        "smithy-rpc-v2-cbor-query-compatible.json"};

/// Why a case is left out, by its id.
const std::map<std::string, std::string, std::less<>> kLeftOut{
    {"QueryEmptyQueryMaps", "an empty map leaves no trace in a request"},
    {"RestJsonQueryStringEscaping",
     "a client's view: what a member is named for is not in the map of the rest, as API Gateway has it"},
    {"RestJsonSupportsNaNFloatQueryValues", "as above"},
    {"RestJsonSupportsInfinityFloatQueryValues", "as above"},
    {"RestJsonSupportsNegativeInfinityFloatQueryValues", "as above"},
    {"RestJsonZeroAndFalseQueryValues", "as above"},
    {"DocumentTypeAsPayloadInputString", "no service here has documents"},
    {"RestJsonHttpWithEmptyStructurePayload", "a client sends {} for a payload that is not there"},
    {"RestJsonHttpWithHeadersButNoPayload", "as above"},
    {"MediaTypeHeaderOutputBase64", "no service here has JSON in headers"},
    {"RestXmlDateTimeWithNegativeOffset", "times are written in UTC"},
    {"RestXmlHttpResponseCode", "an empty body has no type"},
    {"InvalidGreetingError", "wants a member that its model does not have"},
    {"empty_output_no_body", "what a client makes of an answer that is not ours"},
    {"NoOutputClientAllowsEmptyCbor", "as above"},
    {"NoOutputClientAllowsEmptyBody", "as above"},
    {"RpcV2CborPayloadWithUnsetUnion", "a body of another operation"},
    {"ComplexError", "wants a message that it does not give"},
};

bool skipped(const Json& each) {
    return textOr(each, "appliesTo") == "client" || kLeftOut.contains(textOr(each, "id"));
}

}  // namespace

TEST_CASE("requests of AWS's protocol tests decode to their parameters") {
    for (const auto& file : kFiles) {
        const auto suites = recordedCases("protocol/input/" + file);
        if (!suites) return;
        for (const auto& suite : suites->GetArray())
            for (const auto& each : find(suite, "cases")->GetArray()) {
                if (skipped(each)) continue;
                const std::string id = file + " " + textOr(each, "id");
                INFO(id);
                const CaseModel made(suite, *find(each, "given"));
                Target target = made.target;
                const Json& wire = *find(each, "serialized");
                Request request{.method = textOr(wire, "method", "POST"),
                                .target = textOr(wire, "uri", "/"),
                                .body = textOr(wire, "body")};
                if (const Json* headers = find(wire, "headers"))
                    for (const auto& header : headers->GetObject())
                        request.headers.add(text(header.name), text(header.value));
                target.resource = request.path();
                if (target.protocol == &kRpcV2Cbor) request.body = base64Decode(request.body).value();
                Json wanted = object();
                const Json& params = *find(each, "params");
                if (target.modelled->input) wanted = inside(*made.model, *target.modelled->input, params);
                try {
                    const Json got = decode(target, request);
                    INFO("wanted " << writeJson(wanted) << "\ngot    " << writeJson(got));
                    CHECK(same(wanted, got));
                } catch (const std::exception& error) {
                    FAIL_CHECK(id << ": " << error.what());
                }
            }
    }
}

TEST_CASE("answers of AWS's protocol tests encode to their bytes") {
    for (const auto& file : kFiles) {
        const auto suites = recordedCases("protocol/output/" + file);
        if (!suites) return;
        for (const auto& suite : suites->GetArray())
            for (const auto& each : find(suite, "cases")->GetArray()) {
                if (skipped(each)) continue;
                const std::string id = file + " " + textOr(each, "id");
                INFO(id);
                const CaseModel made(suite, *find(each, "given"));
                const Target& target = made.target;
                const Json& wanted = *find(each, "response");
                Response response;
                if (const Json* error = find(each, "error")) {
                    const std::string code = textOr(each, "errorCode");
                    Json members = copy(*error);
                    if (find(each, "errorMessage")) erase(members, "message"), erase(members, "Message");
                    const auto shape = static_cast<std::uint16_t>(made.model->exception(code) - &made.model->shape(0));
                    response = encodeError(
                        target, AwsError(code, textOr(each, "errorMessage"), 400, inside(*made.model, shape, members)),
                        "foo-id");
                } else {
                    Json result = object();
                    if (target.modelled->output)
                        result = inside(*made.model, *target.modelled->output, *find(each, "result"));
                    response = encode(target, result, "foo-id");
                }
                CHECK(response.status == intOr(wanted, "status_code", 200));
                if (const Json* headers = find(wanted, "headers"))
                    for (const auto& header : headers->GetObject())
                        if (text(header.name) != "Content-Length" && text(header.name) != "X-Amz-Target")
                            CHECK_MESSAGE(
                                equalIgnoringCase(response.headers.get(text(header.name)), text(header.value)),
                                id << " " << text(header.name) << ": " << response.headers.get(text(header.name))
                                   << " for " << text(header.value));
                if (target.protocol == &kRpcV2Cbor) {
                    const std::string body = base64Decode(textOr(wanted, "body")).value();
                    CHECK(body.empty() == response.body.empty());
                    const Json* error = find(each, "error");
                    const std::string code = textOr(each, "errorCode");
                    const Shape* shape = error ? made.model->exception(code) : nullptr;
                    const auto index = shape ? static_cast<std::uint16_t>(shape - &made.model->shape(0))
                                             : target.modelled->output.value_or(0);
                    if (!body.empty())
                        CHECK(same(fromCbor(target, index, body), fromCbor(target, index, response.body)));
                    if (shape) CHECK(response.body.find(shape->name) != std::string::npos);
                } else {
                    checkBody(target, wanted, response, id);
                }
            }
    }
}
